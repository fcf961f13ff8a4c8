//! HTTP requests from inside nodes.

use crate::{error::TestbedError, exec::run, node::Node};
use std::net::Ipv4Addr;

impl Node {
    /// The body of a successful response to a request from inside the node, within a number of seconds.
    pub fn get(&self, url: &str, seconds: u8) -> Result<String, TestbedError> {
        self.run("curl", &["--silent", "--fail", "--max-time", &seconds.to_string(), url])
    }
}

/// The status code of a page, requested by `client` through one ingress.
pub fn http_status(client: &Node, domain: &str, ingress: Ipv4Addr, path: &str) -> Result<u16, TestbedError> {
    let mut command = client.command("curl")?;
    command.args([
        "--silent",
        "--show-error",
        "--max-time",
        "5",
        "--output",
        "/dev/null",
        "--write-out",
        "%{http_code}",
    ]);
    command.args(["--resolve", &format!("{domain}:443:{ingress}"), &format!("https://{domain}{path}")]);
    let status = run(&mut command)?;
    status.trim().parse().map_err(|_| TestbedError::Command { command: format!("curl {path}"), reason: status.clone() })
}

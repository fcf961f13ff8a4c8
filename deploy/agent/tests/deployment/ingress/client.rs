//! Requests of customers through the ingress, by curl.

use super::{CUSTOMER, PUBLIC};
use std::{
    process::{Command, Output},
    time::{Duration, Instant},
};

pub struct Response {
    pub status: u16,
    pub head: String,
    pub took: Duration,
}

impl Response {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": ")).map(str::trim)
    }
}

pub fn get(arguments: &[&str]) -> Response {
    get_from(CUSTOMER, arguments)
}

pub fn get_from(customer: &str, arguments: &[&str]) -> Response {
    let begun = Instant::now();
    let mut output = curl(customer, arguments);
    while was_not_processed(&output) {
        output = curl(customer, arguments);
    }
    let head = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    let status = head.split_whitespace().nth(1).unwrap().parse().unwrap();
    Response { status, head, took: begun.elapsed() }
}

fn curl(customer: &str, arguments: &[&str]) -> Output {
    Command::new("curl")
        .args(["-sSv", "-D", "-", "-o", "/dev/null", "--max-time", "30", "--interface", customer])
        .args(["--cacert", "/var/lib/toast/tls/current/chain.pem"])
        .args(["--resolve", &format!("toast.test:443:{PUBLIC}"), "--resolve", &format!("toast.test:80:{PUBLIC}")])
        .args(arguments)
        .output()
        .unwrap()
}

/// A worker that shuts down sends GOAWAY with the last stream that it processes, 0 for none (RFC 9113, 6.8). Browsers then
/// send the request on a new connection; curl of this age reports an error.
fn was_not_processed(output: &Output) -> bool {
    let stderr = String::from_utf8_lossy(&output.stderr);
    output.status.code() == Some(16) && stderr.contains("GOAWAY, error=0, last_stream=0")
}

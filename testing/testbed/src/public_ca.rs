//! The public CA of the testbed's internet (Pebble), and the trust of internet clients in it.

use crate::{ca, error::TestbedError, exec::run, files, node::Node, paths, wait::until};
use agent::inventory::{Inventory, Role};
use std::time::Duration;

const START_TIMEOUT: Duration = Duration::from_secs(30);
const PORT: u16 = 14000;
const MANAGEMENT_PORT: u16 = 15000;
/// 90 days, as public ACME authorities issue.
const VALIDITY_SECONDS: u32 = 90 * 24 * 3600;

/// Configures Pebble as a service of its node.
pub fn provision(inventory: &Inventory, node: &agent::inventory::Node) -> Result<(), TestbedError> {
    let address = node.underlay;
    let config = serde_json::json!({ "pebble": {
        "listenAddress": format!("{address}:{PORT}"),
        "managementListenAddress": format!("{address}:{MANAGEMENT_PORT}"),
        "certificate": "/etc/toast/acme.pem",
        "privateKey": "/etc/toast/acme.key",
        "httpPort": 80,
        "tlsPort": 443,
        "ocspResponderURL": "",
        "externalAccountBindingRequired": false,
        "certificateValidityPeriod": VALIDITY_SECONDS,
    }});
    let etc = paths::node(&node.name).join("toast");
    files::write(&etc.join("pebble.json"), &config.to_string(), 0o644)?;
    files::copy(&ca::certificate("acme"), &etc.join("acme.pem"), 0o644)?;
    files::copy(&ca::key("acme"), &etc.join("acme.key"), 0o600)?;
    files::write(&paths::units(&node.name).join("toast-pebble.service"), &unit(inventory), 0o644)
}

fn unit(inventory: &Inventory) -> String {
    let server = inventory.with_role(Role::Dns).next();
    let server = server.map_or_else(String::new, |node| format!(" -dnsserver {}:53", node.underlay));
    format!(
        "[Service]\n\
         Environment=PEBBLE_VA_NOSLEEP=1 PEBBLE_WFE_NONCEREJECT=0\n\
         ExecStart=/usr/bin/pebble -config /etc/toast/pebble.json{server}\n\
         Restart=always\n\
         RestartSec=1s\n\n\
         [Install]\n\
         WantedBy=multi-user.target\n"
    )
}

/// Installs the root certificates of the public CA on the internet nodes. Pebble generates new ones at each start, so this
/// is repeated after each of its starts.
pub fn install_roots<'a>(public_ca: &Node, clients: impl Iterator<Item = &'a Node>) -> Result<(), TestbedError> {
    let roots = until("start of the public CA", START_TIMEOUT, || fetch_roots(public_ca).map(Some))?;
    files::write(&paths::public_roots(), &roots, 0o644)?;
    for node in clients {
        files::write(&node.folder().join("toast/guest-roots.pem"), &roots, 0o644)?;
        let script = "cat /usr/share/ca-certificates/mozilla/*.crt /etc/toast/guest-roots.pem \
                      >/etc/ssl/certs/ca-certificates.new 2>/dev/null || true; \
                      mv /etc/ssl/certs/ca-certificates.new /etc/ssl/certs/ca-certificates.crt";
        node.run("sh", &["-c", script])?;
    }
    Ok(())
}

fn fetch_roots(public_ca: &Node) -> Result<String, TestbedError> {
    let mut roots = String::new();
    for name in ["roots", "intermediates"] {
        let url = format!("https://{}:{MANAGEMENT_PORT}/{name}/0", public_ca.underlay);
        let mut command = public_ca.command("curl")?;
        command.args(["--silent", "--show-error", "--fail", "--cacert", "/etc/toast/ca.pem", &url]);
        roots.push_str(&run(&mut command)?);
    }
    Ok(roots)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pebble_asks_the_name_server_of_the_inventory() {
        let inventory = toml::from_str(include_str!("../../../deploy/inventory/dev.toml")).unwrap();
        assert!(unit(&inventory).contains("pebble.json -dnsserver 203.0.113.53:53\n"));
    }
}

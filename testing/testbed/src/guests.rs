//! The public authority of this world's internet, and how guests come to trust it.

use crate::{authority, disk, error::WorldError, node::Node, place, program::run, wait::until};
use agent::inventory::{Inventory, Role};
use std::{fs, time::Duration};

const LONGEST_START: Duration = Duration::from_secs(30);
const PORT: u16 = 14000;
const MANAGEMENT_PORT: u16 = 15000;
/// Ninety days, as public authorities give.
const VALIDITY_SECONDS: u32 = 90 * 24 * 3600;

/// Makes the authority a service of its node.
pub fn prepare(inventory: &Inventory, node: &agent::inventory::Node) -> Result<(), WorldError> {
    let folder = place::node(&node.name);
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
    let toast = folder.join("toast");
    disk::write(&toast.join("pebble.json"), &config.to_string(), 0o644)?;
    for (from, to, mode) in
        [(authority::certificate("acme"), "acme.pem", 0o644), (authority::key("acme"), "acme.key", 0o600)]
    {
        let text = fs::read_to_string(&from).map_err(WorldError::file(&from))?;
        disk::write(&toast.join(to), &text, mode)?;
    }
    disk::write(&folder.join("units/toast-pebble.service"), &unit(inventory), 0o644)
}

fn unit(inventory: &Inventory) -> String {
    let server = inventory.with_role(Role::Dns).next();
    let server = server.map_or_else(String::new, |node| format!(" -dnsserver {}:53", node.underlay));
    format!(
        "[Service]\n\
         Environment=PEBBLE_VA_NOSLEEP=1 PEBBLE_WFE_NONCEREJECT=0\n\
         ExecStart=/usr/bin/pebble -config /etc/toast/pebble.json{server}\n\
         RestartSec=1s\n\n\
         [Install]\n\
         WantedBy=multi-user.target\n"
    )
}

/// Fetches the roots of the public authority and has the nodes of the internet trust them. It makes new ones whenever it
/// starts, so this is for each of its starts.
pub fn trust<'a>(public: &Node, guests: impl Iterator<Item = &'a Node>) -> Result<(), WorldError> {
    let roots = until("the public authority", LONGEST_START, || roots(public).map(Some))?;
    disk::write(&place::guest_roots(), &roots, 0o644)?;
    for node in guests {
        disk::write(&node.folder().join("toast/guest-roots.pem"), &roots, 0o644)?;
        let bundle = "cat /usr/share/ca-certificates/mozilla/*.crt /etc/toast/guest-roots.pem \
                      >/etc/ssl/certs/ca-certificates.new 2>/dev/null || true; \
                      mv /etc/ssl/certs/ca-certificates.new /etc/ssl/certs/ca-certificates.crt";
        node.run("sh", &["-c", bundle])?;
    }
    Ok(())
}

fn roots(public: &Node) -> Result<String, WorldError> {
    let mut roots = String::new();
    for name in ["roots", "intermediates"] {
        let url = format!("https://{}:{MANAGEMENT_PORT}/{name}/0", public.underlay);
        let mut command = public.command("curl")?;
        command.args(["--silent", "--show-error", "--fail", "--cacert", "/etc/toast/ca.pem", &url]);
        roots.push_str(&run(&mut command)?);
    }
    Ok(roots)
}

/// Which status a page of the installation answers with, seen by a guest through one ingress.
pub fn ask(guest: &Node, domain: &str, ingress: std::net::Ipv4Addr, path: &str) -> Result<u16, WorldError> {
    let mut command = guest.command("curl")?;
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
    let said = run(&mut command)?;
    said.trim().parse().map_err(|_| WorldError::Program { program: format!("curl {path}"), why: said.clone() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::unit::Unit;

    #[test]
    fn the_unit_of_the_authority_is_one() {
        let inventory = toml::from_str(include_str!("../../../deploy/inventory/dev.toml")).unwrap();
        let unit = Unit::parse(&unit(&inventory)).unwrap();
        assert!(unit.at_boot);
        assert_eq!(unit.environment.len(), 2);
        assert_eq!(unit.start[0].words[4].for_shell(), "'203.0.113.53:53'");
    }
}

//! Files that a node has on disk before its first boot.

use crate::{
    ca,
    error::TestbedError,
    exec::{command, run},
    files, paths, public_ca, releases,
    secrets::Secrets,
    state_file::State,
};
use agent::inventory::{Inventory, Node, Role};
use serde::Serialize;
use std::{fmt::Write as _, path::Path};

/// `/etc/toast/node.toml`, as the agent reads it.
#[derive(Serialize)]
struct NodeToml<'a> {
    name: &'a str,
    site: &'a str,
    roles: &'a [Role],
    #[serde(skip_serializing_if = "Option::is_none")]
    group: Option<u16>,
    citus: bool,
}

/// Whether a node runs an agent. The public CA and the internet client are no part of the installation.
pub fn has_agent(node: &Node) -> bool {
    !node.is(Role::Ca) && !node.is(Role::Client)
}

pub fn provision(state: &State, node: &Node, secrets: &Secrets) -> Result<(), TestbedError> {
    let folder = paths::node(&node.name);
    for name in ["toast", "opt", "lib", "log", "systemd"] {
        files::create_dir(&folder.join(name))?;
    }
    let in_mesh = state.inventory.in_mesh(node);
    let resolv_conf = if in_mesh { String::new() } else { resolv_conf(&state.inventory) };
    files::write(&folder.join("resolv.conf"), &resolv_conf, 0o644)?;
    files::write(&folder.join("hosts"), &hosts(&state.inventory, in_mesh), 0o644)?;
    releases::activate(&node.name, &state.release)?;
    let etc = folder.join("toast");
    files::copy(&ca::root(), &etc.join("ca.pem"), 0o644)?;
    if has_agent(node) {
        files::write(&etc.join("node.toml"), &node_toml(node, state.citus)?, 0o644)?;
    }
    if [Role::App, Role::Database, Role::Operator].into_iter().any(|role| node.is(role)) {
        files::write(&etc.join("secrets.toml"), &secrets.as_toml()?, 0o600)?;
    }
    if node.is(Role::Control) {
        files::copy(&ca::certificate("control"), &etc.join("control.pem"), 0o644)?;
        files::copy(&ca::key("control"), &etc.join("control.key"), 0o600)?;
    }
    if node.is(Role::Ca) {
        public_ca::provision(&state.inventory, node)?;
    }
    match state.disk {
        Some(size) if node.is(Role::Database) => create_disk(&folder.join("disk"), size),
        _ => Ok(()),
    }
}

fn node_toml(node: &Node, citus: bool) -> Result<String, TestbedError> {
    let Node { name, site, roles, group, .. } = node;
    toml::to_string(&NodeToml { name, site, roles, group: *group, citus })
        .map_err(|error| TestbedError::Unsupported(error.to_string()))
}

fn resolv_conf(inventory: &Inventory) -> String {
    let mut text = String::from("options timeout:1 attempts:2\n");
    for node in inventory.with_role(Role::Dns) {
        let _ = writeln!(text, "nameserver {}", node.underlay);
    }
    text
}

fn hosts(inventory: &Inventory, in_mesh: bool) -> String {
    let mut text = String::from("127.0.0.1 localhost\n::1 localhost\n");
    let control = inventory.with_role(Role::Control).next().filter(|_| in_mesh);
    if let Some(control) = control {
        let _ = writeln!(text, "{} {}", control.underlay, inventory.control_name());
    }
    text
}

/// A sparse file with an ext4 file system, mounted through a loop device.
fn create_disk(file: &Path, mebibytes: u32) -> Result<(), TestbedError> {
    run(command("truncate", [format!("--size={mebibytes}M")]).arg(file))?;
    let options = ["-q", "-m", "0", "-E", "lazy_itable_init=1,lazy_journal_init=1", "-J", "size=16"];
    run(command("mkfs.ext4", options).arg(file)).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inventory() -> Inventory {
        toml::from_str(include_str!("../../../deploy/inventory/multi.toml")).unwrap()
    }

    #[test]
    fn only_internet_nodes_have_name_servers() {
        let inventory = inventory();
        assert!(resolv_conf(&inventory).contains("nameserver 203.0.113.53\nnameserver 203.0.113.54\n"));
        assert!(hosts(&inventory, true).contains("10.3.0.50 control.toast.test\n"));
        assert!(!hosts(&inventory, false).contains("control"));
    }

    #[test]
    fn node_toml_has_group_and_role() {
        let inventory = inventory();
        let text = node_toml(inventory.node("b-db2").unwrap(), true).unwrap();
        let table: toml::Table = toml::from_str(&text).unwrap();
        assert_eq!(table["group"].as_integer(), Some(2));
        assert_eq!(table["roles"][0].as_str(), Some("database"));
    }

    #[test]
    fn ca_and_client_have_no_agent() {
        let without: Vec<String> =
            inventory().nodes.into_iter().filter(|node| !has_agent(node)).map(|node| node.name).collect();
        assert_eq!(without, ["net-ca", "net-client"]);
    }
}

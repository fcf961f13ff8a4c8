//! Pre-authentication keys with which nodes join the mesh: single use, with the tags of the node's role, site and group.

use crate::{error::TestbedError, files, node::Node, wait::until};
use agent::inventory;
use serde::{Deserialize, de::DeserializeOwned};
use std::time::Duration;

const START_TIMEOUT: Duration = Duration::from_secs(90);
/// Headscale user that owns all nodes.
const OWNER: &str = "toast";
const HEADSCALE: &str = "/opt/toast/current/bin/headscale";
const CONFIG: [&str; 2] = ["--config", "/etc/toast/rendered/headscale.yaml"];

#[derive(Deserialize)]
struct Entry {
    id: u64,
    name: String,
}

#[derive(Deserialize)]
struct Key {
    key: String,
}

/// Waits for the control server, creates the owner of the nodes if it is missing, and returns its id.
pub fn wait_for_owner(control: &Node) -> Result<u64, TestbedError> {
    until("start of the control server", START_TIMEOUT, || owner(control).map(Some))
}

fn owner(control: &Node) -> Result<u64, TestbedError> {
    let users: Option<Vec<Entry>> = headscale(control, &["users", "list"])?;
    match users.into_iter().flatten().find(|user| user.name == OWNER) {
        Some(user) => Ok(user.id),
        None => headscale::<Entry>(control, &["users", "create", OWNER]).map(|user| user.id),
    }
}

/// Creates a key and puts it where the node's agent looks for it.
pub fn install(control: &Node, owner: u64, node: &Node) -> Result<(), TestbedError> {
    let key = create(control, owner, node)?;
    files::replace(&node.folder().join("toast/join.key"), &key, 0o600)
}

pub fn create(control: &Node, owner: u64, node: &Node) -> Result<String, TestbedError> {
    let tags = inventory::tags(&node.site, &node.roles, node.group).join(",");
    let arguments = ["preauthkeys", "create", "--user", &owner.to_string(), "--expiration", "1h", "--tags", &tags];
    headscale(control, &arguments).map(|key: Key| key.key)
}

pub fn remove_node(control: &Node, name: &str) -> Result<(), TestbedError> {
    let members: Option<Vec<Entry>> = headscale(control, &["nodes", "list"])?;
    for member in members.into_iter().flatten().filter(|member| member.name == name) {
        control.run(HEADSCALE, &[CONFIG[0], CONFIG[1], "nodes", "delete", "--force", "-i", &member.id.to_string()])?;
    }
    Ok(())
}

/// Headscale prints `null` for an empty list, hence `Option` in the callers' types.
fn headscale<T: DeserializeOwned>(control: &Node, arguments: &[&str]) -> Result<T, TestbedError> {
    let arguments: Vec<&str> = CONFIG.iter().chain(arguments).copied().chain(["--output", "json"]).collect();
    let text = control.run(HEADSCALE, &arguments)?;
    serde_json::from_str(&text).map_err(|error| TestbedError::Command {
        command: format!("{HEADSCALE} {}", arguments.join(" ")),
        reason: error.to_string(),
    })
}

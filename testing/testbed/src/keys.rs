//! Keys with which nodes join the mesh: each once, and only as what the inventory says the node is.

use crate::{disk, error::WorldError, node::Node, wait::until};
use serde::Deserialize;
use std::time::Duration;

const LONGEST_START: Duration = Duration::from_secs(90);
/// Whose nodes they are, to the control server.
const OWNER: &str = "toast";
const HEADSCALE: &str = "/opt/toast/current/bin/headscale";

#[derive(Deserialize)]
struct User {
    id: u64,
    name: String,
}

#[derive(Deserialize)]
struct Key {
    key: String,
}

#[derive(Deserialize)]
struct Member {
    id: u64,
    name: String,
}

/// Waits for the control server and makes the owner of nodes known to it. Answers the owner's number there.
pub fn ready(control: &Node) -> Result<u64, WorldError> {
    until("the control server", LONGEST_START, || owner(control).map(Some))
}

fn owner(control: &Node) -> Result<u64, WorldError> {
    let users: Option<Vec<User>> = ask(control, &["users", "list"])?;
    if let Some(user) = users.into_iter().flatten().find(|user| user.name == OWNER) {
        return Ok(user.id);
    }
    ask::<User>(control, &["users", "create", OWNER]).map(|user| user.id)
}

/// Makes a key for a node and gives it to it.
pub fn give(control: &Node, owner: u64, node: &Node) -> Result<(), WorldError> {
    let key = make(control, owner, node)?;
    let path = node.folder().join("toast/join.key");
    // The agent may look at any moment: it finds no key or the whole one.
    let new = path.with_extension("new");
    disk::write(&new, &key, 0o600)?;
    std::fs::rename(&new, &path).map_err(WorldError::file(&path))
}

/// Makes a key for a node.
pub fn make(control: &Node, owner: u64, node: &Node) -> Result<String, WorldError> {
    let (owner, tags) = (owner.to_string(), tags(node).join(","));
    let words = ["preauthkeys", "create", "--user", &owner, "--expiration", "1h", "--tags", &tags];
    ask(control, &words).map(|key: Key| key.key)
}

/// Takes a node out of the mesh.
pub fn forget(control: &Node, name: &str) -> Result<(), WorldError> {
    let members: Option<Vec<Member>> = ask(control, &["nodes", "list"])?;
    for member in members.into_iter().flatten().filter(|member| member.name == name) {
        control.run(HEADSCALE, &[CONFIG[0], CONFIG[1], "nodes", "delete", "--force", "-i", &member.id.to_string()])?;
    }
    Ok(())
}

/// What a node is, to the access rules of the mesh.
pub fn tags(node: &Node) -> Vec<String> {
    let roles = node.roles.iter().map(|role| format!("tag:{role}"));
    let site = std::iter::once(format!("tag:site-{}", node.site));
    roles.chain(site).chain(node.group.map(|group| format!("tag:group-{group}"))).collect()
}

const CONFIG: [&str; 2] = ["--config", "/etc/toast/rendered/headscale.yaml"];

fn ask<T: serde::de::DeserializeOwned>(control: &Node, words: &[&str]) -> Result<T, WorldError> {
    let words: Vec<&str> = CONFIG.iter().chain(words).copied().chain(["--output", "json"]).collect();
    let text = control.run(HEADSCALE, &words)?;
    serde_json::from_str(&text).map_err(|error| WorldError::Program {
        program: format!("{HEADSCALE} {}", words.join(" ")),
        why: error.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Record;

    #[test]
    fn a_key_says_role_site_and_group() {
        let inventory = toml::from_str(include_str!("../../../deploy/inventory/multi.toml")).unwrap();
        let record = Record::new(inventory, true, None, "1".to_owned());
        let node = |name: &str| Node::new(&record, record.inventory.node(name).unwrap()).unwrap();
        assert_eq!(tags(&node("b-db2")), ["tag:database", "tag:site-b", "tag:group-2"]);
        assert_eq!(tags(&node("w-control")), ["tag:control", "tag:site-w"]);
    }
}

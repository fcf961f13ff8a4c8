//! What a node has on disk before its first boot, and the bundles that nodes use.

use crate::{
    authority::{self, Secrets},
    error::WorldError,
    place,
    program::{program, run},
    record::{Record, replace},
};
use agent::inventory::{Inventory, Node, Role};
use serde::Serialize;
use std::{
    fmt::Write as _,
    fs,
    os::unix::fs::{PermissionsExt as _, symlink},
    path::Path,
};

/// `/etc/toast/node.toml`, as the agent reads it.
#[derive(Serialize)]
struct Identity<'a> {
    name: &'a str,
    site: &'a str,
    roles: &'a [Role],
    #[serde(skip_serializing_if = "Option::is_none")]
    group: Option<u16>,
    supervisor: &'static str,
    citus: bool,
}

/// Whether a node has an agent; the others are the world around the installation.
pub fn has_agent(node: &Node) -> bool {
    !node.is(Role::Ca) && !node.is(Role::Client)
}

/// Makes the folder of a node.
pub fn prepare(record: &Record, node: &Node, secrets: &Secrets) -> Result<(), WorldError> {
    let folder = place::node(&node.name);
    for name in ["toast", "opt", "lib", "log", "units"] {
        make(&folder.join(name))?;
    }
    let inside = record.inventory.in_mesh(node);
    let resolver = if inside { String::new() } else { resolver(&record.inventory) };
    write(&folder.join("resolv.conf"), &resolver, 0o644)?;
    write(&folder.join("hosts"), &hosts(&record.inventory, inside), 0o644)?;
    use_release(&node.name, &record.release)?;
    let toast = folder.join("toast");
    copy(&authority::root(), &toast.join("ca.pem"), 0o644)?;
    if has_agent(node) {
        write(&toast.join("node.toml"), &identity(node, record.citus)?, 0o644)?;
    }
    if [Role::App, Role::Database, Role::Operator].into_iter().any(|role| node.is(role)) {
        write(&toast.join("secrets.toml"), &secrets.as_toml()?, 0o600)?;
    }
    if node.is(Role::Control) {
        copy(&authority::certificate("control"), &toast.join("control.pem"), 0o644)?;
        copy(&authority::key("control"), &toast.join("control.key"), 0o600)?;
    }
    match record.disk {
        Some(size) if node.is(Role::Database) => make_disk(&folder.join("disk"), size),
        _ => Ok(()),
    }
}

/// Copies a bundle to where it stays as it is, with this world's inventory in it. Answers its name.
pub fn stage(bundle: &Path, inventory: &Inventory) -> Result<String, WorldError> {
    let releases = place::releases();
    make(&releases)?;
    let count = fs::read_dir(&releases).map_err(WorldError::file(&releases))?.count();
    let name = format!("{}", count + 1);
    let target = releases.join(&name);
    // Links in it may lead out of it: what they lead to is what counts.
    run(program("cp", ["-aL", "--reflink=auto"]).arg(bundle).arg(&target))?;
    write_inventory(&target, inventory)?;
    Ok(name)
}

/// Writes the inventory into all bundles, for every agent to see.
pub fn publish(inventory: &Inventory) -> Result<(), WorldError> {
    let releases = place::releases();
    let entries = fs::read_dir(&releases).map_err(WorldError::file(&releases))?;
    entries.flatten().try_for_each(|entry| write_inventory(&entry.path(), inventory))
}

/// Has a node use a bundle from now on; what runs goes on with the old one until it is started again.
pub fn use_release(node: &str, release: &str) -> Result<(), WorldError> {
    let opt = place::node(node).join("opt");
    let (new, current) = (opt.join("current.new"), opt.join("current"));
    let target = place::releases().join(release);
    symlink(&target, &new).map_err(WorldError::file(&new))?;
    fs::rename(&new, &current).map_err(WorldError::file(&current))
}

/// Writes a file that only some may read.
pub fn write(path: &Path, text: &str, mode: u32) -> Result<(), WorldError> {
    use std::{io::Write as _, os::unix::fs::OpenOptionsExt as _};
    let mut options = fs::OpenOptions::new();
    let opened = options.create(true).write(true).truncate(true).mode(mode).open(path);
    let mut file = opened.map_err(WorldError::file(path))?;
    file.write_all(text.as_bytes()).map_err(WorldError::file(path))?;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).map_err(WorldError::file(path))
}

/// Makes a folder and those above it.
pub fn make(path: &Path) -> Result<(), WorldError> {
    fs::create_dir_all(path).map_err(WorldError::file(path))
}

fn copy(from: &Path, to: &Path, mode: u32) -> Result<(), WorldError> {
    let text = fs::read_to_string(from).map_err(WorldError::file(from))?;
    write(to, &text, mode)
}

fn write_inventory(release: &Path, inventory: &Inventory) -> Result<(), WorldError> {
    let text = toml::to_string(inventory).map_err(|error| WorldError::Shape(error.to_string()))?;
    replace(&release.join("inventory.toml"), &text)
}

fn identity(node: &Node, citus: bool) -> Result<String, WorldError> {
    let Node { name, site, roles, group, .. } = node;
    let identity = Identity { name, site, roles, group: *group, supervisor: "runit", citus };
    toml::to_string(&identity).map_err(|error| WorldError::Shape(error.to_string()))
}

fn resolver(inventory: &Inventory) -> String {
    let mut text = String::from("options timeout:1 attempts:2\n");
    for node in inventory.with_role(Role::Dns) {
        let _ = writeln!(text, "nameserver {}", node.underlay);
    }
    text
}

fn hosts(inventory: &Inventory, inside: bool) -> String {
    let mut text = String::from("127.0.0.1 localhost\n::1 localhost\n");
    let control = inventory.with_role(Role::Control).next().filter(|_| inside);
    if let Some(control) = control {
        let _ = writeln!(text, "{} {}", control.underlay, authority::control_name(inventory));
    }
    text
}

fn make_disk(file: &Path, mebibytes: u32) -> Result<(), WorldError> {
    run(program("truncate", [format!("--size={mebibytes}M")]).arg(file))?;
    run(program("mkfs.ext4", ["-q", "-m", "0", "-E", "lazy_itable_init=1,lazy_journal_init=1", "-J", "size=16"])
        .arg(file))
    .map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inventory() -> Inventory {
        toml::from_str(include_str!("../../../deploy/inventory/multi.toml")).unwrap()
    }

    #[test]
    fn only_nodes_outside_ask_name_servers() {
        let inventory = inventory();
        assert!(resolver(&inventory).contains("nameserver 203.0.113.53\nnameserver 203.0.113.54\n"));
        assert!(hosts(&inventory, true).contains("10.3.0.50 control.toast.test\n"));
        assert!(!hosts(&inventory, false).contains("control"));
    }

    #[test]
    fn a_node_is_told_who_it_is() {
        let inventory = inventory();
        let text = identity(inventory.node("b-db2").unwrap(), true).unwrap();
        let table: toml::Table = toml::from_str(&text).unwrap();
        assert_eq!(table["group"].as_integer(), Some(2));
        assert_eq!(table["supervisor"].as_str(), Some("runit"));
        assert_eq!(table["roles"][0].as_str(), Some("database"));
    }

    #[test]
    fn the_world_around_has_no_agent() {
        let without: Vec<String> =
            inventory().nodes.into_iter().filter(|node| !has_agent(node)).map(|node| node.name).collect();
        assert_eq!(without, ["net-ca", "net-client"]);
    }
}

//! The templates and inventories of `deploy`, rendered as the agent does and checked with the programs that read them.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod haproxy;
mod ingress;
mod nixos;
mod rendering;

use agent::{
    inventory::{Access, Inventory, Node},
    node_config::NodeConfig,
    templates::Templates,
};
use std::path::{Path, PathBuf};

/// All inventories in `deploy/inventory`.
const PROFILES: [&str; 4] = ["dev", "small", "host", "multi"];

fn deploy() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

fn inventory(profile: &str) -> Inventory {
    Inventory::read(&deploy().join(format!("inventory/{profile}.toml"))).unwrap()
}

fn access() -> Access {
    Access::read(&deploy().join("inventory/access.toml")).unwrap()
}

fn templates() -> Templates {
    Templates::new(&deploy().join("templates"))
}

fn node_config(node: &Node, citus: bool) -> NodeConfig {
    NodeConfig {
        name: node.name.clone(),
        site: node.site.clone(),
        roles: node.roles.clone(),
        group: node.group,
        citus,
        watchdog: false,
    }
}

fn skipped(why: &str) {
    use std::io::Write;
    drop(writeln!(std::io::stderr(), "skipped: {why}"));
}

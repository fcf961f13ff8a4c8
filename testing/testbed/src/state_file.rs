//! The state file of the running testbed, which every program that looks for the testbed reads.

use crate::{error::TestbedError, files, paths};
use agent::inventory::Inventory;
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    net::Ipv4Addr,
    path::Path,
};

/// State of the running testbed that cannot be read from the system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// The inventory, including nodes added since the start.
    pub inventory: Inventory,
    /// A number for each node, from which its interface names and MAC addresses are made; never reused.
    pub numbers: BTreeMap<String, u16>,
    /// Mesh addresses of the nodes that have joined.
    pub mesh: BTreeMap<String, Ipv4Addr>,
    pub citus: bool,
    /// Size of the disks of database nodes in MiB; `None`: the host's disk.
    pub disk: Option<u32>,
    /// The release that new nodes get.
    pub release: String,
    /// Nodes added with nothing but Debian on them; the inventory of the other nodes does not name them.
    #[serde(default)]
    pub bare: BTreeSet<String>,
}

impl State {
    pub fn new(inventory: Inventory, citus: bool, disk: Option<u32>, release: String) -> Self {
        let numbers = inventory.nodes.iter().map(|node| node.name.clone()).zip(1..).collect();
        Self { inventory, numbers, mesh: BTreeMap::new(), citus, disk, release, bare: BTreeSet::new() }
    }

    pub fn read() -> Result<Self, TestbedError> {
        let path = paths::state_file();
        match fs::read_to_string(&path) {
            Ok(text) => serde_json::from_str(&text).map_err(|error| TestbedError::StateFile { path, error }),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err(TestbedError::NotStarted),
            Err(error) => Err(TestbedError::File { path, error }),
        }
    }

    pub fn write(&self) -> Result<(), TestbedError> {
        let path = paths::state_file();
        let text = serde_json::to_string_pretty(self)
            .map_err(|error| TestbedError::StateFile { path: path.clone(), error })?;
        files::create_dir(Path::new(paths::RUN))?;
        files::replace(&path, &text, 0o644)
    }

    /// The inventory as nodes have it.
    pub fn published(&self) -> Inventory {
        let mut inventory = self.inventory.clone();
        inventory.nodes.retain(|node| !self.bare.contains(&node.name));
        inventory
    }

    /// The number for another node.
    pub fn next_number(&self) -> u16 {
        self.numbers.values().max().map_or(1, |last| last.saturating_add(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_never_reused() {
        let inventory: Inventory = toml::from_str(include_str!("../../../deploy/inventory/dev.toml")).unwrap();
        let mut state = State::new(inventory, false, None, "1".to_owned());
        assert_eq!(state.next_number(), 6);
        state.numbers.remove("app1");
        assert_eq!(state.next_number(), 6);
        state.bare.insert("db1".to_owned());
        assert_eq!(state.published().nodes.len() + 1, state.inventory.nodes.len());
        let text = serde_json::to_string(&state).unwrap();
        assert_eq!(serde_json::from_str::<State>(&text).unwrap(), state);
    }
}

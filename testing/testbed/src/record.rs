//! What is written down about the running world, for every program that looks for it.

use crate::{error::WorldError, place};
use agent::inventory::Inventory;
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    net::Ipv4Addr,
    path::Path,
};

/// The running world, as far as it does not show by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// Its description, with nodes that were added since.
    pub inventory: Inventory,
    /// The number of each node; never given twice.
    pub numbers: BTreeMap<String, u16>,
    /// The addresses of nodes in the mesh.
    pub mesh: BTreeMap<String, Ipv4Addr>,
    /// Whether the database is sharded.
    pub citus: bool,
    /// Mebibytes of the disks of database nodes, if they are bounded.
    pub disk: Option<u32>,
    /// The bundle that new nodes get.
    pub release: String,
    /// Machines that came with nothing but Debian on them; the nodes' own inventory does not know them.
    #[serde(default)]
    pub bare: BTreeSet<String>,
}

impl Record {
    /// What a new world starts with.
    pub fn new(inventory: Inventory, citus: bool, disk: Option<u32>, release: String) -> Self {
        let numbers = inventory.nodes.iter().map(|node| node.name.clone()).zip(1..).collect();
        Self { inventory, numbers, mesh: BTreeMap::new(), citus, disk, release, bare: BTreeSet::new() }
    }

    /// Reads what is written down.
    pub fn read() -> Result<Self, WorldError> {
        let path = place::record();
        match fs::read_to_string(&path) {
            Ok(text) => serde_json::from_str(&text).map_err(|error| WorldError::Record { path, error }),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err(WorldError::NotUp),
            Err(error) => Err(WorldError::File { path, error }),
        }
    }

    /// Writes it down, all or nothing.
    pub fn write(&self) -> Result<(), WorldError> {
        let path = place::record();
        let text =
            serde_json::to_string_pretty(self).map_err(|error| WorldError::Record { path: path.clone(), error })?;
        fs::create_dir_all(place::RUN).map_err(WorldError::file(Path::new(place::RUN)))?;
        replace(&path, &text)
    }

    /// The description as nodes have it.
    pub fn published(&self) -> Inventory {
        let mut inventory = self.inventory.clone();
        inventory.nodes.retain(|node| !self.bare.contains(&node.name));
        inventory
    }

    /// The number for one more node.
    pub fn next_number(&self) -> u16 {
        self.numbers.values().max().map_or(1, |last| last.saturating_add(1))
    }
}

/// Replaces a file without a moment in which it is half written.
pub fn replace(path: &Path, text: &str) -> Result<(), WorldError> {
    let new = path.with_extension("new");
    fs::write(&new, text).map_err(WorldError::file(&new))?;
    fs::rename(&new, path).map_err(WorldError::file(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_not_given_twice() {
        let inventory: Inventory = toml::from_str(include_str!("../../../deploy/inventory/dev.toml")).unwrap();
        let mut record = Record::new(inventory, false, None, "1".to_owned());
        assert_eq!(record.next_number(), 6);
        record.numbers.remove("app1");
        assert_eq!(record.next_number(), 6);
        record.bare.insert("db1".to_owned());
        assert_eq!(record.published().nodes.len() + 1, record.inventory.nodes.len());
        let text = serde_json::to_string(&record).unwrap();
        assert_eq!(serde_json::from_str::<Record>(&text).unwrap(), record);
    }
}

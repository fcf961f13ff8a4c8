//! Nodes that come and go while the world runs.

use crate::{
    authority::Secrets, boot, disk, error::WorldError, keys, network, node::Node, place, record::Record, up,
    wait::until, world::World,
};
use agent::inventory::{self, Role};
use std::{fs, time::Duration};

const LONGEST_JOIN: Duration = Duration::from_mins(1);

impl World {
    /// Adds a machine: everybody's inventory names it, it boots, and it joins the mesh. What it does then is its agent's.
    pub fn add_node(&mut self, node: &inventory::Node) -> Result<&Node, WorldError> {
        let record = self.record_with(node)?;
        disk::publish(&record.published())?;
        up::make_disk(&record, node, &Secrets::read()?)?;
        let added = self.switch_on(record, node)?;
        if added.inside {
            let control = self.first(Role::Control)?;
            let added = self.node(&node.name)?;
            keys::give(control, keys::ready(control)?, added)?;
            let what = format!("{} in the mesh", node.name);
            until(&what, LONGEST_JOIN, || self.learn_mesh_address(&node.name))?;
            self.record.write()?;
        }
        self.node(&node.name)
    }

    /// What would be written down with one machine more.
    pub(crate) fn record_with(&self, node: &inventory::Node) -> Result<Record, WorldError> {
        let mut record = self.record.clone();
        record.inventory.nodes.push(node.clone());
        record.inventory.check().map_err(WorldError::Shape)?;
        network::check(&record.inventory)?;
        record.numbers.insert(node.name.clone(), record.next_number());
        Ok(record)
    }

    /// Has a machine whose disk is made: it is written down, gets its cables and boots.
    pub(crate) fn switch_on(&mut self, record: Record, node: &inventory::Node) -> Result<&Node, WorldError> {
        self.nodes.insert(node.name.clone(), Node::new(&record, node)?);
        self.record = record;
        self.record.write()?;
        let added = self.node(&node.name)?;
        network::plug(&added.name, added.cables())?;
        boot::start(&added.name)?;
        Ok(added)
    }

    /// Takes a machine away for good: first out of everybody's inventory and the mesh, then its power and its disk.
    pub fn remove_node(&mut self, name: &str) -> Result<(), WorldError> {
        let node = self.node(name)?.clone();
        self.record.inventory.nodes.retain(|one| one.name != name);
        self.record.bare.remove(name);
        disk::publish(&self.record.published())?;
        if node.inside {
            keys::forget(self.first(Role::Control)?, name)?;
        }
        if node.is_up() {
            node.crash()?;
        }
        network::unplug(name)?;
        self.nodes.remove(name);
        self.record.mesh.remove(name);
        self.record.write()?;
        let folder = place::node(name);
        fs::remove_dir_all(&folder).map_err(WorldError::file(&folder))
    }
}

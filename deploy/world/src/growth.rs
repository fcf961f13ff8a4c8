//! Nodes that come and go while the world runs.

use crate::{
    authority::Secrets, boot, disk, error::WorldError, keys, network, node::Node, place, up, wait::until, world::World,
};
use agent::inventory::{self, Role};
use std::{fs, time::Duration};

const LONGEST_JOIN: Duration = Duration::from_mins(1);

impl World {
    /// Adds a machine: everybody's inventory names it, it boots, and it joins the mesh. What it does then is its agent's.
    pub fn add_node(&mut self, node: &inventory::Node) -> Result<&Node, WorldError> {
        let mut record = self.record.clone();
        record.inventory.nodes.push(node.clone());
        record.inventory.check().map_err(WorldError::Shape)?;
        network::check(&record.inventory)?;
        record.numbers.insert(node.name.clone(), record.next_number());
        let added = Node::new(&record, node)?;
        let inside = added.inside;
        disk::publish(&record.published())?;
        up::make_disk(&record, node, &Secrets::read()?)?;
        self.nodes.insert(node.name.clone(), added);
        self.record = record;
        self.record.write()?;
        let added = self.node(&node.name)?;
        network::plug(&added.name, added.cables())?;
        boot::start(&added.name)?;
        if inside {
            let control = self.first(Role::Control)?;
            keys::give(control, keys::ready(control)?, added)?;
            let what = format!("{} in the mesh", node.name);
            until(&what, LONGEST_JOIN, || self.learn_mesh_address(&node.name))?;
            self.record.write()?;
        }
        self.node(&node.name)
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

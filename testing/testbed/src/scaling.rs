//! Adding and removing nodes while the testbed runs.

use crate::{
    boot, error::TestbedError, network, node::Node, paths, preauth_keys, provision::provision, releases,
    secrets::Secrets, state_file::State, testbed::Testbed, wait::until,
};
use agent::inventory::{self, Role};
use std::{fs, time::Duration};

const JOIN_TIMEOUT: Duration = Duration::from_mins(1);

impl Testbed {
    /// Adds a node: publishes it in the inventory of all nodes, boots it and lets it join the mesh.
    pub fn add_node(&mut self, node: &inventory::Node) -> Result<&Node, TestbedError> {
        let state = self.state_with(node)?;
        releases::publish(&state.published())?;
        provision(&state, node, &Secrets::read()?)?;
        let added = self.boot_added(state, node)?;
        if added.in_mesh {
            let control = self.first(Role::Control)?;
            let owner = preauth_keys::wait_for_owner(control)?;
            preauth_keys::install(control, owner, self.node(&node.name)?)?;
            let what = format!("{} joining the mesh", node.name);
            until(&what, JOIN_TIMEOUT, || self.fetch_mesh_address(&node.name))?;
            self.state.write()?;
        }
        self.node(&node.name)
    }

    /// The state with another node, if the inventory is still valid with it.
    pub(crate) fn state_with(&self, node: &inventory::Node) -> Result<State, TestbedError> {
        let mut state = self.state.clone();
        state.inventory.nodes.push(node.clone());
        state.inventory.check().map_err(TestbedError::Unsupported)?;
        network::check(&state.inventory)?;
        state.numbers.insert(node.name.clone(), state.next_number());
        Ok(state)
    }

    /// Stores the new state, creates the network of a provisioned node and boots it.
    pub(crate) fn boot_added(&mut self, state: State, node: &inventory::Node) -> Result<&Node, TestbedError> {
        self.nodes.insert(node.name.clone(), Node::new(&state, node)?);
        self.state = state;
        self.state.write()?;
        let added = self.node(&node.name)?;
        network::create_namespace(&added.name, added.veth_pairs())?;
        boot::start(&added.name)?;
        Ok(added)
    }

    /// Removes a node: first from the inventory and the mesh, then its processes and its disk.
    pub fn remove_node(&mut self, name: &str) -> Result<(), TestbedError> {
        let node = self.node(name)?.clone();
        self.state.inventory.nodes.retain(|one| one.name != name);
        self.state.bare.remove(name);
        releases::publish(&self.state.published())?;
        if node.in_mesh {
            preauth_keys::remove_node(self.first(Role::Control)?, name)?;
        }
        if node.is_up() {
            node.crash()?;
        }
        network::remove_namespace(&paths::namespace(name))?;
        self.nodes.remove(name);
        self.state.mesh.remove(name);
        self.state.write()?;
        let folder = node.folder();
        fs::remove_dir_all(&folder).map_err(TestbedError::file(&folder))
    }
}

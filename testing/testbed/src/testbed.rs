//! The running testbed: its nodes by name, and network faults between its sites.

use crate::{
    error::TestbedError,
    exec::{run, run_with_input},
    network::{self, LinkState, bridge},
    node::Node,
    public_ca, releases,
    state_file::State,
};
use agent::inventory::{Inventory, Role};
use std::{collections::BTreeMap, net::Ipv4Addr, path::Path};

#[derive(Debug)]
pub struct Testbed {
    pub(crate) state: State,
    pub(crate) nodes: BTreeMap<String, Node>,
}

impl Testbed {
    /// Opens the testbed that runs on this host.
    pub fn open() -> Result<Self, TestbedError> {
        Self::new(State::read()?)
    }

    pub(crate) fn new(state: State) -> Result<Self, TestbedError> {
        let nodes = state.inventory.nodes.iter().map(|node| Ok((node.name.clone(), Node::new(&state, node)?)));
        let nodes = nodes.collect::<Result<_, TestbedError>>()?;
        Ok(Self { state, nodes })
    }

    pub fn inventory(&self) -> &Inventory {
        &self.state.inventory
    }

    /// The names of nodes that were added with nothing but Debian on them.
    pub fn bare(&self) -> impl Iterator<Item = &str> {
        self.state.bare.iter().map(String::as_str)
    }

    pub fn is_sharded(&self) -> bool {
        self.state.citus
    }

    pub fn node(&self, name: &str) -> Result<&Node, TestbedError> {
        self.nodes.get(name).ok_or_else(|| TestbedError::UnknownNode(name.to_owned()))
    }

    pub fn nodes(&self) -> impl Iterator<Item = &Node> {
        self.nodes.values()
    }

    pub fn with_role(&self, role: Role) -> impl Iterator<Item = &Node> {
        self.nodes().filter(move |node| node.is(role))
    }

    pub fn first(&self, role: Role) -> Result<&Node, TestbedError> {
        self.with_role(role).next().ok_or_else(|| TestbedError::NoNodeWithRole(role.name()))
    }

    pub fn members(&self, group: u16) -> impl Iterator<Item = &Node> {
        self.nodes().filter(move |node| node.group == Some(group))
    }

    pub fn at_site(&self, site: &str) -> impl Iterator<Item = &Node> {
        self.nodes().filter(move |node| node.site == site)
    }

    /// The node with this mesh, underlay or public address.
    pub fn at_address(&self, address: Ipv4Addr) -> Option<&Node> {
        self.nodes().find(|node| [node.mesh, Some(node.underlay), node.public].contains(&Some(address)))
    }

    /// Isolates a site from the other sites, and its ingresses from the internet. Traffic inside the site passes.
    pub fn cut_site(&self, site: &str) -> Result<(), TestbedError> {
        self.set_internet_links(site, LinkState::Detached)?;
        network::apply_router_rules(&format!("add element inet toastw cut {{ \"{}\" }}", bridge(site)))
    }

    /// Reverts [`Self::cut_site`].
    pub fn heal_site(&self, site: &str) -> Result<(), TestbedError> {
        self.set_internet_links(site, LinkState::Attached)?;
        network::apply_router_rules(&remove_element("cut", &format!("\"{}\"", bridge(site))))
    }

    /// Partitions two sites; each still reaches the others. The mesh may use its relay instead.
    pub fn cut_pair(&self, one: &str, other: &str) -> Result<(), TestbedError> {
        self.both_ways(one, other, |pair| format!("add element inet toastw apart {{ {pair} }}\n"))
    }

    /// Reverts [`Self::cut_pair`].
    pub fn heal_pair(&self, one: &str, other: &str) -> Result<(), TestbedError> {
        self.both_ways(one, other, |pair| remove_element("apart", pair))
    }

    /// Drops underlay packets between two nodes. The mesh may use its relay instead.
    pub fn cut_nodes(&self, one: &str, other: &str) -> Result<(), TestbedError> {
        let (one, other) = (self.node(one)?, self.node(other)?);
        let (table, address) = (cut_table(other.underlay), other.underlay);
        let rules = format!(
            "table inet {table} {{\n\
             chain input {{ type filter hook input priority -300; ip saddr {address} drop; }}\n\
             chain output {{ type filter hook output priority -300; ip daddr {address} drop; }}\n}}\n",
        );
        run_with_input(one.command("nft")?.args(["-f", "-"]), &rules).map(drop)
    }

    /// Reverts [`Self::cut_nodes`].
    pub fn heal_nodes(&self, one: &str, other: &str) -> Result<(), TestbedError> {
        let (one, other) = (self.node(one)?, self.node(other)?);
        let table = cut_table(other.underlay);
        // Adding first makes the deletion idempotent.
        let rules = format!("add table inet {table}\ndelete table inet {table}\n");
        run_with_input(one.command("nft")?.args(["-f", "-"]), &rules).map(drop)
    }

    /// Copies a bundle to where nodes can use it; returns its name for [`Node::use_release`].
    pub fn stage(&self, bundle: &Path) -> Result<String, TestbedError> {
        releases::stage(bundle, &self.state.published())
    }

    /// Installs the root certificates of the public CA on the internet nodes; repeat after each start of that CA.
    pub fn trust_public_ca(&self) -> Result<(), TestbedError> {
        let clients = self.nodes().filter(|node| !node.in_mesh && node.is_up());
        self.with_role(Role::Ca).next().map_or(Ok(()), |public_ca| public_ca::install_roots(public_ca, clients))
    }

    /// Reverts freezes, cuts, disconnects and filled disks, and boots nodes that are down.
    pub fn heal(&self) -> Result<(), TestbedError> {
        network::apply_router_rules("flush set inet toastw cut\nflush set inet toastw apart\n")?;
        for node in self.nodes() {
            if node.is_up() {
                node.thaw()?;
                node.reconnect()?;
                if node.has_disk() {
                    node.free_disk()?;
                }
                let tables = node.run("nft", &["list", "tables", "inet"])?;
                for table in tables.split_whitespace().filter(|name| name.starts_with(CUT_PREFIX)) {
                    node.run("nft", &["delete", "table", "inet", table])?;
                }
            } else {
                node.boot()?;
                if node.is(Role::Ca) {
                    self.trust_public_ca()?;
                }
            }
        }
        Ok(())
    }

    /// Reads the mesh address of a node into the state; `None` until it has joined.
    pub(crate) fn fetch_mesh_address(&mut self, name: &str) -> Result<Option<Ipv4Addr>, TestbedError> {
        let mut command = self.node(name)?.command("/opt/toast/current/bin/tailscale")?;
        let address = run(command.args(["ip", "-4"]))?.trim().parse().ok();
        if let (Some(address), Some(node)) = (address, self.nodes.get_mut(name)) {
            node.mesh = Some(address);
            self.state.mesh.insert(name.to_owned(), address);
        }
        Ok(address)
    }

    fn set_internet_links(&self, site: &str, state: LinkState) -> Result<(), TestbedError> {
        self.check_site(site)?;
        self.at_site(site).filter(|node| node.public.is_some()).try_for_each(|node| node.set_internet_link(state))
    }

    fn both_ways(&self, one: &str, other: &str, rule: impl Fn(&str) -> String) -> Result<(), TestbedError> {
        self.check_site(one)?;
        self.check_site(other)?;
        let (one, other) = (bridge(one), bridge(other));
        let there = rule(&format!("\"{one}\" . \"{other}\""));
        let back = rule(&format!("\"{other}\" . \"{one}\""));
        network::apply_router_rules(&format!("{there}{back}"))
    }

    fn check_site(&self, site: &str) -> Result<(), TestbedError> {
        let known = self.state.inventory.sites.contains_key(site);
        if known { Ok(()) } else { Err(TestbedError::UnknownSite(site.to_owned())) }
    }
}

/// Prefix of the nftables tables of [`Testbed::cut_nodes`].
const CUT_PREFIX: &str = "toastw_";

fn cut_table(address: Ipv4Addr) -> String {
    format!("{CUT_PREFIX}{:08x}", address.to_bits())
}

/// Adding first makes the deletion idempotent.
fn remove_element(set: &str, element: &str) -> String {
    format!("add element inet toastw {set} {{ {element} }}\ndelete element inet toastw {set} {{ {element} }}\n")
}

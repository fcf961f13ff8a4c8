//! The running world as one: its nodes by name, and the ways between its sites.

use crate::{
    disk,
    error::WorldError,
    guests,
    network::{self, Passage, bridge},
    node::Node,
    program::{feed, run},
    record::Record,
};
use agent::inventory::{Inventory, Role};
use std::{collections::BTreeMap, net::Ipv4Addr, path::Path};

/// The running world.
#[derive(Debug)]
pub struct World {
    pub(crate) record: Record,
    pub(crate) nodes: BTreeMap<String, Node>,
}

impl World {
    /// Finds the world that runs on this host.
    pub fn open() -> Result<Self, WorldError> {
        Self::of(Record::read()?)
    }

    pub(crate) fn of(record: Record) -> Result<Self, WorldError> {
        let made = record.inventory.nodes.iter().map(|node| Ok((node.name.clone(), Node::new(&record, node)?)));
        let nodes = made.collect::<Result<_, WorldError>>()?;
        Ok(Self { record, nodes })
    }

    /// Its description, with nodes that were added since it started.
    pub fn inventory(&self) -> &Inventory {
        &self.record.inventory
    }

    /// The names of machines that were added with nothing but Debian on them.
    pub fn bare(&self) -> impl Iterator<Item = &str> {
        self.record.bare.iter().map(String::as_str)
    }

    /// Whether its database is sharded.
    pub fn is_sharded(&self) -> bool {
        self.record.citus
    }

    /// A node by its name.
    pub fn node(&self, name: &str) -> Result<&Node, WorldError> {
        self.nodes.get(name).ok_or_else(|| WorldError::NoNode(name.to_owned()))
    }

    /// All nodes, by name.
    pub fn nodes(&self) -> impl Iterator<Item = &Node> {
        self.nodes.values()
    }

    /// The nodes with a role.
    pub fn with_role(&self, role: Role) -> impl Iterator<Item = &Node> {
        self.nodes().filter(move |node| node.is(role))
    }

    /// The first node with a role.
    pub fn first(&self, role: Role) -> Result<&Node, WorldError> {
        self.with_role(role).next().ok_or_else(|| WorldError::NoRole(role.name()))
    }

    /// The members of a database group.
    pub fn members(&self, group: u16) -> impl Iterator<Item = &Node> {
        self.nodes().filter(move |node| node.group == Some(group))
    }

    /// The nodes of a site.
    pub fn at_site(&self, site: &str) -> impl Iterator<Item = &Node> {
        self.nodes().filter(move |node| node.site == site)
    }

    /// The node with an address in the mesh, in its site or on the internet.
    pub fn at_address(&self, address: Ipv4Addr) -> Option<&Node> {
        self.nodes().find(|node| [node.mesh, Some(node.underlay), node.public].contains(&Some(address)))
    }

    /// Cuts a site off from the other sites, and its ingresses from the internet. Inside it everything is reachable.
    pub fn cut_site(&self, site: &str) -> Result<(), WorldError> {
        self.pass_internet(site, Passage::Closed)?;
        network::change_router(&format!("add element inet toastw cut {{ \"{}\" }}", bridge(site)))
    }

    /// Takes the cut back.
    pub fn heal_site(&self, site: &str) -> Result<(), WorldError> {
        self.pass_internet(site, Passage::Open)?;
        network::change_router(&remove_element("cut", &format!("\"{}\"", bridge(site))))
    }

    /// Cuts the way between two sites; each still reaches the others. The mesh may go round by its relay.
    pub fn cut_pair(&self, one: &str, other: &str) -> Result<(), WorldError> {
        self.both_ways(one, other, |pair| format!("add element inet toastw apart {{ {pair} }}\n"))
    }

    /// Takes the cut between two sites back.
    pub fn heal_pair(&self, one: &str, other: &str) -> Result<(), WorldError> {
        self.both_ways(one, other, |pair| remove_element("apart", pair))
    }

    /// Cuts the way between two nodes, beneath the mesh; the mesh may go round by its relay.
    pub fn cut_nodes(&self, one: &str, other: &str) -> Result<(), WorldError> {
        let (one, other) = (self.node(one)?, self.node(other)?);
        let (table, address) = (cut_table(other.underlay), other.underlay);
        let rules = format!(
            "table inet {table} {{\n\
             chain input {{ type filter hook input priority -300; ip saddr {address} drop; }}\n\
             chain output {{ type filter hook output priority -300; ip daddr {address} drop; }}\n}}\n",
        );
        feed(one.command("nft")?.args(["-f", "-"]), &rules).map(drop)
    }

    /// Takes the cut between two nodes back.
    pub fn heal_nodes(&self, one: &str, other: &str) -> Result<(), WorldError> {
        let (one, other) = (self.node(one)?, self.node(other)?);
        let table = cut_table(other.underlay);
        // Adding it first makes deleting it right even where it is not there.
        let rules = format!("add table inet {table}\ndelete table inet {table}\n");
        feed(one.command("nft")?.args(["-f", "-"]), &rules).map(drop)
    }

    /// Copies a bundle to where nodes can use it; answers the name for [`Node::use_release`].
    pub fn stage(&self, bundle: &Path) -> Result<String, WorldError> {
        disk::stage(bundle, &self.record.published())
    }

    /// Has the nodes of the internet trust the public authority, which makes new roots whenever it starts.
    pub fn trust_public_authority(&self) -> Result<(), WorldError> {
        let guests = self.nodes().filter(|node| !node.inside && node.is_up());
        self.with_role(Role::Ca).next().map_or(Ok(()), |public| guests::trust(public, guests))
    }

    /// Takes back every freeze, cut and vanishing, and boots what is down. Filled disks are freed.
    pub fn heal(&self) -> Result<(), WorldError> {
        network::change_router("flush set inet toastw cut\nflush set inet toastw apart\n")?;
        for node in self.nodes() {
            if node.is_up() {
                node.thaw()?;
                node.appear()?;
                if node.folder().join("disk").exists() {
                    node.free_disk()?;
                }
                let tables = node.run("nft", &["list", "tables", "inet"])?;
                for table in tables.split_whitespace().filter(|name| name.starts_with(CUT)) {
                    node.run("nft", &["delete", "table", "inet", table])?;
                }
            } else {
                node.boot()?;
                if node.is(Role::Ca) {
                    self.trust_public_authority()?;
                }
            }
        }
        Ok(())
    }

    /// Asks a node for its address in the mesh and writes it down.
    pub(crate) fn learn_mesh_address(&mut self, name: &str) -> Result<Option<Ipv4Addr>, WorldError> {
        let mut command = self.node(name)?.command("/opt/toast/current/bin/tailscale")?;
        let address = run(command.args(["ip", "-4"]))?.trim().parse().ok();
        if let (Some(address), Some(node)) = (address, self.nodes.get_mut(name)) {
            node.mesh = Some(address);
            self.record.mesh.insert(name.to_owned(), address);
        }
        Ok(address)
    }

    fn pass_internet(&self, site: &str, passage: Passage) -> Result<(), WorldError> {
        self.known_site(site)?;
        self.at_site(site).filter(|node| node.public.is_some()).try_for_each(|node| node.pass_public(passage))
    }

    fn both_ways(&self, one: &str, other: &str, rule: impl Fn(&str) -> String) -> Result<(), WorldError> {
        self.known_site(one)?;
        self.known_site(other)?;
        let (one, other) = (bridge(one), bridge(other));
        let there = rule(&format!("\"{one}\" . \"{other}\""));
        let back = rule(&format!("\"{other}\" . \"{one}\""));
        network::change_router(&format!("{there}{back}"))
    }

    fn known_site(&self, site: &str) -> Result<(), WorldError> {
        let known = self.record.inventory.sites.contains_key(site);
        if known { Ok(()) } else { Err(WorldError::NoSite(site.to_owned())) }
    }
}

/// What the tables of cuts between nodes start with.
const CUT: &str = "toastw_";

fn cut_table(address: Ipv4Addr) -> String {
    format!("{CUT}{:08x}", address.to_bits())
}

/// Adding it first makes deleting it right even where it is not there.
fn remove_element(set: &str, element: &str) -> String {
    format!("add element inet toastw {set} {{ {element} }}\ndelete element inet toastw {set} {{ {element} }}\n")
}

//! The inventory of an installation: sites, nodes and their roles.

mod access;
mod network;
mod role;

pub use access::{Access, Grant, Opening, RoleSelector};
pub use network::Network;
pub use role::Role;

use crate::rate_limits::RateLimits;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    net::Ipv4Addr,
    path::Path,
};

/// An installation, as `deploy/inventory/<profile>.toml` describes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Inventory {
    /// Name of the profile: `dev`, `small`, `host`, `multi`.
    pub profile: String,
    /// The public domain of the site.
    pub domain: String,
    /// The domain of node names inside the mesh.
    pub mesh_domain: String,
    /// The certificate authority; a public one if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acme: Option<Acme>,
    #[serde(default)]
    pub limits: RateLimits,
    #[serde(default)]
    pub servers: Servers,
    pub sites: BTreeMap<String, Site>,
    pub nodes: Vec<Node>,
}

/// A certificate authority with an ACME interface.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Acme {
    pub directory: String,
    /// Email address for its expiry notices.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<String>,
    /// File with the root certificates of its own HTTPS endpoint, if they are not public ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub roots: Option<String>,
    /// File with the root certificates of the certificates that it issues, if they are not public ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signed_roots: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Servers {
    /// Size of each server's connection pools: one to the leader, one to the region's standby.
    pub database_connections: u32,
    /// Sender of all mail, such as `Toast <toast@example.org>`; the mail server is among the secrets.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mail_from: Option<String>,
    /// Whether an operator approves a restaurant before guests see it.
    pub approve_restaurants: bool,
}

impl Default for Servers {
    fn default() -> Self {
        Self { database_connections: 20, mail_from: None, approve_restaurants: false }
    }
}

/// A location that can fail as a whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Site {
    pub kind: SiteKind,
    /// Its own network, outside the mesh.
    pub network: Network,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SiteKind {
    /// Serves customers.
    Region,
    /// Has a vote and a copy of the data, and serves no customers.
    Witness,
    /// The internet: not part of the mesh.
    Internet,
}

/// A machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Node {
    /// Host name, also in the mesh and in logs.
    pub name: String,
    pub site: String,
    pub roles: Vec<Role>,
    /// Its address in the network of its site.
    pub underlay: Ipv4Addr,
    /// Its address on the internet, of an ingress.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub public: Option<Ipv4Addr>,
    /// Its database group, on database nodes only: 0 is the coordinator, the others are workers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<u16>,
}

/// An unusable inventory or port table.
#[derive(Debug, thiserror::Error)]
pub enum InventoryError {
    #[error("{path}: {error}")]
    Unreadable { path: String, error: std::io::Error },
    #[error("{path}: {error}")]
    Malformed { path: String, error: Box<toml::de::Error> },
    #[error("{path}: {why}")]
    Wrong { path: String, why: String },
}

impl Inventory {
    pub fn read(path: &Path) -> Result<Self, InventoryError> {
        let inventory: Self = read_toml(path)?;
        inventory.check().map_err(|why| InventoryError::Wrong { path: path.display().to_string(), why })?;
        Ok(inventory)
    }

    /// The first contradiction, as a sentence that says what to change.
    pub fn check(&self) -> Result<(), String> {
        let mut names = BTreeSet::new();
        let mut addresses = BTreeSet::new();
        for node in &self.nodes {
            let name = &node.name;
            if !names.insert(name) {
                return Err(format!("two nodes are called {name}; give each its own name"));
            }
            if !is_host_name(name) {
                return Err(format!("{name:?} is no host name; use small letters, digits and hyphens"));
            }
            let site = self
                .sites
                .get(&node.site)
                .ok_or_else(|| format!("{name}: there is no site {:?}; add it or name another", node.site))?;
            if !site.network.contains(node.underlay) || node.underlay == site.network.gateway() {
                return Err(format!("{name}: {} is not a free address of site {}", node.underlay, node.site));
            }
            for address in std::iter::once(node.underlay).chain(node.public) {
                if !addresses.insert(address) {
                    return Err(format!("{name}: another node has {address}"));
                }
            }
            if node.is(Role::Database) != node.group.is_some() {
                return Err(format!("{name}: a database node names its group, and no other node does"));
            }
            if node.is(Role::Ingress) != node.public.is_some() {
                return Err(format!("{name}: an ingress has a public address, and no other node has one"));
            }
        }
        if self.groups().iter().zip(0..).any(|(group, index)| *group != index) {
            return Err("database groups are numbered 0, 1, 2 … without a gap".to_owned());
        }
        Ok(())
    }

    pub fn node(&self, name: &str) -> Option<&Node> {
        self.nodes.iter().find(|node| node.name == name)
    }

    pub fn with_role(&self, role: Role) -> impl Iterator<Item = &Node> {
        self.nodes.iter().filter(move |node| node.is(role))
    }

    /// The numbers of the database groups, ascending.
    pub fn groups(&self) -> Vec<u16> {
        let groups: BTreeSet<u16> = self.nodes.iter().filter_map(|node| node.group).collect();
        groups.into_iter().collect()
    }

    pub fn members(&self, group: u16) -> impl Iterator<Item = &Node> {
        self.nodes.iter().filter(move |node| node.group == Some(group))
    }

    /// The host name of the mesh's control server, which resolves inside the sites only.
    pub fn control_name(&self) -> String {
        format!("control.{}", self.domain)
    }

    pub fn in_mesh(&self, node: &Node) -> bool {
        self.sites.get(&node.site).is_some_and(|site| site.kind != SiteKind::Internet)
    }
}

impl Node {
    pub fn is(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }
}

/// The mesh tags of a node: its roles, its site and its database group. Other nodes know it by these alone, so that a node
/// that is in no inventory can join.
pub fn tags(site: &str, roles: &[Role], group: Option<u16>) -> Vec<String> {
    let mut tags: Vec<String> = roles.iter().map(|role| format!("tag:{role}")).collect();
    tags.push(format!("tag:site-{site}"));
    tags.extend(group.map(|group| format!("tag:group-{group}")));
    tags
}

fn is_host_name(text: &str) -> bool {
    let inner = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-';
    !text.is_empty() && text.len() < 64 && text.chars().all(inner) && !text.starts_with('-') && !text.ends_with('-')
}

fn read_toml<T: DeserializeOwned>(path: &Path) -> Result<T, InventoryError> {
    let name = || path.display().to_string();
    let text = fs::read_to_string(path).map_err(|error| InventoryError::Unreadable { path: name(), error })?;
    toml::from_str(&text).map_err(|error| InventoryError::Malformed { path: name(), error: Box::new(error) })
}

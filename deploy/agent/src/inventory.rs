//! The description of an installation: sites, nodes, their roles, and who may reach whom.

use crate::limits::Limits;
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, fmt, fs, net::Ipv4Addr, path::Path, str::FromStr};

/// A whole installation, as `deploy/inventory/<profile>.toml` describes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Inventory {
    /// Name of the shape: `dev`, `small`, `multi`.
    pub profile: String,
    /// The public name that guests type.
    pub domain: String,
    /// The domain of node names inside the mesh.
    pub mesh_domain: String,
    /// Who signs the public certificates; a public authority when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acme: Option<Acme>,
    /// How much one address may ask.
    #[serde(default)]
    pub limits: Limits,
    /// What the servers may use.
    #[serde(default)]
    pub servers: Servers,
    /// Places, by name.
    pub sites: BTreeMap<String, Site>,
    /// Machines.
    pub nodes: Vec<Node>,
}

/// An authority that signs certificates by ACME.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Acme {
    /// Address of its directory.
    pub directory: String,
    /// Whom it may write to about expiry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<String>,
    /// File with the roots that its own address is checked with, where those are not public ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub roots: Option<String>,
    /// File with the roots of what it signs, where those are not public ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signed_roots: Option<String>,
}

/// What each server may use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Servers {
    /// Most connections at a time to the database, and to the region's standby.
    pub database_connections: u32,
}

impl Default for Servers {
    fn default() -> Self {
        Self { database_connections: 20 }
    }
}

/// A place that fails as one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Site {
    /// What the place is for.
    pub kind: SiteKind,
    /// Its own network, beneath the mesh.
    pub network: Network,
}

/// What a place is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SiteKind {
    /// Serves guests.
    Region,
    /// Has a vote and a copy, and serves nobody.
    Witness,
    /// Outside: not part of the mesh.
    Internet,
}

/// A machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Node {
    /// Its name, in the mesh and in every log.
    pub name: String,
    /// Where it stands.
    pub site: String,
    /// What it does.
    pub roles: Vec<Role>,
    /// Its address in the network of its site.
    pub underlay: Ipv4Addr,
    /// Its address on the internet, for an ingress.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub public: Option<Ipv4Addr>,
    /// Which database group it belongs to: 0 is the coordinator, the others hold shards.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<u16>,
}

/// What a machine does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Takes guests' connections.
    Ingress,
    /// Runs the server.
    App,
    /// Runs a member of a database group.
    Database,
    /// Votes on who leads.
    Etcd,
    /// Runs the mesh's control server and its relay.
    Control,
    /// Where operators work.
    Operator,
    /// Answers names.
    Dns,
    /// Caches near guests.
    Edge,
    /// Signs certificates, where no public authority can.
    Ca,
    /// A guest's machine, in tests.
    Client,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 10] = [
        Self::Ingress,
        Self::App,
        Self::Database,
        Self::Etcd,
        Self::Control,
        Self::Operator,
        Self::Dns,
        Self::Edge,
        Self::Ca,
        Self::Client,
    ];

    /// The name in files, tags and tables.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ingress => "ingress",
            Self::App => "app",
            Self::Database => "database",
            Self::Etcd => "etcd",
            Self::Control => "control",
            Self::Operator => "operator",
            Self::Dns => "dns",
            Self::Edge => "edge",
            Self::Ca => "ca",
            Self::Client => "client",
        }
    }

    /// Whether nodes with only this role stand on the internet, outside the mesh.
    pub const fn is_outside(self) -> bool {
        matches!(self, Self::Dns | Self::Edge | Self::Ca | Self::Client)
    }
}

impl fmt::Display for Role {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

impl FromStr for Role {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|role| role.name() == text).ok_or_else(|| format!("no role is called {text:?}"))
    }
}

/// An IPv4 network, `10.1.0.0/24`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Network {
    base: Ipv4Addr,
    bits: u8,
}

impl Network {
    /// Length of the prefix.
    pub const fn bits(self) -> u8 {
        self.bits
    }

    /// Whether an address is in the network.
    pub fn contains(self, address: Ipv4Addr) -> bool {
        address.to_bits() & self.mask() == self.base.to_bits()
    }

    /// The first address, which the router has.
    pub fn gateway(self) -> Ipv4Addr {
        Ipv4Addr::from_bits(self.base.to_bits().saturating_add(1))
    }

    fn mask(self) -> u32 {
        u32::MAX.checked_shl(32 - u32::from(self.bits)).unwrap_or(0)
    }
}

impl TryFrom<String> for Network {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let wrong = || format!("{text:?} is not a network; write 10.1.0.0/24");
        let (base, bits) = text.split_once('/').ok_or_else(wrong)?;
        let network = Self { base: base.parse().map_err(|_| wrong())?, bits: bits.parse().map_err(|_| wrong())? };
        if network.bits > 30 || !network.contains(network.base) { Err(wrong()) } else { Ok(network) }
    }
}

impl From<Network> for String {
    fn from(network: Network) -> Self {
        format!("{}/{}", network.base, network.bits)
    }
}

/// Why a description cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum InventoryError {
    /// The file cannot be read.
    #[error("{path}: {error}")]
    Unreadable {
        /// Which file.
        path: String,
        /// What the system said.
        error: std::io::Error,
    },
    /// The file is not TOML of this shape.
    #[error("{path}: {error}")]
    Malformed {
        /// Which file.
        path: String,
        /// Where and why.
        error: Box<toml::de::Error>,
    },
    /// The file contradicts itself.
    #[error("{path}: {why}")]
    Wrong {
        /// Which file.
        path: String,
        /// What to change.
        why: String,
    },
}

impl Inventory {
    /// Reads and checks a description.
    pub fn read(path: &Path) -> Result<Self, InventoryError> {
        let inventory: Self = read_toml(path)?;
        inventory.check().map_err(|why| InventoryError::Wrong { path: path.display().to_string(), why })?;
        Ok(inventory)
    }

    /// What contradicts itself, as a sentence that says what to change.
    pub fn check(&self) -> Result<(), String> {
        let mut names = std::collections::BTreeSet::new();
        let mut addresses = std::collections::BTreeSet::new();
        for node in &self.nodes {
            let name = &node.name;
            if !names.insert(name) {
                return Err(format!("two nodes are called {name}; give each its own name"));
            }
            if !is_name(name) {
                return Err(format!("{name:?} is no host name; use small letters, digits and hyphens"));
            }
            let site = self
                .sites
                .get(&node.site)
                .ok_or_else(|| format!("{name} stands at {:?}, which is no site", node.site))?;
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
        let groups = self.groups();
        if !groups.is_empty() && groups.iter().zip(0..).any(|(group, place)| *group != place) {
            return Err("database groups are numbered 0, 1, 2 … without a gap".to_owned());
        }
        Ok(())
    }

    /// The node of a name.
    pub fn node(&self, name: &str) -> Option<&Node> {
        self.nodes.iter().find(|node| node.name == name)
    }

    /// The nodes with a role.
    pub fn with_role(&self, role: Role) -> impl Iterator<Item = &Node> {
        self.nodes.iter().filter(move |node| node.is(role))
    }

    /// The numbers of the database groups, ascending.
    pub fn groups(&self) -> Vec<u16> {
        let groups: std::collections::BTreeSet<u16> = self.nodes.iter().filter_map(|node| node.group).collect();
        groups.into_iter().collect()
    }

    /// The members of a database group.
    pub fn members(&self, group: u16) -> impl Iterator<Item = &Node> {
        self.nodes.iter().filter(move |node| node.group == Some(group))
    }

    /// The name of the mesh's control server, known only inside the sites.
    pub fn control_name(&self) -> String {
        format!("control.{}", self.domain)
    }

    /// Whether a node is part of the mesh.
    pub fn in_mesh(&self, node: &Node) -> bool {
        self.sites.get(&node.site).is_some_and(|site| site.kind != SiteKind::Internet)
    }
}

impl Node {
    /// Whether the node has a role.
    pub fn is(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }
}

/// What a mesh node says of itself: its roles, its site and its database group. Others learn of a node by its tags
/// alone, so that one that is in no inventory can join.
pub fn tags(site: &str, roles: &[Role], group: Option<u16>) -> Vec<String> {
    let mut tags: Vec<String> = roles.iter().map(|role| format!("tag:{role}")).collect();
    tags.push(format!("tag:site-{site}"));
    tags.extend(group.map(|group| format!("tag:group-{group}")));
    tags
}

/// Names of nodes become host names.
fn is_name(text: &str) -> bool {
    let inner = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-';
    !text.is_empty() && text.len() < 64 && text.chars().all(inner) && !text.starts_with('-') && !text.ends_with('-')
}

/// Who may reach whom, as `deploy/inventory/access.toml` says; what it does not name is closed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Access {
    /// From the internet.
    #[serde(default)]
    pub public: Vec<Opening>,
    /// From the networks of the sites, beneath the mesh.
    #[serde(default)]
    pub underlay: Vec<Opening>,
    /// Inside the mesh.
    #[serde(default)]
    pub mesh: Vec<Grant>,
}

/// Ports of a role that are open to everybody on one side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Opening {
    /// Whose ports; `*` for every node.
    pub role: Who,
    /// TCP ports.
    #[serde(default)]
    pub tcp: Vec<u16>,
    /// UDP ports.
    #[serde(default)]
    pub udp: Vec<u16>,
}

/// Ports of one role that are open to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grant {
    /// Who connects.
    pub from: Who,
    /// Who answers.
    pub to: Who,
    /// TCP ports.
    pub tcp: Vec<u16>,
}

/// A role, or everybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Who {
    /// `*`
    Everybody,
    /// One role.
    Role(Role),
}

impl Who {
    /// Whether a node is meant.
    pub fn means(self, node: &Node) -> bool {
        match self {
            Self::Everybody => true,
            Self::Role(role) => node.is(role),
        }
    }
}

impl TryFrom<String> for Who {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        if text == "*" { Ok(Self::Everybody) } else { text.parse().map(Self::Role) }
    }
}

impl From<Who> for String {
    fn from(who: Who) -> Self {
        match who {
            Who::Everybody => "*".to_owned(),
            Who::Role(role) => role.name().to_owned(),
        }
    }
}

impl Access {
    /// Reads the table.
    pub fn read(path: &Path) -> Result<Self, InventoryError> {
        read_toml(path)
    }

    /// Whether the table lets one node reach a TCP port of another inside the mesh.
    pub fn allows(&self, from: &Node, to: &Node, port: u16) -> bool {
        self.mesh.iter().any(|grant| grant.from.means(from) && grant.to.means(to) && grant.tcp.contains(&port))
    }
}

fn read_toml<T: serde::de::DeserializeOwned>(path: &Path) -> Result<T, InventoryError> {
    let name = || path.display().to_string();
    let text = fs::read_to_string(path).map_err(|error| InventoryError::Unreadable { path: name(), error })?;
    toml::from_str(&text).map_err(|error| InventoryError::Malformed { path: name(), error: Box::new(error) })
}

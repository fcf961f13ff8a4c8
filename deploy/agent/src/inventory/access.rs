//! The port table: which ports of which role are open, and from where.

use super::{InventoryError, Node, Role, read_toml};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// `deploy/inventory/access.toml`; ports that it does not list are closed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Access {
    /// Open to the internet.
    #[serde(default)]
    pub public: Vec<Opening>,
    /// Open to the networks of all sites, outside the mesh.
    #[serde(default)]
    pub underlay: Vec<Opening>,
    /// Open inside the mesh.
    #[serde(default)]
    pub mesh: Vec<Grant>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Opening {
    /// The role that listens; `*` for all nodes.
    pub role: RoleSelector,
    #[serde(default)]
    pub tcp: Vec<u16>,
    #[serde(default)]
    pub udp: Vec<u16>,
}

/// Ports of one role that another role may connect to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grant {
    /// The role that connects.
    pub from: RoleSelector,
    /// The role that listens.
    pub to: RoleSelector,
    pub tcp: Vec<u16>,
}

/// One role, or all nodes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum RoleSelector {
    /// `*`
    Any,
    Role(Role),
}

impl RoleSelector {
    pub fn matches(self, node: &Node) -> bool {
        self.matches_roles(&node.roles)
    }

    pub fn matches_roles(self, roles: &[Role]) -> bool {
        match self {
            Self::Any => true,
            Self::Role(role) => roles.contains(&role),
        }
    }
}

impl TryFrom<String> for RoleSelector {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        if text == "*" { Ok(Self::Any) } else { text.parse().map(Self::Role) }
    }
}

impl From<RoleSelector> for String {
    fn from(selector: RoleSelector) -> Self {
        match selector {
            RoleSelector::Any => "*".to_owned(),
            RoleSelector::Role(role) => role.name().to_owned(),
        }
    }
}

impl Access {
    pub fn read(path: &Path) -> Result<Self, InventoryError> {
        read_toml(path)
    }

    /// Whether one node may connect to a TCP port of another inside the mesh.
    pub fn allows(&self, from: &Node, to: &Node, port: u16) -> bool {
        self.mesh.iter().any(|grant| grant.from.matches(from) && grant.to.matches(to) && grant.tcp.contains(&port))
    }
}

//! Roles of machines.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// The function of a machine; one machine may have several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// nginx that terminates TLS for browsers.
    Ingress,
    /// The server.
    App,
    /// A member of a database group.
    Database,
    /// A voting member of etcd, which stores the leaders of the database groups.
    Etcd,
    /// The control server of the mesh and its relay.
    Control,
    /// A machine of operators.
    Operator,
    /// A public name server.
    Dns,
    /// A caching proxy of the CDN.
    Edge,
    /// An ACME certificate authority, for test installations.
    Ca,
    /// A client machine, for test installations.
    Client,
}

impl Role {
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

    /// The name in files, mesh tags and the port table.
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

    /// Whether nodes with only this role are on the internet, outside the mesh.
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

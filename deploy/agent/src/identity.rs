//! Who this node is, and the secrets it was given.

use crate::{error::Trouble, inventory::Role};
use serde::{Deserialize, Serialize};
use std::{fs, path::Path};

/// `/etc/toast/node.toml`: what a machine is told about itself when it is set up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Identity {
    /// Its name.
    pub name: String,
    /// Where it stands.
    pub site: String,
    /// What it does.
    pub roles: Vec<Role>,
    /// Which database group it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<u16>,
    /// Who starts its services.
    #[serde(default)]
    pub supervisor: SupervisorKind,
    /// Whether the database is sharded.
    #[serde(default)]
    pub citus: bool,
    /// Whether the kernel's watchdog ends this machine when its database's guardian hangs; needs `/dev/watchdog`.
    #[serde(default)]
    pub watchdog: bool,
}

/// Who starts services on a machine.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SupervisorKind {
    /// The system's own.
    #[default]
    Systemd,
    /// Where a machine has no systemd, as in a namespace.
    Runit,
}

/// Passwords inside the installation.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Secrets {
    /// The database's superuser.
    pub postgres: String,
    /// Who streams to standbys.
    pub replicator: String,
    /// Who brings an old primary back.
    pub rewind: String,
    /// The server.
    pub toast: String,
    /// The changing half of Patroni's REST interface.
    pub restapi: String,
}

impl Identity {
    /// Reads who this node is.
    pub fn read(path: &Path) -> Result<Self, Trouble> {
        read(path)
    }

    /// Whether this node has a role.
    pub fn is(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }

    /// Whether this node is part of the mesh.
    pub fn in_mesh(&self) -> bool {
        !self.roles.iter().all(|role| role.is_outside())
    }
}

impl Secrets {
    /// Reads the passwords.
    pub fn read(path: &Path) -> Result<Self, Trouble> {
        read(path)
    }
}

fn read<T: serde::de::DeserializeOwned>(path: &Path) -> Result<T, Trouble> {
    let text = fs::read_to_string(path).map_err(Trouble::file(path))?;
    toml::from_str(&text)
        .map_err(|error| Trouble::Content { path: path.display().to_string(), why: error.message().to_owned() })
}

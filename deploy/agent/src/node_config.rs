//! Configuration of this node alone: its name, roles and passwords.

use crate::{error::AgentError, inventory::Role};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::{fs, path::Path};

/// `/etc/toast/node.toml`, written when a machine is set up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NodeConfig {
    pub name: String,
    pub site: String,
    pub roles: Vec<Role>,
    /// Its database group, on database nodes only: 0 is the coordinator.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<u16>,
    /// Whether the database is sharded by Citus.
    #[serde(default)]
    pub citus: bool,
    /// Whether the kernel's watchdog resets this machine when Patroni hangs; needs `/dev/watchdog`.
    #[serde(default)]
    pub watchdog: bool,
}

/// Passwords used between the services of an installation.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Secrets {
    /// PostgreSQL's superuser.
    pub postgres: String,
    /// The role for streaming replication.
    pub replicator: String,
    /// The role for `pg_rewind`.
    pub rewind: String,
    /// The role of the server.
    pub toast: String,
    /// The modifying requests of Patroni's REST API.
    pub restapi: String,
    /// URL of the mail server with the password of the account there, such as `smtps://toast:password@mail.example`; servers
    /// send no mail without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub smtp: Option<String>,
}

impl NodeConfig {
    pub fn is(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }

    pub fn in_mesh(&self) -> bool {
        !self.roles.iter().all(|role| role.is_outside())
    }
}

pub fn read<T: DeserializeOwned>(path: &Path) -> Result<T, AgentError> {
    let text = fs::read_to_string(path).map_err(AgentError::file(path))?;
    toml::from_str(&text).map_err(|error| AgentError::invalid(path.display(), error.message()))
}

//! Patroni's REST API, as far as tests read it.

use serde::{Deserialize, Serialize};

pub const PORT: u16 = 8008;

/// A member of a group in the response of `/cluster`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    #[serde(default)]
    pub name: String,
    /// `leader`, `replica`, `sync_standby` or `quorum_standby`.
    pub role: String,
    /// `running` (leader) or `streaming` (standby) when healthy.
    #[serde(default)]
    pub state: String,
    /// Address.
    #[serde(default)]
    pub host: String,
}

/// The response of `/cluster`.
#[derive(Debug, Deserialize)]
pub struct Cluster {
    pub members: Vec<Member>,
}

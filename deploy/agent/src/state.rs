//! The state of a node and of the installation, as agents exchange it in JSON.

use crate::{
    inventory::{Inventory, Role},
    mesh::{Mesh, Peer},
    templates::Backend,
};
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    net::Ipv4Addr,
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::sync::watch;

/// The state of one node.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct NodeState {
    pub name: String,
    pub site: String,
    pub roles: Vec<Role>,
    /// Its address in the mesh.
    pub mesh: Option<Ipv4Addr>,
    /// Whether its agent responded.
    pub reachable: bool,
    /// Duration of the request for this state, in milliseconds.
    pub age_ms: u64,
    /// Its services and other reconciled parts: `up`, or the latest error.
    pub services: BTreeMap<String, String>,
    /// Its database, on database nodes.
    pub database: Option<DatabaseState>,
    /// The circuit breakers of its server; empty if unknown.
    pub circuits: Vec<CircuitState>,
    /// The servers, on an ingress.
    pub backends: Vec<BackendState>,
    /// Number of files, rules and services that were restored since the agent started.
    pub drift_corrections: u64,
    /// Connections to deposed primaries that were terminated since the agent started.
    pub terminated_connections: u64,
    /// Prepared transactions that were recovered since the agent started.
    pub recovered_transactions: u64,
}

/// The state of a member of a database group.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct DatabaseState {
    pub group: u16,
    /// `leader`, `standby` or `unknown`.
    pub role: String,
    /// `running`, `streaming` or another state of Patroni.
    pub state: String,
    /// Bytes of WAL behind the leader's position.
    pub lag_bytes: Option<u64>,
    pub timeline: Option<u64>,
    /// Its WAL position in bytes.
    pub position: Option<u64>,
}

/// The circuit breaker of a server for one database node, as its `/circuits` describes it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct CircuitState {
    /// Name of the database node, such as `group-1`.
    pub database_node: String,
    /// `closed` or `open`.
    pub state: String,
    /// Why it is open.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// Failures within the last minute.
    pub recent_failures: u64,
    #[serde(flatten)]
    pub other: serde_json::Map<String, serde_json::Value>,
}

/// A server as seen from an ingress.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct BackendState {
    pub name: String,
    /// Whether it gets requests.
    pub ready: bool,
    /// Whether it is in the site of the ingress.
    pub local: bool,
}

/// The states of all nodes, as one agent sees them.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct InstallationState {
    pub inventory: InventorySummary,
    /// Its nodes in the order of the inventory, then those that are in no inventory.
    pub nodes: Vec<NodeState>,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct InventorySummary {
    pub profile: String,
    pub domain: String,
}

/// This node's state, updated by the tasks of the agent and served over HTTP.
#[derive(Clone, Default)]
pub struct SharedState(Arc<watch::Sender<NodeState>>);

impl SharedState {
    pub fn update(&self, change: impl FnOnce(&mut NodeState)) {
        self.0.send_modify(change);
    }

    pub fn snapshot(&self) -> NodeState {
        NodeState { reachable: true, ..self.0.borrow().clone() }
    }
}

impl From<&Backend> for BackendState {
    fn from(backend: &Backend) -> Self {
        Self { name: backend.name.clone(), ready: backend.ready, local: backend.local }
    }
}

/// Reads the circuit breakers of this node's server.
pub async fn fetch_circuits(client: &reqwest::Client, own: Ipv4Addr) -> Vec<CircuitState> {
    let url = format!("http://{own}:9464/circuits");
    async { client.get(url).send().await?.json().await }.await.unwrap_or_default()
}

/// Reads the states of all peers and adds this node's own.
pub async fn gather(client: &reqwest::Client, inventory: &Inventory, mesh: &Mesh, own: NodeState) -> InstallationState {
    let mut nodes = futures::future::join_all(mesh.peers.iter().map(|peer| fetch_node(client, peer))).await;
    nodes.push(own);
    let index = |name: &str| inventory.nodes.iter().position(|node| node.name == name).unwrap_or(usize::MAX);
    nodes.sort_by_key(|node| index(&node.name));
    set_lag(&mut nodes);
    let summary = InventorySummary { profile: inventory.profile.clone(), domain: inventory.domain.clone() };
    InstallationState { inventory: summary, nodes }
}

async fn fetch_node(client: &reqwest::Client, peer: &Peer) -> NodeState {
    let begun = Instant::now();
    let url = format!("http://{}:9300/state", peer.address);
    let response = async { client.get(url).send().await?.json().await }.await;
    let mut state = response.unwrap_or_else(|_| NodeState {
        name: peer.name.clone(),
        site: peer.site.clone(),
        roles: peer.roles.clone(),
        mesh: Some(peer.address),
        ..NodeState::default()
    });
    state.age_ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
    state
}

/// A standby knows only its own position, so the lag is computed from all states.
fn set_lag(nodes: &mut [NodeState]) {
    let leaders: BTreeMap<u16, u64> = nodes
        .iter()
        .filter_map(|node| node.database.as_ref())
        .filter(|database| database.role == "leader")
        .filter_map(|database| Some((database.group, database.position?)))
        .collect();
    for database in nodes.iter_mut().filter_map(|node| node.database.as_mut()) {
        let leader = leaders.get(&database.group).copied();
        database.lag_bytes = leader.zip(database.position).map(|(leader, own)| leader.saturating_sub(own));
    }
}

/// The longest wait for a response of another node.
pub const TIMEOUT: Duration = Duration::from_millis(1_500);

/// A client for requests between nodes.
pub fn client() -> Result<reqwest::Client, reqwest::Error> {
    reqwest::Client::builder().timeout(TIMEOUT).build()
}

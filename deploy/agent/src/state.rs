//! What a node says of itself to operators, and what an operator's node gathers from all.

use crate::{
    error::Trouble,
    inventory::{Inventory, Role},
    mesh::Mesh,
    templates::Backend,
};
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    net::Ipv4Addr,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

/// One node, in its own words.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct NodeState {
    /// Its name.
    pub name: String,
    /// Where it stands.
    pub site: String,
    /// What it does.
    pub roles: Vec<Role>,
    /// Its address in the mesh.
    pub mesh: Option<Ipv4Addr>,
    /// Whether the asker got an answer.
    pub reachable: bool,
    /// How old the answer is.
    pub age_ms: u64,
    /// Its services: `up`, or what is wrong.
    pub services: BTreeMap<String, String>,
    /// Its database, if it has one.
    pub database: Option<DatabaseState>,
    /// Circuits of its server, as the server tells them; nothing where none was heard.
    #[serde(skip_serializing_if = "serde_json::Value::is_null")]
    pub circuits: serde_json::Value,
    /// The servers that it sends guests to, if it is an ingress.
    pub backends: Vec<BackendState>,
    /// How often something was put right.
    pub repairs: u64,
    /// Connections to deposed primaries that were ended here.
    pub fenced: u64,
    /// Prepared transactions that were settled from here.
    pub settled: u64,
}

/// A member of a database group.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct DatabaseState {
    /// Its group.
    pub group: u16,
    /// `leader`, `standby`, or what Patroni says.
    pub role: String,
    /// `running`, `streaming`, or what Patroni says.
    pub state: String,
    /// How far it is behind its leader, as far as the asker can tell.
    pub lag_bytes: Option<u64>,
    /// Its timeline.
    pub timeline: Option<u64>,
    /// Its position in the log of writes.
    pub position: Option<u64>,
}

/// A server as an ingress sees it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct BackendState {
    /// Its node.
    pub name: String,
    /// Whether guests are sent there.
    pub ready: bool,
    /// Whether it stands where the ingress stands.
    pub local: bool,
}

/// Everything that an operator's node gathered.
#[derive(Debug, Clone, Serialize)]
pub struct WorldState {
    /// The installation.
    pub inventory: WorldInventory,
    /// Its nodes, in the order of the inventory.
    pub nodes: Vec<NodeState>,
}

/// The head of the inventory.
#[derive(Debug, Clone, Serialize)]
pub struct WorldInventory {
    /// Its shape.
    pub profile: String,
    /// Its public name.
    pub domain: String,
}

/// What one part of the agent writes and another shows.
#[derive(Clone, Default)]
pub struct Shared(Arc<Mutex<NodeState>>);

impl Shared {
    /// Changes the state.
    pub fn change(&self, change: impl FnOnce(&mut NodeState)) {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// The state now.
    pub fn now(&self) -> NodeState {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        state.reachable = true;
        state
    }
}

impl From<&Backend> for BackendState {
    fn from(backend: &Backend) -> Self {
        Self { name: backend.name.clone(), ready: backend.ready, local: backend.local }
    }
}

#[derive(Deserialize)]
struct PatroniAnswer {
    role: String,
    state: String,
    replication_state: Option<String>,
    timeline: Option<u64>,
    xlog: Option<PatroniPosition>,
}

#[derive(Deserialize)]
struct PatroniPosition {
    location: Option<u64>,
    replayed_location: Option<u64>,
}

/// Asks this node's own Patroni.
pub async fn ask_patroni(client: &reqwest::Client, own: Ipv4Addr, group: u16) -> DatabaseState {
    let answer = async { client.get(format!("http://{own}:8008/patroni")).send().await?.json::<PatroniAnswer>().await };
    match answer.await {
        Ok(answer) => {
            let leads = matches!(answer.role.as_str(), "primary" | "master" | "leader");
            DatabaseState {
                group,
                role: if leads { "leader".to_owned() } else { "standby".to_owned() },
                state: answer.replication_state.unwrap_or(answer.state),
                lag_bytes: None,
                timeline: answer.timeline,
                position: answer.xlog.and_then(|position| position.location.or(position.replayed_location)),
            }
        }
        Err(_) => {
            DatabaseState { group, role: "unknown".to_owned(), state: "silent".to_owned(), ..DatabaseState::default() }
        }
    }
}

/// Asks this node's own server for its circuits.
pub async fn ask_server(client: &reqwest::Client, own: Ipv4Addr) -> serde_json::Value {
    let answer = async { client.get(format!("http://{own}:9464/circuits")).send().await?.json().await };
    answer.await.unwrap_or(serde_json::Value::Null)
}

/// Gathers what every node says, for an operator.
pub async fn gather(client: &reqwest::Client, inventory: &Inventory, mesh: &Mesh, own: NodeState) -> WorldState {
    let asked = mesh.peers.iter().map(|peer| ask_node(client, &peer.name, &peer.site, &peer.roles, peer.address));
    let mut nodes = futures::future::join_all(asked).await;
    nodes.push(own);
    let place = |name: &str| inventory.nodes.iter().position(|node| node.name == name).unwrap_or(usize::MAX);
    nodes.sort_by_key(|node| place(&node.name));
    tell_lag(&mut nodes);
    let head = WorldInventory { profile: inventory.profile.clone(), domain: inventory.domain.clone() };
    WorldState { inventory: head, nodes }
}

async fn ask_node(client: &reqwest::Client, name: &str, site: &str, roles: &[Role], address: Ipv4Addr) -> NodeState {
    let begun = Instant::now();
    let answer = async { client.get(format!("http://{address}:9300/state")).send().await?.json::<NodeState>().await };
    let mut state = answer.await.unwrap_or_else(|_| NodeState {
        name: name.to_owned(),
        site: site.to_owned(),
        roles: roles.to_vec(),
        mesh: Some(address),
        ..NodeState::default()
    });
    state.age_ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
    state
}

/// Standbys know their own position only; the distance to their leader is told here.
fn tell_lag(nodes: &mut [NodeState]) {
    let leaders: BTreeMap<u16, u64> = nodes
        .iter()
        .filter_map(|node| node.database.as_ref())
        .filter(|database| database.role == "leader")
        .filter_map(|database| Some((database.group, database.position?)))
        .collect();
    for database in nodes.iter_mut().filter_map(|node| node.database.as_mut()) {
        let ahead = leaders.get(&database.group).copied();
        database.lag_bytes = ahead.zip(database.position).map(|(leader, own)| leader.saturating_sub(own));
    }
}

/// A client for questions between nodes.
pub fn client() -> Result<reqwest::Client, Trouble> {
    Ok(reqwest::Client::builder().timeout(Duration::from_millis(1_500)).build()?)
}

//! The database's nodes, and which of them stores which rows.
//!
//! Statements go straight to the group that stores their rows. The coordinator is needed for statements over all shards, and
//! instead of a group that cannot be reached directly. The map of shards stays in use while it cannot be read again.

mod refresh;

use crate::{
    db::{
        circuit_breaker::State,
        cluster_map::ClusterMap,
        node::{Detour, Endpoint, Node, NodeState, is_failure},
        shard_map::{DistributionKey, Shard},
    },
    error::ServerError,
};
use parking_lot::RwLock;
use serde::Serialize;
use sqlx::postgres::PgConnectOptions;
use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, Instant},
};

/// A map older than this is read again.
const MAX_AGE: Duration = Duration::from_secs(30);

/// Location of a restaurant's rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ShardLocation {
    /// The shard; none on plain PostgreSQL.
    pub shard: Option<i64>,
    /// Its node, as in [`NodeState`].
    pub node: String,
    /// The node's address; on a cluster only.
    pub address: Option<String>,
}

/// All nodes of the database.
#[derive(Debug)]
pub(super) struct Topology {
    options: PgConnectOptions,
    /// Group g listens at this port + g of the coordinator's host; otherwise at its address in the catalog.
    group_ports: Option<u16>,
    /// Connections per group.
    connections: u32,
    /// PostgreSQL, or the coordinator of a cluster.
    pub(super) primary: Arc<Node>,
    /// The coordinator for statements over all shards, so that these leave it connections while a worker hangs.
    all_shards: Arc<Node>,
    pub(super) replica: Option<Arc<Node>>,
    current: RwLock<Option<Arc<Current>>>,
    /// The time of the last failure; locked during a reading.
    last_failure: tokio::sync::Mutex<Option<Instant>>,
}

#[derive(Debug, Clone)]
struct Current {
    read_at: Instant,
    map: Arc<ClusterMap>,
    groups: BTreeMap<i32, Arc<Node>>,
}

impl Current {
    fn node(&self, key: &DistributionKey<'_>) -> Option<Arc<Node>> {
        self.groups.get(&self.map.shards.shard(key)?.group).cloned()
    }

    fn address(&self, group: i32) -> Option<String> {
        self.map.addresses.get(&group).map(|(host, port)| format!("{host}:{port}"))
    }
}

impl Topology {
    pub(super) fn new(
        options: PgConnectOptions,
        replica: Option<PgConnectOptions>,
        connections: u32,
        group_ports: Option<u16>,
    ) -> Arc<Self> {
        // A hanging group must not make a server exceed its number of connections by much.
        let share = (connections / 3).max(1);
        let endpoint = |query: &str| Endpoint::new(options.clone(), query.to_owned());
        Arc::new(Self {
            primary: Node::new("primary".to_owned(), endpoint("SELECT 1"), connections),
            all_shards: Node::new("all-shards".to_owned(), endpoint("SELECT 1 FROM restaurants LIMIT 1"), share),
            replica: replica.map(|replica| Node::replica(replica, connections)),
            connections: share,
            options,
            group_ports,
            current: RwLock::default(),
            last_failure: tokio::sync::Mutex::default(),
        })
    }

    /// The node that stores the rows of a key.
    pub(super) async fn node_of(self: &Arc<Self>, key: &DistributionKey<'_>) -> Arc<Node> {
        let current = self.current().await;
        current.and_then(|current| current.node(key)).unwrap_or_else(|| self.primary.clone())
    }

    /// The node for statements over all shards.
    pub(super) async fn all_shards(self: &Arc<Self>) -> Arc<Node> {
        let is_cluster = self.current().await.is_some_and(|current| !current.groups.is_empty());
        if is_cluster { self.all_shards.clone() } else { self.primary.clone() }
    }

    /// The groups that are reached directly, as far as they are known.
    pub(super) fn direct_groups(&self) -> Vec<Arc<Node>> {
        let groups = self.known().map(|current| current.groups.clone()).unwrap_or_default();
        groups.into_values().filter(|node| node.detour().is_none()).collect()
    }

    pub(super) async fn locate(self: &Arc<Self>, key: &DistributionKey<'_>) -> ShardLocation {
        let node = self.node_of(key).await.name().to_owned();
        let current = self.known();
        let shard = current.as_ref().and_then(|current| current.map.shards.shard(key).cloned());
        let address = |shard: &Shard| current.as_ref()?.address(shard.group);
        ShardLocation { address: shard.as_ref().and_then(address), shard: shard.map(|shard| shard.id), node }
    }

    pub(super) fn states(&self) -> Vec<NodeState> {
        let current = self.known();
        let states = |current: &Arc<Current>| {
            current.groups.iter().map(|(group, node)| node.state(current.address(*group))).collect::<Vec<_>>()
        };
        let groups = current.as_ref().map(states).unwrap_or_default();
        let all_shards = (!groups.is_empty()).then(|| self.all_shards.state(None));
        let replica = self.replica.as_ref().map(|replica| replica.state(None));
        [self.primary.state(None)].into_iter().chain(groups).chain(all_shards).chain(replica).collect()
    }

    /// All nodes with a pool.
    pub(super) fn nodes(&self) -> Vec<Arc<Node>> {
        let groups = self.known().map(|current| current.groups.clone()).unwrap_or_default();
        [&self.primary, &self.all_shards].into_iter().chain(&self.replica).chain(groups.values()).cloned().collect()
    }

    /// Reacts to the outcome of a statement. After a failure the map is read again, since a group may have another primary.
    ///
    /// A worker that lacks a table or a function has lost its metadata, or gets it later: its group is reached through the
    /// coordinator. The statement has changed nothing, so the caller may repeat it.
    pub(super) fn observe<T>(
        self: &Arc<Self>,
        node: &Arc<Node>,
        outcome: Result<T, ServerError>,
    ) -> Result<T, ServerError> {
        outcome.map_err(|error| {
            if is_failure(&error) {
                self.refresh_after_failure();
            } else if let Some(reason) = missing_metadata(&error)
                && let Some((current, group)) = self.direct_group(node)
            {
                let detour = Detour { reason, until: Instant::now() + MAX_AGE };
                node.set_endpoint(self.through_coordinator(&current.map, group, detour));
                return node.unavailable();
            }
            error
        })
    }

    fn direct_group(&self, node: &Arc<Node>) -> Option<(Arc<Current>, i32)> {
        let current = self.known()?;
        let group = *current.groups.iter().find(|(_, known)| Arc::ptr_eq(known, node))?.0;
        node.detour().is_none().then_some((current, group))
    }

    fn known(&self) -> Option<Arc<Current>> {
        self.current.read().clone()
    }

    /// The current map; refreshed in the background, except for the first one.
    async fn current(self: &Arc<Self>) -> Option<Arc<Current>> {
        if let Some(current) = self.known() {
            if current.read_at.elapsed() > MAX_AGE {
                self.refresh_in_background();
            }
            return Some(current);
        }
        // A statement that the primary would reject need not wait for the map.
        if self.primary.breaker.state() == State::Closed {
            Box::pin(self.refresh()).await;
        } else {
            self.refresh_in_background();
        }
        self.known()
    }
}

/// The message of SQLSTATE 42P01 (`undefined_table`) or 42883 (`undefined_function`).
fn missing_metadata(error: &ServerError) -> Option<String> {
    match error {
        ServerError::Database(sqlx::Error::Database(error))
            if matches!(error.code().as_deref(), Some("42P01" | "42883")) =>
        {
            Some(error.message().to_owned())
        }
        _ => None,
    }
}

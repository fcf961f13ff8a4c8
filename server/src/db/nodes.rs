//! The database's nodes as this process sees them: each with a circuit, and with its share of the connections.

mod look;
mod spread;

pub use spread::{Key, Shard, Spread, hash};

use crate::{
    db::circuit_breaker::{Circuit, State},
    error::{DbErrorKind, ServerError, meaning},
};
use look::Look;
use serde::Serialize;
use sqlx::{PgPool, Row, postgres::PgConnectOptions};
use std::{
    collections::BTreeMap,
    future::Future,
    pin::pin,
    sync::{Arc, Mutex, PoisonError, RwLock},
    time::{Duration, Instant},
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// A statement that takes so long makes its node suspicious: somebody looks whether it answers at all.
const SUSPICIOUS: Duration = Duration::from_millis(400);
/// How often that is thought of while the statement goes on waiting.
const SUSPICIOUS_AGAIN: Duration = Duration::from_millis(300);
/// A node that has just answered is not looked at again so soon: a look costs a connection, and where everything takes long
/// there would be one after the other.
const TRUSTED: Duration = Duration::from_secs(1);
/// A map of the shards older than this is read anew.
const MAP_AGE: Duration = Duration::from_secs(30);
/// How long a map may take; without one, everything is the leader's.
const MAP_PATIENCE: Duration = Duration::from_secs(1);
/// The leader's name while no map says that it has others beside it.
const PRIMARY: &str = "primary";
/// How long nobody tries again after a map could not be read.
const MAP_PAUSE: Duration = Duration::from_secs(2);

/// A node, or a set of nodes that fail together.
#[derive(Debug)]
pub struct Node {
    name: String,
    /// Whether it is asked.
    pub circuit: Circuit,
    share: Arc<Semaphore>,
    permits: usize,
    look: Look,
}

/// A place among the statements that are on their way to a node.
#[derive(Debug)]
pub struct Slot {
    node: Arc<Node>,
    _permit: OwnedSemaphorePermit,
}

/// How a node is doing, for operators.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NodeState {
    /// `primary`, `group-1` …, `every-group`, `standby`.
    pub database_node: String,
    /// Where it was last known to be; on a cluster only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// `closed` or `open`.
    pub state: &'static str,
    /// What an open circuit is for: `hangs` or `refuses`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<&'static str>,
    /// For how many milliseconds it has been so.
    pub since_ms: u64,
    /// Statements on their way.
    pub in_flight: usize,
    /// Failures within the last minute.
    pub recent_failures: usize,
}

/// Which node holds a restaurant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Place {
    /// The shard; none on plain PostgreSQL.
    pub shard: Option<i64>,
    /// Its node, as in [`NodeState`].
    pub node: String,
    /// Where that is now; on a cluster only.
    pub address: Option<String>,
}

impl Node {
    /// A node that takes so many statements at a time, looked at in this way.
    fn new(name: String, permits: usize, look: Look) -> Arc<Self> {
        let share = Arc::new(Semaphore::new(permits));
        Arc::new(Self { name, circuit: Circuit::default(), share, permits, look })
    }

    /// Waits for a place among the node's statements.
    pub async fn slot(self: &Arc<Self>, patience: Duration) -> Result<Slot, ServerError> {
        match tokio::time::timeout(patience, self.share.clone().acquire_owned()).await {
            Ok(Ok(permit)) => Ok(Slot { node: self.clone(), _permit: permit }),
            _ => Err(self.away()),
        }
    }

    /// The refusal while it is not asked; nothing was sent.
    pub fn away(&self) -> ServerError {
        ServerError::Away { node: self.name.clone() }
    }

    /// Waits for work at this node, but never longer than until it is known to hang, and notes how it went.
    ///
    /// Work that takes its time is not given up for that alone: a look at the node tells a lock that somebody holds
    /// from a node that is gone.
    pub async fn watched<T>(
        self: &Arc<Self>,
        limit: Duration,
        work: impl Future<Output = Result<T, ServerError>>,
    ) -> Result<T, ServerError> {
        let begun = Instant::now();
        let mut work = pin!(work);
        let mut pause = SUSPICIOUS;
        let outcome = loop {
            let left = limit.saturating_sub(begun.elapsed());
            tokio::select! {
                biased;
                outcome = &mut work => break outcome,
                () = self.circuit.until_it_hangs(), if pause != SUSPICIOUS => break Err(ServerError::Deadline),
                () = tokio::time::sleep(pause.min(left)) => {
                    if pause >= left {
                        break Err(ServerError::Deadline);
                    }
                    self.suspect();
                    pause = SUSPICIOUS_AGAIN;
                }
            }
        };
        self.note(&outcome, begun.elapsed());
        outcome
    }

    /// Has somebody look whether the node answers, until it does.
    pub fn suspect(self: &Arc<Self>) {
        let is_trusted = self.circuit.state() == State::Closed && self.look.has_answered_within(TRUSTED);
        if is_trusted || self.circuit.is_probed() {
            return;
        }
        let node = self.clone();
        tokio::spawn(async move {
            let Some(_probe) = node.circuit.probe() else { return };
            node.look.until_it_answers(&node.circuit).await;
        });
    }

    fn note<T>(self: &Arc<Self>, outcome: &Result<T, ServerError>, after: Duration) {
        let before = self.circuit.state();
        if is_failure(outcome) {
            if self.circuit.failed(after) {
                self.suspect();
            }
        } else if !matches!(outcome, Err(ServerError::Away { .. })) {
            self.circuit.answered();
        }
        if self.circuit.state() != before {
            tracing::warn!(database_node = self.name, state = ?self.circuit.state(), "circuit breaker state changed");
        }
    }

    fn in_use(&self) -> usize {
        self.permits.saturating_sub(self.share.available_permits())
    }

    /// Tells the metrics how it is. Only when they are read: two that turned a circuit at once might tell it in the wrong order.
    #[expect(clippy::cast_precision_loss, reason = "there are never so many connections")]
    pub fn publish(&self) {
        let state = match self.circuit.state() {
            State::Closed => 0.0,
            State::Refusing => 1.0,
            State::Hanging => 2.0,
        };
        metrics::gauge!("toast_circuit_state", "node" => self.name.clone()).set(state);
        metrics::gauge!("toast_bulkhead_in_use", "node" => self.name.clone()).set(self.in_use() as f64);
    }

    /// How it is doing, wherever it is.
    pub fn state(&self, address: Option<String>) -> NodeState {
        let why = match self.circuit.state() {
            State::Closed => None,
            State::Refusing => Some("refuses"),
            State::Hanging => Some("hangs"),
        };
        NodeState {
            database_node: self.name.clone(),
            address,
            state: if why.is_some() { "open" } else { "closed" },
            why,
            since_ms: u64::try_from(self.circuit.lasts().as_millis()).unwrap_or(u64::MAX),
            in_flight: self.in_use(),
            recent_failures: self.circuit.recent_failures(),
        }
    }
}

impl Slot {
    /// The node it is at.
    pub const fn node(&self) -> &Arc<Node> {
        &self.node
    }
}

/// Whether an outcome says that the node is not well; a refusal of ours, and a statement that is wrong, say nothing.
fn is_failure<T>(outcome: &Result<T, ServerError>) -> bool {
    match outcome {
        Err(ServerError::Deadline | ServerError::Unknown(_)) => true,
        Err(ServerError::Database(error)) => matches!(meaning(error), DbErrorKind::Unavailable | DbErrorKind::Unknown),
        _ => false,
    }
}

/// All nodes, and which of them holds what.
#[derive(Debug)]
pub struct Nodes {
    leader: PgConnectOptions,
    connections: usize,
    known: Mutex<BTreeMap<String, Arc<Node>>>,
    map: RwLock<Option<Arc<Map>>>,
    turn: tokio::sync::Mutex<Option<Instant>>,
}

/// Where everything stands, and when that was read.
#[derive(Debug)]
struct Map {
    read: Instant,
    cluster: bool,
    spread: Spread,
    addresses: BTreeMap<i32, String>,
}

impl Nodes {
    /// Knows nothing yet.
    pub fn new(leader: PgConnectOptions, connections: u32) -> Self {
        let connections = usize::try_from(connections).unwrap_or(usize::MAX).max(1);
        Self {
            leader,
            connections,
            known: Mutex::default(),
            map: RwLock::default(),
            turn: tokio::sync::Mutex::default(),
        }
    }

    /// The node that holds a key's rows.
    pub async fn of(self: &Arc<Self>, pool: &PgPool, key: &Key<'_>) -> Arc<Node> {
        let map = self.map(pool).await;
        let Some(map) = map.filter(|map| map.cluster) else { return self.primary() };
        match map.spread.shard(key) {
            Some(shard) => self.group(&map, shard.group),
            None => self.coordinator(&map),
        }
    }

    /// The node that answers by itself, without any other.
    pub async fn leader(self: &Arc<Self>, pool: &PgPool) -> Arc<Node> {
        match self.map(pool).await.filter(|map| map.cluster) {
            Some(map) => self.coordinator(&map),
            None => self.primary(),
        }
    }

    /// All nodes together, for statements that ask every shard.
    pub async fn every(self: &Arc<Self>, pool: &PgPool) -> Arc<Node> {
        match self.map(pool).await.filter(|map| map.cluster) {
            Some(_) => self.node("every-group", self.share(), || Look::at_every_shard(self.leader.clone())),
            None => self.primary(),
        }
    }

    /// The region's standby, with connections of its own.
    pub fn standby(options: PgConnectOptions, connections: u32) -> Arc<Node> {
        let permits = usize::try_from(connections).unwrap_or(usize::MAX).max(1);
        Node::new("standby".to_owned(), permits, Look::at_itself(options))
    }

    /// How all nodes that were needed so far are doing.
    pub fn states(&self) -> Vec<NodeState> {
        let map = self.read_map();
        let known: Vec<_> = self.known.lock().unwrap_or_else(PoisonError::into_inner).values().cloned().collect();
        let address = |node: &Node| {
            let group = node.name.strip_prefix("group-")?.parse().ok()?;
            map.as_ref()?.addresses.get(&group).cloned()
        };
        known.iter().map(|node| node.state(address(node))).collect()
    }

    /// Tells the metrics how they are.
    pub fn publish(&self) {
        for node in self.known.lock().unwrap_or_else(PoisonError::into_inner).values() {
            node.publish();
        }
    }

    /// Which node holds a key's rows.
    pub async fn place(self: &Arc<Self>, pool: &PgPool, key: &Key<'_>) -> Place {
        let node = self.of(pool, key).await.name.clone();
        let map = self.read_map();
        let shard = map.as_ref().and_then(|map| map.spread.shard(key).cloned());
        let address = shard.as_ref().and_then(|shard| map.as_ref()?.addresses.get(&shard.group).cloned());
        Place { shard: shard.map(|shard| shard.id), node, address }
    }

    fn primary(&self) -> Arc<Node> {
        self.node(PRIMARY, self.connections, || Look::at_itself(self.leader.clone()))
    }

    fn coordinator(&self, map: &Map) -> Arc<Node> {
        self.group(map, 0)
    }

    fn group(&self, map: &Map, group: i32) -> Arc<Node> {
        self.node(&format!("group-{group}"), self.share(), || match map.spread.some_restaurant_on(group) {
            Some(restaurant) => Look::at_restaurant(self.leader.clone(), restaurant),
            None => Look::at_itself(self.leader.clone()),
        })
    }

    /// A third of the connections: what hangs at one node leaves two thirds to the others.
    fn share(&self) -> usize {
        (self.connections / 3).max(1)
    }

    fn node(&self, name: &str, permits: usize, look: impl FnOnce() -> Look) -> Arc<Node> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(node) = known.get(name) {
            return node.clone();
        }
        let node = Node::new(name.to_owned(), permits, look());
        known.insert(name.to_owned(), node.clone());
        node
    }

    fn read_map(&self) -> Option<Arc<Map>> {
        self.map.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The map at hand, which is renewed behind the back of whoever asks; only a first one is waited for.
    async fn map(self: &Arc<Self>, pool: &PgPool) -> Option<Arc<Map>> {
        if let Some(map) = self.read_map() {
            if map.read.elapsed() > MAP_AGE {
                self.renew_behind_the_back(pool);
            }
            return Some(map);
        }
        // Whoever is about to be refused by the leader need not wait for a map that it cannot give either.
        if self.leader_is_away() {
            self.renew_behind_the_back(pool);
            return None;
        }
        Box::pin(self.renew(pool)).await;
        self.read_map()
    }

    fn leader_is_away(&self) -> bool {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(PRIMARY).is_some_and(|leader| leader.circuit.state() != State::Closed)
    }

    fn renew_behind_the_back(self: &Arc<Self>, pool: &PgPool) {
        if self.turn.try_lock().is_ok() {
            let (nodes, pool) = (self.clone(), pool.clone());
            tokio::spawn(async move { nodes.renew(&pool).await });
        }
    }

    /// Reads the map, unless somebody else did, well or in vain, while this one waited for its turn.
    async fn renew(&self, pool: &PgPool) {
        let asked = Instant::now();
        let mut failed = self.turn.lock().await;
        if failed.is_some_and(|failed| failed.elapsed() < MAP_PAUSE)
            || self.read_map().is_some_and(|map| map.read > asked)
        {
            return;
        }
        match tokio::time::timeout(MAP_PATIENCE, Map::read(pool)).await {
            Ok(Ok(map)) => {
                *failed = None;
                self.aim(&map);
                *self.map.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(map));
            }
            outcome => {
                tracing::debug!(?outcome, "shard map refresh failed, keeping the old one");
                *failed = Some(Instant::now());
                // The old one will do for a while; nobody else need try at once.
                self.keep_old_map();
            }
        }
    }

    /// Shards move. A look at a restaurant that has left a group would say how another group is doing.
    fn aim(&self, map: &Map) {
        for node in self.known.lock().unwrap_or_else(PoisonError::into_inner).values() {
            if let Some(group) = node.name.strip_prefix("group-").and_then(|group| group.parse().ok()) {
                node.look.aim_at(map.spread.some_restaurant_on(group));
            }
        }
    }

    fn keep_old_map(&self) {
        let mut map = self.map.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(old) = map.take() {
            let (spread, addresses) = (old.spread.clone(), old.addresses.clone());
            *map = Some(Arc::new(Map { read: Instant::now(), cluster: old.cluster, spread, addresses }));
        }
    }
}

impl Map {
    /// The catalogue of the cluster is only there on one, so that the statement cannot be checked when it is compiled.
    async fn read(pool: &PgPool) -> Result<Self, sqlx::Error> {
        let cluster = sqlx::query_scalar::<_, i32>("SELECT 1 FROM pg_extension WHERE extname = 'citus'")
            .fetch_optional(pool)
            .await?
            .is_some();
        let rows = if cluster { Self::shards(pool).await? } else { Vec::new() };
        let mut addresses = BTreeMap::new();
        let mut shards = Vec::with_capacity(rows.len());
        for row in rows {
            let group: i32 = row.try_get(4)?;
            addresses.insert(group, format!("{}:{}", row.try_get::<String, _>(5)?, row.try_get::<i32, _>(6)?));
            let shard = Shard { id: row.try_get(1)?, from: row.try_get(2)?, to: row.try_get(3)?, group };
            shards.push((row.try_get::<String, _>(0)?, shard));
        }
        Ok(Self { read: Instant::now(), cluster, spread: Spread::of(shards), addresses })
    }

    async fn shards(pool: &PgPool) -> Result<Vec<sqlx::postgres::PgRow>, sqlx::Error> {
        sqlx::query(
            "SELECT s.logicalrelid::text, s.shardid, s.shardminvalue::integer, s.shardmaxvalue::integer, p.groupid,
                 n.nodename, n.nodeport
             FROM pg_dist_shard s
             JOIN pg_dist_placement p ON p.shardid = s.shardid
             JOIN pg_dist_node n ON n.groupid = p.groupid AND n.noderole = 'primary'
             WHERE s.logicalrelid::text = ANY($1) AND s.shardminvalue IS NOT NULL",
        )
        .bind(Key::TABLES.map(str::to_owned).to_vec())
        .fetch_all(pool)
        .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(permits: usize) -> Arc<Node> {
        // Nobody listens there, so that a look fails at once.
        let nowhere = "postgres://toast@127.0.0.1:1/toast".parse().unwrap();
        Node::new("test".to_owned(), permits, Look::at_itself(nowhere))
    }

    #[tokio::test]
    async fn no_more_than_its_share_is_on_its_way_to_a_node() {
        let node = node(3);
        let (mut running, mut most) = (Vec::new(), 0);
        for turn in 0..50u64 {
            match node.slot(Duration::from_millis(1)).await {
                Ok(slot) => running.push(slot),
                Err(error) => {
                    assert!(matches!(error, ServerError::Away { .. }));
                    running.remove(usize::try_from(turn % 3).unwrap());
                }
            }
            most = most.max(node.in_use());
        }
        assert_eq!(most, 3);
        drop(running);
        assert_eq!(node.in_use(), 0);
    }

    #[tokio::test]
    async fn work_is_given_up_when_its_node_hangs_and_not_before() {
        let node = node(3);
        let patient = node.watched(Duration::from_secs(5), async {
            tokio::time::sleep(Duration::from_millis(900)).await;
            Ok(7)
        });
        assert_eq!(patient.await.unwrap(), 7);
        let begun = Instant::now();
        let waiting = tokio::spawn({
            let node = node.clone();
            async move { node.watched(Duration::from_mins(1), std::future::pending::<Result<(), ServerError>>()).await }
        });
        tokio::time::sleep(Duration::from_millis(500)).await;
        node.circuit.hangs();
        assert!(matches!(waiting.await.unwrap(), Err(ServerError::Deadline)));
        assert!(begun.elapsed() < Duration::from_secs(5));
    }

    #[test]
    fn a_look_follows_the_shards() {
        let nodes = Nodes::new("postgres://toast@127.0.0.1:1/toast".parse().unwrap(), 9);
        let all_on = |group| {
            let shard = Shard { id: 1, from: i32::MIN, to: i32::MAX, group };
            let spread = Spread::of([("restaurants".to_owned(), shard)]);
            Map { read: Instant::now(), cluster: true, spread, addresses: BTreeMap::new() }
        };
        let asks_for_a_row = |node: &Node| format!("{:?}", node.look).contains("Restaurant(");
        let one = nodes.group(&all_on(1), 1);
        assert!(asks_for_a_row(&one));
        nodes.aim(&all_on(2));
        assert!(!asks_for_a_row(&one), "its rows have moved");
        nodes.aim(&all_on(1));
        assert!(asks_for_a_row(&one));
    }

    #[tokio::test]
    async fn refusals_and_mistakes_say_nothing_about_a_node() {
        let node = node(3);
        for _ in 0..5 {
            let refused = node.watched(SUSPICIOUS, async { Err::<(), _>(ServerError::Contended) }).await;
            assert!(refused.is_err());
        }
        assert_eq!(node.circuit.state(), State::Closed);
        for _ in 0..3 {
            let lost = async { Err::<(), _>(ServerError::Database(sqlx::Error::PoolTimedOut)) };
            assert!(node.watched(SUSPICIOUS, lost).await.is_err());
        }
        assert_eq!(node.circuit.state(), State::Refusing);
        assert_eq!(node.state(None).why, Some("refuses"));
    }
}

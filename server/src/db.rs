//! Connections to PostgreSQL and Citus: pools, circuit breakers, health probes and the shard map.
//!
//! Every statement on a tenant's rows names `restaurant_id`, so that one shard executes it.

mod checkout;
mod circuit_breaker;
mod cluster_map;
mod health_probe;
mod node;
pub mod pg_notify;
pub mod placement;
mod pools;
mod route;
pub mod schema;
mod shard_map;
mod topology;
pub(crate) mod unreadable;

pub use node::NodeState;
pub(crate) use route::{Route, Tx};
pub use shard_map::{DistributionKey, hash};
pub use topology::ShardLocation;

use crate::error::ServerError;
use app::domain::{id::RestaurantId, time::Timestamp};
use node::Node;
use sqlx::{PgConnection, PgPool, postgres::PgConnectOptions};
use std::{str::FromStr, sync::Arc, time::Duration};
use topology::Topology;
use unreadable::Found;

/// Settings of the store.
#[derive(Debug, Clone)]
pub struct StoreOptions {
    /// Most connections to the primary, and to the replica. On a cluster a third of it to each group.
    pub connections: u32,
    /// Deadline of a write, and of a read over all shards.
    pub deadline: Duration,
    /// Deadline of a read of one shard.
    pub read_deadline: Duration,
    /// Whether the database cancels statements that outlast their deadline; not for migrations.
    pub limited: bool,
    /// URL of the region's replica.
    pub standby: Option<String>,
    /// Group g of a cluster listens at this port + g of the primary's host. If none, its address is read from the cluster.
    pub group_ports: Option<u16>,
}

impl Default for StoreOptions {
    fn default() -> Self {
        Self {
            connections: 24,
            deadline: Duration::from_secs(8),
            read_deadline: Duration::from_millis(1_500),
            limited: false,
            standby: None,
            group_ports: None,
        }
    }
}

/// Source of a read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ReadFrom {
    /// The primary.
    Leader,
    /// The region's replica, which may be late: never for prices of an order, carts, orders or sessions; for accounts only while
    /// the primary is down.
    Standby,
}

/// Access to the database.
#[derive(Debug, Clone)]
pub struct Store {
    topology: Arc<Topology>,
    unreadable: Arc<Found>,
    deadline: Duration,
    read_deadline: Duration,
    /// Longest wait for a connection.
    admission: Duration,
}

impl Store {
    /// Prepares the pools; connections are made when they are needed, so that the server starts without its database.
    pub fn connect(url: &str, options: &StoreOptions) -> Result<Self, ServerError> {
        let replica = options.standby.as_deref().map(|url| connection_options(url, options)).transpose()?;
        let read_deadline = options.read_deadline.min(options.deadline);
        Ok(Self {
            topology: Topology::new(
                connection_options(url, options)?,
                replica,
                options.connections,
                options.group_ports,
            ),
            unreadable: Arc::default(),
            deadline: options.deadline,
            read_deadline,
            // The rest is for the statement itself.
            admission: read_deadline * 4 / 5,
        })
    }

    /// The pool of the primary or coordinator, for work without a deadline.
    pub(crate) fn pool(&self) -> &PgPool {
        &self.topology.primary.pool
    }

    /// The route to the rows of a restaurant, or of another key.
    pub(crate) fn of<'a>(&'a self, key: impl Into<DistributionKey<'a>>) -> Route<'a> {
        Route::to_shard(self, key.into())
    }

    /// The route to all shards; it fails while one node is down.
    pub(crate) const fn everywhere(&self) -> Route<'_> {
        Route::to_all_shards(self)
    }

    /// The route to the coordinator, for statements without rows.
    pub(crate) const fn itself(&self) -> Route<'_> {
        Route::to_coordinator(self)
    }

    /// Reads from the replica, and from the primary when there is none or it fails.
    pub(crate) async fn prefer_replica<T, Reading>(&self, read: impl Fn(ReadFrom) -> Reading) -> Result<T, ServerError>
    where
        Reading: Future<Output = Result<T, ServerError>>,
    {
        if self.has_standby() {
            match read(ReadFrom::Standby).await {
                Err(error) => tracing::debug!(%error, "replica read failed, falling back to primary"),
                done => return done,
            }
        }
        read(ReadFrom::Leader).await
    }

    /// Reads from the primary, and while it is unavailable from the replica, if there is one.
    pub(crate) async fn primary_or_replica<T, Reading>(
        &self,
        read: impl Fn(ReadFrom) -> Reading,
    ) -> Result<(T, ReadFrom), ServerError>
    where
        Reading: Future<Output = Result<T, ServerError>>,
    {
        match read(ReadFrom::Leader).await {
            Err(error) if error.is_unavailable() && self.has_standby() => {
                read(ReadFrom::Standby).await.map(|value| (value, ReadFrom::Standby)).map_err(|_| error)
            }
            done => done.map(|value| (value, ReadFrom::Leader)),
        }
    }

    /// Whether there is a replica.
    pub(crate) fn has_standby(&self) -> bool {
        self.topology.replica.is_some()
    }

    /// Rows that could not be read, each logged once.
    pub(crate) fn unreadable(&self) -> &Found {
        &self.unreadable
    }

    /// Commits. After an error the outcome is unknown.
    pub(crate) async fn commit(&self, tx: Tx) -> Result<(), ServerError> {
        tx.commit(self).await
    }

    /// Runs statements of a transaction at its node within the deadline. Without a commit they are rolled back.
    pub(crate) async fn bounded<T>(
        &self,
        node: Arc<Node>,
        work: impl Future<Output = Result<T, ServerError>>,
    ) -> Result<T, ServerError> {
        self.topology.observe(&node, node.within(self.deadline, work).await)
    }

    /// State of the database's nodes.
    pub fn node_states(&self) -> Vec<NodeState> {
        self.topology.states()
    }

    /// Publishes the state of the database's nodes as metrics.
    pub fn publish_nodes(&self) {
        self.topology.nodes().iter().for_each(|node| node.publish());
    }

    /// The node of a restaurant.
    pub async fn locate(&self, restaurant: RestaurantId) -> ShardLocation {
        self.topology.locate(&restaurant.into()).await
    }

    /// Closes all connections.
    pub async fn close(&self) {
        futures::future::join_all(self.topology.nodes().iter().map(|node| node.pool.close())).await;
    }
}

/// The database's own limits are longer than ours: they end statements of a server that has vanished.
fn connection_options(url: &str, options: &StoreOptions) -> Result<PgConnectOptions, ServerError> {
    let connect =
        PgConnectOptions::from_str(url)?.application_name("toast").options([("citus.propagate_set_commands", "local")]);
    if !options.limited {
        return Ok(connect);
    }
    let after = |seconds| (options.deadline + Duration::from_secs(seconds)).as_millis();
    Ok(connect.options([("lock_timeout", after(1)), ("statement_timeout", after(2))]))
}

/// A timestamp as the driver expects it.
pub(crate) fn instant(at: Timestamp) -> sqlx::types::time::OffsetDateTime {
    let nanos = i128::from(at.millis()) * 1_000_000;
    sqlx::types::time::OffsetDateTime::from_unix_timestamp_nanos(nanos)
        .unwrap_or(sqlx::types::time::OffsetDateTime::UNIX_EPOCH)
}

/// A timestamp of the driver.
pub(crate) fn timestamp(at: sqlx::types::time::OffsetDateTime) -> Timestamp {
    Timestamp::from_millis(at.unix_timestamp() * 1_000 + i64::from(at.millisecond()))
}

/// The connection of a transaction.
pub(crate) fn on(tx: &mut Tx) -> &mut PgConnection {
    tx.connection()
}

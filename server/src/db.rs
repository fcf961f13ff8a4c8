//! Connections to PostgreSQL and Citus: pools, circuit breakers, health probes and the shard map.
//!
//! Every statement on a tenant's rows names `restaurant_id`, so that it is answered by one shard.

pub mod circuit_breaker;
mod lane;
pub mod nodes;
pub mod pg_notify;
pub mod placement;
mod pools;
pub mod schema;
pub(crate) mod unreadable;

pub(crate) use lane::{Lane, Tx};

use crate::error::ServerError;
use app::domain::{id::RestaurantId, time::Timestamp};
use nodes::{Key, Node, NodeState, Nodes, Place};
use pools::Size;
use sqlx::{PgConnection, PgPool, postgres::PgConnectOptions};
use std::{future::Future, str::FromStr, sync::Arc, time::Duration};
use unreadable::Found;

/// A connection that takes longer than anybody waits for it is still made, for the next one.
const CONNECTING: Duration = Duration::from_secs(5);

/// How the store behaves.
#[derive(Debug, Clone)]
pub struct StoreOptions {
    /// Most connections at a time, to the leader and to the standby each.
    pub connections: u32,
    /// Longest wait for a write before the caller is told to try again.
    pub deadline: Duration,
    /// Longest wait for a look at one restaurant, session or slug.
    pub read_deadline: Duration,
    /// Whether the database ends by itself what outlasts its deadline; not for migrations.
    pub limited: bool,
    /// The region's standby, for looks that may be a little late.
    pub standby: Option<String>,
}

impl Default for StoreOptions {
    fn default() -> Self {
        Self {
            connections: 24,
            deadline: Duration::from_secs(8),
            read_deadline: Duration::from_millis(1_500),
            limited: false,
            standby: None,
        }
    }
}

/// Who is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ReadFrom {
    /// Whoever holds the truth.
    Leader,
    /// The region's copy, which may be late: never for prices of an order, carts, orders or sessions; for who somebody is only
    /// while the truth is away.
    Standby,
}

/// Access to the database.
#[derive(Debug, Clone)]
pub struct Store {
    pool: PgPool,
    nodes: Arc<Nodes>,
    standby: Option<Standby>,
    unreadable: Arc<Found>,
    deadline: Duration,
    read_deadline: Duration,
    /// How long a statement waits for its turn and for a connection.
    admission: Duration,
}

/// The region's standby.
#[derive(Debug, Clone)]
struct Standby {
    pool: PgPool,
    node: Arc<Node>,
}

impl Store {
    /// Prepares a pool; connections are made when they are needed, so that the server starts without its database.
    pub fn connect(url: &str, options: &StoreOptions) -> Result<Self, ServerError> {
        let leader = connection_options(url, options)?;
        let read_deadline = options.read_deadline.min(options.deadline);
        // The rest is left for the statement itself.
        let admission = read_deadline * 4 / 5;
        let size = Size { connections: options.connections, patience: CONNECTING };
        let standby = options.standby.as_deref().map(|url| {
            let standby = connection_options(url, options)?;
            let node = Nodes::standby(standby.clone(), options.connections);
            Ok::<_, ServerError>(Standby { pool: pools::standby(standby, size), node })
        });
        Ok(Self {
            pool: pools::leader(leader.clone(), size),
            nodes: Arc::new(Nodes::new(leader, options.connections)),
            standby: standby.transpose()?,
            unreadable: Arc::default(),
            deadline: options.deadline,
            read_deadline,
            admission,
        })
    }

    /// The pool, for what must not be measured against a deadline.
    pub(crate) const fn pool(&self) -> &PgPool {
        &self.pool
    }

    /// The way to the rows of a restaurant, or of another key.
    pub(crate) fn of<'a>(&'a self, key: impl Into<Key<'a>>) -> Lane<'a> {
        Lane::of(self, key.into())
    }

    /// The way to everybody's rows: it is closed while one node is away.
    pub(crate) const fn everywhere(&self) -> Lane<'_> {
        Lane::everywhere(self)
    }

    /// The way to the database itself, for what is about no rows.
    pub(crate) const fn itself(&self) -> Lane<'_> {
        Lane::itself(self)
    }

    /// Looks where it may be late: at the standby, and at the leader when there is none or it cannot tell.
    pub(crate) async fn prefer_replica<T, Look>(&self, look: impl Fn(ReadFrom) -> Look) -> Result<T, ServerError>
    where
        Look: Future<Output = Result<T, ServerError>>,
    {
        if self.standby.is_some() {
            match look(ReadFrom::Standby).await {
                Err(error) => tracing::debug!(%error, "replica read failed, falling back to primary"),
                told => return told,
            }
        }
        look(ReadFrom::Leader).await
    }

    /// Looks at the leader, and while that is away at the standby, if there is one.
    pub(crate) async fn primary_or_replica<T, Look>(
        &self,
        look: impl Fn(ReadFrom) -> Look,
    ) -> Result<(T, ReadFrom), ServerError>
    where
        Look: Future<Output = Result<T, ServerError>>,
    {
        match look(ReadFrom::Leader).await {
            Err(error) if error.is_unavailable() && self.standby.is_some() => {
                look(ReadFrom::Standby).await.map(|told| (told, ReadFrom::Standby)).map_err(|_| error)
            }
            told => told.map(|told| (told, ReadFrom::Leader)),
        }
    }

    /// Whether there is a standby to ask.
    pub(crate) const fn has_standby(&self) -> bool {
        self.standby.is_some()
    }

    /// Rows that could not be read, each told once.
    pub(crate) fn unreadable(&self) -> &Found {
        &self.unreadable
    }

    /// Commits; an error here means that the outcome is not known.
    pub(crate) async fn commit(&self, tx: Tx) -> Result<(), ServerError> {
        tx.commit(self.deadline).await
    }

    /// Runs the statements of a transaction at a node under the deadline; what was not committed by then is rolled back.
    pub(crate) async fn bounded<T>(
        &self,
        node: Arc<Node>,
        work: impl Future<Output = Result<T, ServerError>>,
    ) -> Result<T, ServerError> {
        node.watched(self.deadline, work).await
    }

    /// How the database's nodes are doing.
    pub fn node_states(&self) -> Vec<NodeState> {
        let standby = self.standby.iter().map(|standby| standby.node.state(None));
        self.nodes.states().into_iter().chain(standby).collect()
    }

    /// Tells the metrics how the database's nodes are doing.
    pub fn publish_nodes(&self) {
        self.nodes.publish();
        if let Some(standby) = &self.standby {
            standby.node.publish();
        }
    }

    /// Which node holds a restaurant.
    pub async fn locate(&self, restaurant: RestaurantId) -> Place {
        self.nodes.place(&self.pool, &Key::Restaurant(restaurant)).await
    }

    /// Closes every connection.
    pub async fn close(&self) {
        self.pool.close().await;
        if let Some(standby) = &self.standby {
            standby.pool.close().await;
        }
    }
}

/// The database's own limits lie behind ours: they end what a server leaves behind that is not there any more.
fn connection_options(url: &str, options: &StoreOptions) -> Result<PgConnectOptions, ServerError> {
    let connect =
        PgConnectOptions::from_str(url)?.application_name("toast").options([("citus.propagate_set_commands", "local")]);
    if !options.limited {
        return Ok(connect);
    }
    let after = |seconds| (options.deadline + Duration::from_secs(seconds)).as_millis();
    Ok(connect.options([("lock_timeout", after(1)), ("statement_timeout", after(2))]))
}

/// An instant as the driver takes it.
pub(crate) fn instant(at: Timestamp) -> sqlx::types::time::OffsetDateTime {
    let nanos = i128::from(at.millis()) * 1_000_000;
    sqlx::types::time::OffsetDateTime::from_unix_timestamp_nanos(nanos)
        .unwrap_or(sqlx::types::time::OffsetDateTime::UNIX_EPOCH)
}

/// An instant as the driver gives it.
pub(crate) fn timestamp(at: sqlx::types::time::OffsetDateTime) -> Timestamp {
    Timestamp::from_millis(at.unix_timestamp() * 1_000 + i64::from(at.millisecond()))
}

/// A connection of a transaction, for statements that join it.
pub(crate) fn on(tx: &mut Tx) -> &mut PgConnection {
    tx.connection()
}

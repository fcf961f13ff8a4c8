//! The route of a statement: the node that holds its rows, that node's circuit breaker, a connection, a deadline.

use crate::{
    db::{ReadFrom, Store, checkout, circuit_breaker::Intent, node::Node, shard_map::DistributionKey},
    error::{DbErrorKind, ServerError, meaning},
};
use futures::future::BoxFuture;
use sqlx::{PgConnection, Postgres, Transaction};
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

/// The pending response to a statement.
pub(crate) type Response<'c, T> = BoxFuture<'c, Result<T, sqlx::Error>>;

/// The rows of a statement.
#[derive(Debug, Clone, Copy)]
enum Scope<'a> {
    Shard(DistributionKey<'a>),
    AllShards,
    /// The database itself.
    Coordinator,
}

/// The route to some rows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Route<'a> {
    store: &'a Store,
    scope: Scope<'a>,
    source: ReadFrom,
}

impl<'a> Route<'a> {
    pub(super) const fn to_shard(store: &'a Store, key: DistributionKey<'a>) -> Self {
        Self { store, scope: Scope::Shard(key), source: ReadFrom::Leader }
    }

    pub(super) const fn to_all_shards(store: &'a Store) -> Self {
        Self { store, scope: Scope::AllShards, source: ReadFrom::Leader }
    }

    pub(super) const fn to_coordinator(store: &'a Store) -> Self {
        Self { store, scope: Scope::Coordinator, source: ReadFrom::Leader }
    }

    /// The same from another source.
    pub(crate) const fn from(self, source: ReadFrom) -> Self {
        Self { source, ..self }
    }

    /// Runs a read-only statement.
    pub(crate) async fn read<T>(
        &self,
        statement: impl for<'c> FnOnce(&'c mut PgConnection) -> Response<'c, T>,
    ) -> Result<T, ServerError> {
        // Statements over all shards are slow, and their results are cached.
        let limit = match self.scope {
            Scope::AllShards => self.store.deadline,
            Scope::Shard(_) | Scope::Coordinator => self.store.read_deadline,
        };
        self.run(Intent::Read, limit, statement).await
    }

    /// Runs a change in a transaction of its own. The error says whether it may have been applied.
    pub(crate) async fn write<T>(
        &self,
        statement: impl for<'c> FnOnce(&'c mut PgConnection) -> Response<'c, T>,
    ) -> Result<T, ServerError> {
        self.run(Intent::Write, self.store.deadline, statement).await
    }

    /// Begins a transaction.
    pub(crate) async fn begin(&self) -> Result<Tx, ServerError> {
        let (store, node) = (self.store, self.admitted(Intent::Write).await?);
        let begin = Box::pin(checkout::begin(&node.pool, store.admission));
        let inner = store.topology.observe(&node, node.within(store.admission, begin).await)?;
        Ok(Tx { inner, node })
    }

    async fn run<T>(
        &self,
        intent: Intent,
        limit: Duration,
        statement: impl for<'c> FnOnce(&'c mut PgConnection) -> Response<'c, T>,
    ) -> Result<T, ServerError> {
        let (store, node) = (self.store, self.admitted(intent).await?);
        let sent = AtomicBool::new(false);
        // Boxed, since the futures of all callers contain this one.
        let work = Box::pin(async {
            let connection = checkout::acquire(&node.pool, store.admission).await?;
            sent.store(true, Ordering::Relaxed);
            Ok(checkout::run(connection, statement).await?)
        });
        let outcome = node.within(limit, work).await;
        let may_be_applied = intent == Intent::Write && sent.load(Ordering::Relaxed);
        let outcome = if may_be_applied { outcome.map_err(ServerError::of_a_change) } else { outcome };
        store.topology.observe(&node, outcome)
    }

    async fn admitted(&self, intent: Intent) -> Result<Arc<Node>, ServerError> {
        let node = self.node().await?;
        if node.breaker.allows(intent) {
            return Ok(node);
        }
        // Without statements only a probe closes the breaker.
        node.trigger_probe();
        Err(node.unavailable())
    }

    async fn node(&self) -> Result<Arc<Node>, ServerError> {
        let topology = &self.store.topology;
        match (self.source, &self.scope) {
            (ReadFrom::Standby, _) => {
                topology.replica.clone().ok_or_else(|| ServerError::Away { node: "standby".to_owned() })
            }
            (ReadFrom::Leader, Scope::Shard(key)) => Ok(topology.node_of(key).await),
            (ReadFrom::Leader, Scope::AllShards) => Ok(topology.all_shards().await),
            (ReadFrom::Leader, Scope::Coordinator) => Ok(topology.primary.clone()),
        }
    }
}

/// A transaction on rows of one node. Dropped without a commit it is rolled back.
#[derive(Debug)]
pub(crate) struct Tx {
    inner: Transaction<'static, Postgres>,
    node: Arc<Node>,
}

impl Tx {
    /// Commits within a deadline.
    pub(super) async fn commit(self, store: &Store) -> Result<(), ServerError> {
        let Self { inner, node } = self;
        let commit = async {
            match inner.commit().await {
                Ok(()) => Ok(()),
                Err(error) if meaning(&error) == DbErrorKind::Contended => Err(ServerError::Contended),
                Err(error) => Err(ServerError::Unknown(error)),
            }
        };
        let outcome = node.within(store.deadline, commit).await.map_err(ServerError::of_a_change);
        store.topology.observe(&node, outcome)
    }

    /// The node of its rows.
    pub(crate) fn node(&self) -> Arc<Node> {
        self.node.clone()
    }

    pub(super) fn connection(&mut self) -> &mut PgConnection {
        &mut self.inner
    }
}

//! The way of a statement to its node: admitted by the node's circuit, on one of its share of the connections, and
//! under a deadline.

mod leases;

use crate::{
    db::{
        ReadFrom, Store,
        circuit_breaker::Intent,
        nodes::{Key, Node, Slot},
    },
    error::{DbErrorKind, ServerError, meaning},
};
use futures::future::BoxFuture;
use leases::{Leased, begin, brought_to_its_end, connection};
use sqlx::{PgConnection, PgPool, Postgres, Transaction};
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

/// What a statement will have been answered with.
pub(crate) type Answer<'c, T> = BoxFuture<'c, Result<T, sqlx::Error>>;

/// Whose rows a statement is about.
#[derive(Debug, Clone, Copy)]
enum Whose<'a> {
    /// Those of one key.
    Key(Key<'a>),
    /// Those of all.
    Everybody,
    /// Nobody's: the database itself is asked.
    Nobody,
}

/// The way to the node of some rows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Lane<'a> {
    store: &'a Store,
    whose: Whose<'a>,
    source: ReadFrom,
}

impl<'a> Lane<'a> {
    pub(super) const fn of(store: &'a Store, key: Key<'a>) -> Self {
        Self { store, whose: Whose::Key(key), source: ReadFrom::Leader }
    }

    pub(super) const fn everywhere(store: &'a Store) -> Self {
        Self { store, whose: Whose::Everybody, source: ReadFrom::Leader }
    }

    pub(super) const fn itself(store: &'a Store) -> Self {
        Self { store, whose: Whose::Nobody, source: ReadFrom::Leader }
    }

    /// The same from elsewhere.
    pub(crate) const fn from(self, source: ReadFrom) -> Self {
        Self { source, ..self }
    }

    /// Runs a statement that only looks.
    pub(crate) async fn read<T>(
        &self,
        statement: impl for<'c> FnOnce(&'c mut PgConnection) -> Answer<'c, T>,
    ) -> Result<T, ServerError> {
        // Whoever asks every shard is nobody's guest, and may ask for much.
        let limit = match self.whose {
            Whose::Everybody => self.store.deadline,
            Whose::Key(_) | Whose::Nobody => self.store.read_deadline,
        };
        self.run(Intent::Read, limit, statement).await
    }

    /// Runs a statement that changes something, in a transaction of its own. A fault says whether it may have been done.
    pub(crate) async fn write<T>(
        &self,
        statement: impl for<'c> FnOnce(&'c mut PgConnection) -> Answer<'c, T>,
    ) -> Result<T, ServerError> {
        self.run(Intent::Write, self.store.deadline, statement).await
    }

    /// Begins a transaction.
    pub(crate) async fn begin(&self) -> Result<Tx, ServerError> {
        let (store, node, pool) = (self.store, self.admitted(Intent::Write).await?, self.pool()?);
        let work = Box::pin(async {
            let slot = node.slot(store.admission).await?;
            let (inner, slot) = brought_to_its_end(slot, store.admission, begin(pool.clone(), store.admission)).await?;
            Ok(Tx { inner, slot })
        });
        node.watched(store.admission, work).await
    }

    async fn run<T>(
        &self,
        intent: Intent,
        limit: Duration,
        statement: impl for<'c> FnOnce(&'c mut PgConnection) -> Answer<'c, T>,
    ) -> Result<T, ServerError> {
        let (store, node, pool) = (self.store, self.admitted(intent).await?, self.pool()?);
        let sent = AtomicBool::new(false);
        // In a box: what waits for a statement is held by whatever waits for that.
        let work = Box::pin(async {
            let slot = node.slot(store.admission).await?;
            let (connection, slot) =
                brought_to_its_end(slot, store.admission, connection(pool.clone(), store.admission)).await?;
            sent.store(true, Ordering::Relaxed);
            Leased::new(connection, slot).ask(statement).await
        });
        let outcome = node.watched(limit, work).await;
        if intent == Intent::Write && sent.load(Ordering::Relaxed) {
            return outcome.map_err(ServerError::of_a_change);
        }
        outcome
    }

    async fn admitted(&self, intent: Intent) -> Result<Arc<Node>, ServerError> {
        let node = self.node().await?;
        if node.circuit.admits(intent) {
            return Ok(node);
        }
        // A circuit that nobody looks after would stay open for ever.
        node.suspect();
        Err(node.away())
    }

    async fn node(&self) -> Result<Arc<Node>, ServerError> {
        let (store, nodes) = (self.store, &self.store.nodes);
        match (self.source, &self.whose) {
            (ReadFrom::Standby, _) => store.standby.as_ref().map(|standby| standby.node.clone()).ok_or_else(no_standby),
            (ReadFrom::Leader, Whose::Key(key)) => Ok(nodes.of(&store.pool, key).await),
            (ReadFrom::Leader, Whose::Everybody) => Ok(nodes.every(&store.pool).await),
            (ReadFrom::Leader, Whose::Nobody) => Ok(nodes.leader(&store.pool).await),
        }
    }

    fn pool(&self) -> Result<&'a PgPool, ServerError> {
        match self.source {
            ReadFrom::Leader => Ok(&self.store.pool),
            ReadFrom::Standby => self.store.standby.as_ref().map(|standby| &standby.pool).ok_or_else(no_standby),
        }
    }
}

fn no_standby() -> ServerError {
    ServerError::Away { node: "standby".to_owned() }
}

/// A transaction over one restaurant's rows, or over one row of a table that is placed by itself.
///
/// Dropped without a commit it is rolled back; a connection that does not manage that at once is closed.
#[derive(Debug)]
pub(crate) struct Tx {
    inner: Transaction<'static, Postgres>,
    slot: Slot,
}

impl Tx {
    /// Commits, under a deadline.
    pub(super) async fn commit(self, limit: Duration) -> Result<(), ServerError> {
        let Self { inner, slot } = self;
        let node = slot.node().clone();
        node.watched(limit, async {
            match inner.commit().await {
                Ok(()) => Ok(()),
                Err(error) if meaning(&error) == DbErrorKind::Contended => Err(ServerError::Contended),
                Err(error) => Err(ServerError::Unknown(error)),
            }
        })
        .await
        .map_err(ServerError::of_a_change)
    }

    /// The node it is at.
    pub(crate) fn node(&self) -> Arc<Node> {
        self.slot.node().clone()
    }

    pub(super) fn connection(&mut self) -> &mut PgConnection {
        &mut self.inner
    }
}

#[cfg(test)]
mod tests;

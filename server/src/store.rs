//! The database: the only owner of the pool, and where all SQL stands.
//!
//! Every statement on a tenant's rows names `restaurant_id`, so that it is answered by one shard.

pub mod carts;
pub mod events;
pub mod keys;
pub mod menus;
pub mod orders;
pub mod outbox;
pub mod placement;
pub mod projections;
pub mod restaurants;
pub mod schema;
pub mod search;
pub mod slots;
pub mod staff;
pub mod wakeups;

use crate::error::{Fault, Meaning, meaning};
use app::types::time::Timestamp;
use sqlx::{
    PgConnection, PgPool, Postgres, Transaction,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use std::{future::Future, str::FromStr, time::Duration};

/// How the pool behaves.
#[derive(Debug, Clone)]
pub struct StoreOptions {
    /// Most connections at a time.
    pub connections: u32,
    /// Longest wait for an answer of the database before the caller is told to try again.
    pub deadline: Duration,
}

/// Access to the database.
#[derive(Debug, Clone)]
pub struct Store {
    pool: PgPool,
    deadline: Duration,
}

/// A transaction over one restaurant's rows, or over one row of a table that is placed by itself.
pub type Tx = Transaction<'static, Postgres>;

impl Store {
    /// Prepares a pool; connections are made when they are needed, so that the server starts without its database.
    pub fn connect(url: &str, options: &StoreOptions) -> Result<Self, Fault> {
        let connect = PgConnectOptions::from_str(url)?
            .application_name("toast")
            .options([("citus.propagate_set_commands", "local")]);
        let pool = PgPoolOptions::new()
            .max_connections(options.connections)
            .acquire_timeout(options.deadline.min(Duration::from_secs(2)))
            .max_lifetime(Duration::from_mins(10))
            .test_before_acquire(false)
            .connect_lazy_with(connect);
        Ok(Self { pool, deadline: options.deadline })
    }

    /// The pool, for statements of this folder.
    pub(crate) const fn pool(&self) -> &PgPool {
        &self.pool
    }

    /// Begins a transaction.
    pub async fn begin(&self) -> Result<Tx, Fault> {
        self.within(async { self.pool.begin().await }).await
    }

    /// Commits; an error here means that the outcome is not known.
    pub async fn commit(&self, tx: Tx) -> Result<(), Fault> {
        match tokio::time::timeout(self.deadline, tx.commit()).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) if meaning(&error) == Meaning::Contended => Err(Fault::Contended),
            Ok(Err(error)) => Err(Fault::Unknown(error)),
            Err(_) => Err(Fault::Deadline),
        }
    }

    /// Runs a statement under the deadline.
    pub async fn within<T>(&self, statement: impl Future<Output = Result<T, sqlx::Error>>) -> Result<T, Fault> {
        match tokio::time::timeout(self.deadline, statement).await {
            Ok(result) => Ok(result?),
            Err(_) => Err(Fault::Deadline),
        }
    }

    /// Runs a whole transaction under the deadline; what was not committed by then is rolled back.
    pub async fn bounded<T>(&self, work: impl Future<Output = Result<T, Fault>>) -> Result<T, Fault> {
        tokio::time::timeout(self.deadline, work).await.unwrap_or(Err(Fault::Deadline))
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<(), Fault> {
        self.within(async { sqlx::query("SELECT 1").execute(&self.pool).await.map(drop) }).await
    }

    /// Closes every connection.
    pub async fn close(&self) {
        self.pool.close().await;
    }
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
    tx
}

//! Bringing a database to this version's schema, and telling whether it has it.

use crate::{
    db::{ReadFrom, Store},
    error::ServerError,
};
use futures::FutureExt as _;
use sqlx::migrate::{MigrateError, Migrator};
use std::time::Duration;

static MIGRATIONS: Migrator = sqlx::migrate!("./migrations");
/// The SQLSTATE of a table that is not there.
const NO_TABLE: &str = "42P01";

/// The schema of a database, beside the one that this version works with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Schema {
    /// Every migration of this version is done; those of a later one may be, too.
    Current,
    /// Some are missing, or all.
    Behind,
}

impl Schema {
    /// Whether this version can work with it.
    pub const fn is_current(self) -> bool {
        matches!(self, Self::Current)
    }
}

impl Store {
    /// Runs the migrations that this database has not seen, each once, one server at a time.
    ///
    /// Through the coordinator of a cluster, never through a worker or a pooler of transactions: the lock is a session's.
    pub async fn migrate(&self) -> Result<(), ServerError> {
        MIGRATIONS.run(self.pool()).await.map_err(|error| match error {
            MigrateError::Execute(error) => ServerError::Database(error),
            other => ServerError::Broken(format!("migration: {other}")),
        })
    }

    /// Whether the database answers soon, and has the schema of this version.
    pub async fn schema(&self, patience: Duration) -> Result<Schema, ServerError> {
        self.schema_at(ReadFrom::Leader, patience).await
    }

    /// The same of the standby, which shows what may be late while the leader is away.
    pub async fn schema_of_standby(&self, patience: Duration) -> Result<Schema, ServerError> {
        self.schema_at(ReadFrom::Standby, patience).await
    }

    async fn schema_at(&self, source: ReadFrom, patience: Duration) -> Result<Schema, ServerError> {
        let wanted: Vec<i64> = MIGRATIONS.iter().map(|migration| migration.version).collect();
        let count = i64::try_from(wanted.len()).unwrap_or(i64::MAX);
        // Not checked when it is compiled: the table is the migrator's.
        let done =
            sqlx::query_scalar::<_, i64>("SELECT count(*) FROM _sqlx_migrations WHERE success AND version = ANY($1)")
                .bind(wanted);
        let lane = self.itself().from(source);
        let look = lane.read(|db| done.fetch_one(db).boxed());
        match tokio::time::timeout(patience, look).await.map_err(|_| ServerError::Deadline)? {
            Ok(done) => Ok(if done == count { Schema::Current } else { Schema::Behind }),
            Err(ServerError::Database(sqlx::Error::Database(error))) if error.code().as_deref() == Some(NO_TABLE) => {
                Ok(Schema::Behind)
            }
            Err(error) => Err(error),
        }
    }
}

//! Bringing a database to this version's schema.

use crate::{error::Fault, store::Store};
use sqlx::migrate::{MigrateError, Migrator};

static MIGRATIONS: Migrator = sqlx::migrate!("./migrations");

impl Store {
    /// Runs the migrations that this database has not seen, each once, one server at a time.
    ///
    /// Through the coordinator of a cluster, never through a worker or a pooler of transactions: the lock is a session's.
    pub async fn migrate(&self) -> Result<(), Fault> {
        MIGRATIONS.run(self.pool()).await.map_err(|error| match error {
            MigrateError::Execute(error) => Fault::Database(error),
            other => Fault::Broken(format!("migration: {other}")),
        })
    }
}

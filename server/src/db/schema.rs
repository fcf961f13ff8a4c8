//! Migrations, and whether the database has this version's schema.

use crate::{
    db::{ReadFrom, Store, checkout, circuit_breaker::Intent, node::Node},
    error::ServerError,
};
use futures::{FutureExt as _, StreamExt as _, stream::FuturesUnordered};
use sqlx::migrate::{MigrateError, Migrator};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};

static MIGRATIONS: Migrator = sqlx::migrate!("./migrations");
/// SQLSTATE `undefined_table`.
const NO_TABLE: &str = "42P01";

/// The schema of a database compared with this version's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Schema {
    /// All migrations of this version are applied, possibly also those of later ones.
    Current,
    /// Migrations are missing.
    Behind,
}

impl Schema {
    /// Whether this version can work with it.
    pub const fn is_current(self) -> bool {
        matches!(self, Self::Current)
    }
}

impl Store {
    /// Applies the missing migrations, each once, one server at a time.
    ///
    /// On a cluster through the coordinator, never through a transaction pooler: the lock belongs to the session.
    pub async fn migrate(&self) -> Result<(), ServerError> {
        MIGRATIONS.run(self.pool()).await.map_err(|error| match error {
            MigrateError::Execute(error) => ServerError::Database(error),
            other => ServerError::Broken(format!("migration: {other}")),
        })
    }

    /// The schema of the primary, within this time.
    ///
    /// While the coordinator of a cluster is down it is the one that workers had when their groups were connected: orders, carts
    /// and sign-ins need the workers alone.
    pub async fn schema(&self, patience: Duration) -> Result<Schema, ServerError> {
        let begun = Instant::now();
        let groups = self.topology.direct_groups();
        let share = if groups.is_empty() { patience } else { patience * 3 / 5 };
        match self.schema_at(ReadFrom::Leader, share).await {
            Err(error) if error.is_unavailable() => {
                let responds = any_responds(groups, patience.saturating_sub(begun.elapsed())).await;
                if responds { Ok(Schema::Current) } else { Err(error) }
            }
            schema => schema,
        }
    }

    /// The same of the replica, which can show menus while the primary is down.
    pub async fn schema_of_standby(&self, patience: Duration) -> Result<Schema, ServerError> {
        self.schema_at(ReadFrom::Standby, patience).await
    }

    async fn schema_at(&self, source: ReadFrom, patience: Duration) -> Result<Schema, ServerError> {
        let wanted: Vec<i64> = MIGRATIONS.iter().map(|migration| migration.version).collect();
        let count = i64::try_from(wanted.len()).unwrap_or(i64::MAX);
        // Not checked at compile time: the table belongs to the migrator.
        let done =
            sqlx::query_scalar::<_, i64>("SELECT count(*) FROM _sqlx_migrations WHERE success AND version = ANY($1)")
                .bind(wanted);
        let route = self.itself().from(source);
        let reading = route.read(|db| done.fetch_one(db).boxed());
        match tokio::time::timeout(patience, reading).await.map_err(|_| ServerError::Deadline)? {
            Ok(done) => Ok(if done == count { Schema::Current } else { Schema::Behind }),
            Err(ServerError::Database(sqlx::Error::Database(error))) if error.code().as_deref() == Some(NO_TABLE) => {
                Ok(Schema::Behind)
            }
            Err(error) => Err(error),
        }
    }
}

async fn any_responds(nodes: Vec<Arc<Node>>, patience: Duration) -> bool {
    let nodes = nodes.into_iter().filter(|node| node.breaker.allows(Intent::Read));
    let mut responses: FuturesUnordered<_> = nodes.map(|node| responds(node, patience)).collect();
    while let Some(responds) = responses.next().await {
        if responds {
            return true;
        }
    }
    false
}

async fn responds(node: Arc<Node>, patience: Duration) -> bool {
    let response = async {
        let connection = checkout::acquire(&node.pool, patience).await?;
        Ok::<_, ServerError>(checkout::run(connection, |db| sqlx::raw_sql("SELECT 1").execute(db).boxed()).await?)
    };
    matches!(tokio::time::timeout(patience, response).await, Ok(Ok(_)))
}

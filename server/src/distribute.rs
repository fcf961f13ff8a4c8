//! Distributes the tables over the nodes of a Citus cluster. Idempotent; no effect on a database without the
//! extension.

use crate::{
    db::{
        Store,
        placement::{self, PLACEMENTS},
    },
    error::ServerError,
};

/// Outcome of a distribution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Distribution {
    /// Plain PostgreSQL: nothing to distribute.
    NotACluster,
    /// All tables are distributed; these were not before.
    Placed(Vec<&'static str>),
}

/// Distributes all tables. Must run on the coordinator, after the migrations.
pub async fn distribute(store: &Store) -> Result<Distribution, ServerError> {
    if !placement::is_cluster(store).await? {
        return Ok(Distribution::NotACluster);
    }
    let mut placed = Vec::new();
    let missing = placement::missing(store).await?;
    if !missing.is_empty() {
        placement::place_all(store, &missing).await?;
        placed.extend(missing.iter().map(|table| table.table));
    }
    placement::delegate_functions(store).await?;
    tracing::info!(tables = PLACEMENTS.len(), new = placed.len(), "tables distributed");
    Ok(Distribution::Placed(placed))
}

//! Spreads the tables over the nodes of a Citus cluster. On a database without the extension there is nothing to do,
//! and doing it again changes nothing.

use crate::{
    db::{
        Store,
        placement::{self, PLACEMENTS},
    },
    error::ServerError,
};

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Distribution {
    /// One plain PostgreSQL: everything is where it is.
    NotACluster,
    /// Every table has its place; these had none before.
    Placed(Vec<&'static str>),
}

/// Gives every table its place. Run it through the coordinator, after the migrations.
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
    tracing::info!(tables = PLACEMENTS.len(), fresh = placed.len(), "tables are placed");
    Ok(Distribution::Placed(placed))
}

//! Distribution of the tables over a cluster: the distribution column of each, and its colocation group.

use crate::{db::Store, error::ServerError};
use futures::FutureExt as _;

/// Distribution of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Placement {
    /// The table.
    pub table: &'static str,
    /// The distribution column.
    pub column: &'static str,
    /// The table whose rows with the same value are on the same node; none for a colocation group of its own.
    pub colocated_with: Option<&'static str>,
}

/// The table that all rows of a restaurant are colocated with.
const TENANT: &str = "restaurants";

/// All distributed tables, each after those that its foreign keys refer to. Without reference tables, which cannot be written
/// while one node is down.
pub const PLACEMENTS: &[Placement] = &[
    alone(TENANT, "restaurant_id"),
    with_restaurant("opening_hours"),
    with_restaurant("hours_exceptions"),
    with_restaurant("service_modes"),
    with_restaurant("delivery_zones"),
    with_restaurant("charges"),
    with_restaurant("mode_hours"),
    with_restaurant("sections"),
    with_restaurant("section_hours"),
    with_restaurant("items"),
    with_restaurant("variants"),
    with_restaurant("modifier_groups"),
    with_restaurant("modifiers"),
    with_restaurant("item_groups"),
    with_restaurant("carts"),
    with_restaurant("order_counters"),
    with_restaurant("orders"),
    with_restaurant("order_lines"),
    with_restaurant("order_events"),
    with_restaurant("idempotency_keys"),
    with_restaurant("slot_loads"),
    with_restaurant("outbox"),
    with_restaurant("outbox_positions"),
    with_restaurant("retention_positions"),
    with_restaurant("team_members"),
    with_restaurant("invitations"),
    with_restaurant("audit_log"),
    with_restaurant("shared_screens"),
    with_restaurant("pins"),
    with_restaurant("pin_tries"),
    with_restaurant("reserved_slugs"),
    alone("slugs", "slug"),
    alone("visitor_orders", "visitor_id"),
    alone("staff_accounts", "email"),
    with("staff_accounts", "sign_in_tries", "email"),
    with("staff_accounts", "mails", "email"),
    alone("staff_memberships", "staff_id"),
    with("staff_memberships", "staff_people", "staff_id"),
    with("staff_memberships", "staff_sessions", "staff_id"),
    with("staff_memberships", "passkeys", "staff_id"),
    alone("sessions", "fingerprint"),
    with("sessions", "account_tokens", "fingerprint"),
];

/// Functions that run on the node of their restaurant, with the argument that names it.
pub(super) const FUNCTIONS: &[(&str, &str)] = &[("place_order", "p_restaurant_id")];

/// Tables on the coordinator alone.
pub const LOCAL: &[&str] = &["_sqlx_migrations"];

const fn with_restaurant(table: &'static str) -> Placement {
    with(TENANT, table, "restaurant_id")
}

const fn with(other: &'static str, table: &'static str, column: &'static str) -> Placement {
    Placement { table, column, colocated_with: Some(other) }
}

const fn alone(table: &'static str, column: &'static str) -> Placement {
    Placement { table, column, colocated_with: None }
}

/// Whether the database is the coordinator of a cluster.
pub(crate) async fn is_cluster(store: &Store) -> Result<bool, ServerError> {
    let statement = sqlx::query_scalar!("SELECT 1 AS found FROM pg_extension WHERE extname = 'citus'");
    let found = store.itself().read(|db| statement.fetch_optional(db).boxed()).await?;
    Ok(found.is_some())
}

/// Tables that are not distributed yet. The catalog of the cluster exists on a cluster only, so the statement cannot be checked
/// at compile time.
pub(crate) async fn missing(store: &Store) -> Result<Vec<Placement>, ServerError> {
    let statement = sqlx::query_scalar("SELECT logicalrelid::text FROM pg_dist_partition WHERE partmethod = 'h'");
    let placed: Vec<String> = store.itself().read(|db| statement.fetch_all(db).boxed()).await?;
    Ok(PLACEMENTS.iter().filter(|place| !placed.iter().any(|table| table == place.table)).copied().collect())
}

/// Distributes tables with their rows, all or none. Without a deadline, since rows take their time.
pub(crate) async fn place_all(store: &Store, placements: &[Placement]) -> Result<(), ServerError> {
    let mut tx = store.pool().begin().await?;
    for place in placements {
        sqlx::query("SELECT create_distributed_table($1::text::regclass, $2, colocate_with => $3)")
            .bind(place.table)
            .bind(place.column)
            .bind(place.colocated_with.unwrap_or("none"))
            .execute(&mut *tx)
            .await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Distributes the functions.
pub(crate) async fn delegate_functions(store: &Store) -> Result<(), ServerError> {
    for (function, argument) in FUNCTIONS {
        sqlx::query(
            "SELECT create_distributed_function(oid::regprocedure, $2, colocate_with => 'orders')
             FROM pg_proc WHERE proname = $1 AND pronamespace = current_schema()::regnamespace",
        )
        .bind(*function)
        .bind(*argument)
        .execute(store.pool())
        .await?;
    }
    Ok(())
}

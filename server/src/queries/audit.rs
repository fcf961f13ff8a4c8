//! SQL of the audit log: who changed what at a restaurant.

use crate::{
    db::{Store, Tx, instant, on, timestamp},
    error::ServerError,
};
use app::domain::{
    id::{RestaurantId, StaffId},
    time::Timestamp,
};
use futures::FutureExt as _;
use serde_json::Value;
use uuid::Uuid;

/// An entry.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) at: Timestamp,
    /// `staff`, `operator` or `system`.
    pub(crate) actor: &'static str,
    pub(crate) staff: Option<StaffId>,
    pub(crate) actor_name: String,
    /// A code such as `settings.hours`.
    pub(crate) action: String,
    /// The name of the changed thing, as people know it; empty for the restaurant as a whole.
    pub(crate) subject: String,
    pub(crate) before: Value,
    pub(crate) after: Value,
}

/// A stored entry.
#[derive(Debug, Clone)]
pub(crate) struct StoredEntry {
    pub(crate) id: Uuid,
    pub(crate) at: Timestamp,
    pub(crate) actor: String,
    pub(crate) actor_name: String,
    pub(crate) action: String,
    pub(crate) subject: String,
    pub(crate) before: Value,
    pub(crate) after: Value,
}

pub(crate) async fn append(tx: &mut Tx, restaurant: RestaurantId, entry: &Entry) -> Result<(), ServerError> {
    let statement = sqlx::query!(
        "INSERT INTO audit_log
             (restaurant_id, entry_id, at, actor, staff_id, actor_name, action, subject, before, after)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        restaurant.uuid(),
        Uuid::now_v7(),
        instant(entry.at),
        entry.actor,
        entry.staff.map(StaffId::uuid),
        entry.actor_name,
        entry.action,
        entry.subject,
        entry.before,
        entry.after,
    );
    statement.execute(on(tx)).await?;
    Ok(())
}

/// The newest entries before one, newest first.
pub(crate) async fn before(
    store: &Store,
    restaurant: RestaurantId,
    (before, entry): (Timestamp, Uuid),
    most: i64,
) -> Result<Vec<StoredEntry>, ServerError> {
    let statement = sqlx::query!(
        "SELECT entry_id, at, actor, actor_name, action, subject, before, after FROM audit_log
         WHERE restaurant_id = $1 AND (at, entry_id) < ($2, $3) ORDER BY at DESC, entry_id DESC LIMIT $4",
        restaurant.uuid(),
        instant(before),
        entry,
        most,
    );
    let rows = store.of(restaurant).read(|db| statement.fetch_all(db).boxed()).await?;
    let entries = rows.into_iter().map(|row| StoredEntry {
        id: row.entry_id,
        at: timestamp(row.at),
        actor: row.actor,
        actor_name: row.actor_name,
        action: row.action,
        subject: row.subject,
        before: row.before,
        after: row.after,
    });
    Ok(entries.collect())
}

/// Who made the latest change of a kind.
pub(crate) async fn latest_actor(
    tx: &mut Tx,
    restaurant: RestaurantId,
    action: &str,
) -> Result<Option<String>, ServerError> {
    let statement = sqlx::query_scalar!(
        "SELECT actor_name FROM audit_log WHERE restaurant_id = $1 AND action = $2 ORDER BY at DESC LIMIT 1",
        restaurant.uuid(),
        action,
    );
    Ok(statement.fetch_optional(on(tx)).await?)
}

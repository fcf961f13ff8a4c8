//! SQL of removing personal data whose time is over.

mod keyed;
mod orders;

pub(crate) use keyed::{mails, visitor_orders};
pub(crate) use orders::{are_removed, remove_from_orders};

use crate::{
    db::{Store, Tx, instant, on},
    error::ServerError,
};
use app::domain::{id::RestaurantId, time::Timestamp};
use futures::FutureExt as _;

/// A restaurant that is to be searched, with the days for which it keeps data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Due {
    pub(crate) restaurant: RestaurantId,
    pub(crate) days: i32,
}

/// Restaurants that were last finished before an instant, those of the longest ago first. Over all shards: it fails while
/// one node is down.
pub(crate) async fn due(store: &Store, checked_before: Timestamp, most: i64) -> Result<Vec<Due>, ServerError> {
    let statement = sqlx::query!(
        "SELECT r.restaurant_id, r.retention_days FROM restaurants r
         LEFT JOIN retention_positions p ON p.restaurant_id = r.restaurant_id
         WHERE p.checked_at IS NULL OR p.checked_at < $1
         ORDER BY p.checked_at NULLS FIRST LIMIT $2",
        instant(checked_before),
        most,
    );
    let rows = store.everywhere().read(|db| statement.fetch_all(db).boxed()).await?;
    let due = rows
        .into_iter()
        .map(|row| Due { restaurant: RestaurantId::from_uuid(row.restaurant_id), days: row.retention_days });
    Ok(due.collect())
}

/// Orders that ended before this have been finished.
pub(crate) async fn position(store: &Store, restaurant: RestaurantId) -> Result<Timestamp, ServerError> {
    let statement = sqlx::query_scalar!(
        "SELECT ended_before FROM retention_positions WHERE restaurant_id = $1",
        restaurant.uuid(),
    );
    let position = store.of(restaurant).read(|db| statement.fetch_optional(db).boxed()).await?;
    Ok(position.map_or(Timestamp::from_millis(0), crate::db::timestamp))
}

/// Notes that a restaurant was finished. A position never goes back.
pub(crate) async fn finish(
    store: &Store,
    restaurant: RestaurantId,
    ended_before: Timestamp,
    now: Timestamp,
) -> Result<(), ServerError> {
    let statement = sqlx::query!(
        "INSERT INTO retention_positions AS p (restaurant_id, ended_before, checked_at) VALUES ($1, $2, $3)
         ON CONFLICT (restaurant_id) DO UPDATE
         SET ended_before = GREATEST(p.ended_before, excluded.ended_before), checked_at = excluded.checked_at",
        restaurant.uuid(),
        instant(ended_before),
        instant(now),
    );
    store.of(restaurant).write(|db| statement.execute(db).boxed()).await?;
    Ok(())
}

/// Deletes carts that were not touched since an instant, at most a batch of them.
pub(crate) async fn carts(
    store: &Store,
    restaurant: RestaurantId,
    untouched_since: Timestamp,
    most: i64,
) -> Result<u64, ServerError> {
    let statement = sqlx::query!(
        "DELETE FROM carts WHERE restaurant_id = $1 AND updated_at < $2 AND visitor_id IN (
             SELECT visitor_id FROM carts WHERE restaurant_id = $1 AND updated_at < $2 LIMIT $3
         )",
        restaurant.uuid(),
        instant(untouched_since),
        most,
    );
    let done = store.of(restaurant).write(|db| statement.execute(db).boxed()).await?;
    Ok(done.rows_affected())
}

/// Deletes messages that could not be delivered since an instant, at most a batch of them.
pub(crate) async fn messages(
    store: &Store,
    restaurant: RestaurantId,
    created_before: Timestamp,
    most: i64,
) -> Result<u64, ServerError> {
    let statement = sqlx::query!(
        "DELETE FROM outbox WHERE restaurant_id = $1 AND created_at < $2 AND message_id IN (
             SELECT message_id FROM outbox WHERE restaurant_id = $1 AND created_at < $2 LIMIT $3
         )",
        restaurant.uuid(),
        instant(created_before),
        most,
    );
    let done = store.of(restaurant).write(|db| statement.execute(db).boxed()).await?;
    Ok(done.rows_affected())
}

/// Sets the days for which a restaurant keeps data.
pub(crate) async fn keep_for(tx: &mut Tx, restaurant: RestaurantId, days: i32) -> Result<(), ServerError> {
    let statement =
        sqlx::query!("UPDATE restaurants SET retention_days = $2 WHERE restaurant_id = $1", restaurant.uuid(), days);
    statement.execute(on(tx)).await?;
    Ok(())
}

//! SQL of removing guests' data from orders: what they typed and how to reach them, in the order, its lines and its events.
//! Numbers, amounts, dishes, times and states stay, and so does the table of a guest who dined in.

use crate::{
    db::{Store, Tx, instant, on},
    error::ServerError,
};
use app::domain::{id::RestaurantId, time::Timestamp};
use futures::FutureExt as _;
use std::ops::Range;
use uuid::Uuid;

/// Removes the guests' data from orders that ended in an interval, at most a batch of them, and returns their number. Rows
/// that another server is working on are left to it.
pub(crate) async fn remove_from_orders(
    tx: &mut Tx,
    restaurant: RestaurantId,
    ended: &Range<Timestamp>,
    days: i32,
    most: i64,
) -> Result<u64, ServerError> {
    let orders = hold(tx, restaurant, ended, most).await?;
    if orders.is_empty() {
        return Ok(0);
    }
    sqlx::query!(
        r#"UPDATE order_lines SET snapshot = snapshot || '{"note": ""}'::jsonb
           WHERE restaurant_id = $1 AND order_id = ANY($2)
               AND jsonb_typeof(snapshot) = 'object' AND jsonb_exists(snapshot, 'note')"#,
        restaurant.uuid(),
        &orders,
    )
    .execute(on(tx))
    .await?;
    sqlx::query!(
        "UPDATE order_events SET words = '' WHERE restaurant_id = $1 AND order_id = ANY($2) AND words <> ''",
        restaurant.uuid(),
        &orders,
    )
    .execute(on(tx))
    .await?;
    sqlx::query!(
        r#"UPDATE orders SET guest_name = '', guest_phone = '', guest_email = '', note = '', reason_words = '',
               place = CASE WHEN mode = 'dine_in' THEN place ELSE '' END, latitude = NULL, longitude = NULL, visitor_id = NULL, removed_after_days = $3,
               bill = CASE WHEN jsonb_typeof(bill -> 'lines') = 'array' THEN jsonb_set(bill, '{lines}', (
                   SELECT coalesce(jsonb_agg(
                       CASE WHEN jsonb_typeof(entry.line) = 'object' AND jsonb_exists(entry.line, 'note')
                           THEN entry.line || '{"note": ""}'::jsonb ELSE entry.line END
                       ORDER BY entry.position), '[]')
                   FROM jsonb_array_elements(bill -> 'lines') WITH ORDINALITY AS entry(line, position)
               )) ELSE bill END
           WHERE restaurant_id = $1 AND order_id = ANY($2)"#,
        restaurant.uuid(),
        &orders,
        days,
    )
    .execute(on(tx))
    .await?;
    Ok(u64::try_from(orders.len()).unwrap_or(u64::MAX))
}

async fn hold(
    tx: &mut Tx,
    restaurant: RestaurantId,
    ended: &Range<Timestamp>,
    most: i64,
) -> Result<Vec<Uuid>, ServerError> {
    let statement = sqlx::query_scalar!(
        "SELECT order_id FROM orders
         WHERE restaurant_id = $1 AND moved_at >= $2 AND moved_at < $3
             AND status IN ('completed', 'rejected', 'cancelled') AND removed_after_days IS NULL
         ORDER BY moved_at LIMIT $4 FOR UPDATE SKIP LOCKED",
        restaurant.uuid(),
        instant(ended.start),
        instant(ended.end),
        most,
    );
    Ok(statement.fetch_all(on(tx)).await?)
}

/// Whether no order that ended in an interval has data of its guest; one that another server has not committed yet has.
pub(crate) async fn are_removed(
    store: &Store,
    restaurant: RestaurantId,
    ended: &Range<Timestamp>,
) -> Result<bool, ServerError> {
    let statement = sqlx::query_scalar!(
        "SELECT order_id FROM orders
         WHERE restaurant_id = $1 AND moved_at >= $2 AND moved_at < $3
             AND status IN ('completed', 'rejected', 'cancelled') AND removed_after_days IS NULL
         LIMIT 1",
        restaurant.uuid(),
        instant(ended.start),
        instant(ended.end),
    );
    let left = store.of(restaurant).read(|db| statement.fetch_optional(db).boxed()).await?;
    Ok(left.is_none())
}

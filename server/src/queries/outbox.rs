//! SQL of the outbox: messages stored in the transaction of their order, and not delivered yet.

use crate::{
    db::{Store, Tx, instant, on},
    error::ServerError,
};
use app::domain::{id::RestaurantId, time::Timestamp};
use futures::FutureExt as _;
use serde_json::Value;
use uuid::Uuid;

/// A claimed message.
#[derive(Debug)]
pub(crate) struct Message {
    pub(crate) id: Uuid,
    pub(crate) topic: String,
    pub(crate) payload: Value,
    /// Delivery attempts, this one included.
    pub(crate) attempts: i32,
}

/// Appends a message in the transaction of its change.
pub(crate) async fn append(
    tx: &mut Tx,
    restaurant: RestaurantId,
    topic: &str,
    payload: &Value,
    now: Timestamp,
) -> Result<(), ServerError> {
    sqlx::query!(
        "INSERT INTO outbox (restaurant_id, message_id, topic, payload, attempts, run_at, created_at)
         VALUES ($1, $2, $3, $4, 0, $5, $5)",
        restaurant.uuid(),
        Uuid::now_v7(),
        topic,
        payload,
        instant(now),
    )
    .execute(on(tx))
    .await?;
    Ok(())
}

/// Claims messages that are due: new ones whatever their time, since server clocks differ, and those whose retry time
/// has come. They are due again at `lease_until`, so that a crash during delivery loses nothing.
pub(crate) async fn claim(
    store: &Store,
    restaurant: RestaurantId,
    now: Timestamp,
    lease_until: Timestamp,
    at_most: i64,
) -> Result<Vec<Message>, ServerError> {
    let statement = sqlx::query_as!(
        Message,
        "WITH due AS (
                     SELECT restaurant_id, message_id FROM outbox
                     WHERE restaurant_id = $1 AND (attempts = 0 OR run_at <= $2)
                     ORDER BY run_at LIMIT $4 FOR UPDATE SKIP LOCKED
                 )
                 UPDATE outbox o SET attempts = o.attempts + 1, run_at = $3
                 FROM due
                 WHERE o.restaurant_id = $1 AND o.restaurant_id = due.restaurant_id AND o.message_id = due.message_id
                 RETURNING o.message_id AS id, o.topic, o.payload, o.attempts",
        restaurant.uuid(),
        instant(now),
        instant(lease_until),
        at_most,
    );
    store.of(restaurant).write(|db| statement.fetch_all(db).boxed()).await
}

/// Deletes delivered messages; the events remain.
pub(crate) async fn mark_delivered(
    store: &Store,
    restaurant: RestaurantId,
    messages: &[Uuid],
) -> Result<(), ServerError> {
    let statement = sqlx::query!(
        "DELETE FROM outbox WHERE restaurant_id = $1 AND message_id = ANY($2)",
        restaurant.uuid(),
        messages,
    );
    store.of(restaurant).write(|db| statement.execute(db).boxed()).await?;
    Ok(())
}

/// Sets the time of the next attempt.
pub(crate) async fn reschedule(
    store: &Store,
    restaurant: RestaurantId,
    message: Uuid,
    until: Timestamp,
) -> Result<(), ServerError> {
    let statement = sqlx::query!(
        "UPDATE outbox SET run_at = $3 WHERE restaurant_id = $1 AND message_id = $2",
        restaurant.uuid(),
        message,
        instant(until),
    );
    store.of(restaurant).write(|db| statement.execute(db).boxed()).await?;
    Ok(())
}

/// Restaurants with due messages. The only statement over all shards here: it fails while one node is down.
pub(crate) async fn restaurants_with_due(
    store: &Store,
    now: Timestamp,
    at_most: i64,
) -> Result<Vec<RestaurantId>, ServerError> {
    let statement = sqlx::query_scalar!(
        "SELECT DISTINCT restaurant_id FROM outbox WHERE attempts = 0 OR run_at <= $1 LIMIT $2",
        instant(now),
        at_most,
    );
    let rows = store.everywhere().read(|db| statement.fetch_all(db).boxed()).await?;
    Ok(rows.into_iter().map(RestaurantId::from_uuid).collect())
}

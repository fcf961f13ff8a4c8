//! Messages that were written together with the order they are about, and still have to reach others.

use crate::{
    db::{Store, Tx, instant, on},
    error::ServerError,
};
use app::domain::{id::RestaurantId, time::Timestamp};
use futures::FutureExt as _;
use serde_json::Value;
use uuid::Uuid;

/// A message that somebody took on to deliver.
#[derive(Debug)]
pub(crate) struct Message {
    pub(crate) id: Uuid,
    pub(crate) topic: String,
    pub(crate) payload: Value,
    /// Deliveries begun so far, this one included.
    pub(crate) attempts: i32,
}

/// Writes a message down with the change it tells of.
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

/// Takes on messages that are due: those that nobody has tried yet, whatever the clock of the one who wrote them said,
/// and those whose time has come. Nobody else gets them before `lease_until`; from then on they are due again, so
/// that a deliverer that died loses nothing.
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

/// Takes out messages that were delivered: what happened stands in the events.
pub(crate) async fn settle(store: &Store, restaurant: RestaurantId, messages: &[Uuid]) -> Result<(), ServerError> {
    let statement = sqlx::query!(
        "DELETE FROM outbox WHERE restaurant_id = $1 AND message_id = ANY($2)",
        restaurant.uuid(),
        messages,
    );
    store.of(restaurant).write(|db| statement.execute(db).boxed()).await?;
    Ok(())
}

/// Puts a message off that could not be delivered.
pub(crate) async fn put_off(
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

/// Restaurants with messages that are due. The one look over all shards: it fails while one of them is away.
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

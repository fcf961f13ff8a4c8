//! SQL of the outbox: the restaurant's events up to which orders are delivered, and messages that are to be tried again.

use crate::{
    db::{Store, instant, timestamp},
    error::ServerError,
};
use app::domain::{
    id::{OrderId, RestaurantId, VisitorId},
    time::Timestamp,
};
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

/// Orders after the restaurant's position, oldest first.
#[derive(Debug)]
pub(crate) struct Undelivered {
    /// Position in the event log, up to which all of a visitor's orders are among these or delivered.
    pub(crate) seq: i64,
    pub(crate) orders: Vec<PlacedOrder>,
    /// Whether there may be more after them.
    pub(crate) is_full: bool,
}

/// An order that belongs into its visitor's list.
#[derive(Debug)]
pub(crate) struct PlacedOrder {
    pub(crate) seq: i64,
    pub(crate) order: OrderId,
    pub(crate) visitor: VisitorId,
    pub(crate) token: String,
    pub(crate) number: i64,
    pub(crate) placed_at: Timestamp,
}

/// Reads what is to be delivered; none when everything is. Events become visible in the order of their positions, so that
/// none is passed over.
pub(crate) async fn undelivered(
    store: &Store,
    restaurant: RestaurantId,
    at_most: i64,
) -> Result<Option<Undelivered>, ServerError> {
    let statement = sqlx::query!(
        r#"SELECT c.last_seq, n.seq AS "seq?", n.order_id AS "order_id?", n.visitor_id AS "visitor_id?",
               n.token AS "token?", n.number AS "number?", n.placed_at AS "placed_at?"
           FROM order_counters c
           LEFT JOIN outbox_positions p ON p.restaurant_id = $1
           LEFT JOIN LATERAL (
               SELECT e.seq, o.order_id, o.visitor_id, o.token, o.number, o.placed_at
               FROM order_events e JOIN orders o ON o.restaurant_id = $1 AND o.order_id = e.order_id
               WHERE e.restaurant_id = $1 AND e.seq > coalesce(p.seq, 0) AND e.version = 1 AND o.visitor_id IS NOT NULL
               ORDER BY e.seq LIMIT $2
           ) n ON true
           WHERE c.restaurant_id = $1 AND c.last_seq > coalesce(p.seq, 0)
           ORDER BY n.seq"#,
        restaurant.uuid(),
        at_most,
    );
    let rows = store.of(restaurant).read(|db| statement.fetch_all(db).boxed()).await?;
    let Some(last) = rows.first().map(|row| row.last_seq) else { return Ok(None) };
    let orders: Vec<_> = rows
        .into_iter()
        .filter_map(|row| {
            Some(PlacedOrder {
                seq: row.seq?,
                order: OrderId::from_uuid(row.order_id?),
                visitor: VisitorId::from_uuid(row.visitor_id?),
                token: row.token?,
                number: row.number?,
                placed_at: timestamp(row.placed_at?),
            })
        })
        .collect();
    let is_full = i64::try_from(orders.len()).is_ok_and(|count| count == at_most);
    let seq = orders.last().filter(|_| is_full).map_or(last, |order| order.seq);
    Ok(Some(Undelivered { seq, orders, is_full }))
}

/// Moves the restaurant's position forward.
pub(crate) async fn advance(store: &Store, restaurant: RestaurantId, seq: i64) -> Result<(), ServerError> {
    let statement = sqlx::query!(
        "INSERT INTO outbox_positions AS p (restaurant_id, seq) VALUES ($1, $2)
         ON CONFLICT (restaurant_id) DO UPDATE SET seq = excluded.seq WHERE p.seq < excluded.seq",
        restaurant.uuid(),
        seq,
    );
    store.of(restaurant).write(|db| statement.execute(db).boxed()).await?;
    Ok(())
}

/// Stores a message whose first delivery failed, once.
pub(crate) async fn append(
    store: &Store,
    restaurant: RestaurantId,
    message: &Message,
    now: Timestamp,
    until: Timestamp,
) -> Result<(), ServerError> {
    let statement = sqlx::query!(
        "INSERT INTO outbox (restaurant_id, message_id, topic, payload, attempts, run_at, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (restaurant_id, message_id) DO NOTHING",
        restaurant.uuid(),
        message.id,
        message.topic,
        message.payload,
        message.attempts,
        instant(until),
        instant(now),
    );
    store.of(restaurant).write(|db| statement.execute(db).boxed()).await?;
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

/// Restaurants with due messages. Over all shards, as the one below: they fail while one node is down.
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

/// Restaurants with events after their position.
pub(crate) async fn restaurants_behind(store: &Store, at_most: i64) -> Result<Vec<RestaurantId>, ServerError> {
    let statement = sqlx::query_scalar!(
        "SELECT c.restaurant_id FROM order_counters c WHERE NOT EXISTS (
             SELECT FROM outbox_positions p WHERE p.restaurant_id = c.restaurant_id AND p.seq >= c.last_seq
         ) LIMIT $1",
        at_most,
    );
    let rows = store.everywhere().read(|db| statement.fetch_all(db).boxed()).await?;
    Ok(rows.into_iter().map(RestaurantId::from_uuid).collect())
}

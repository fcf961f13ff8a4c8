//! SQL of the event log: all transitions of a restaurant's orders, in a sequence without gaps.

use crate::{
    db::{
        Store, Tx, instant, on, timestamp,
        unreadable::{Unreadable, word},
    },
    error::ServerError,
};
use app::domain::{
    id::{OrderId, OrderRef, RestaurantId, StaffId},
    order::{Actor, OrderStatus, Reason, Verb},
    time::Timestamp,
};
use futures::FutureExt as _;

/// An event to append.
#[derive(Debug)]
pub(crate) struct NewEvent<'a> {
    pub(crate) order: OrderRef,
    pub(crate) seq: i64,
    pub(crate) version: i64,
    pub(crate) verb: Verb,
    pub(crate) from: OrderStatus,
    pub(crate) to: OrderStatus,
    pub(crate) actor: Actor,
    pub(crate) staff: Option<StaffId>,
    pub(crate) reason: Option<Reason>,
    pub(crate) words: &'a str,
    pub(crate) promised_at: Option<Timestamp>,
    pub(crate) at: Timestamp,
}

/// A state that an order reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Reached {
    /// None for the placing itself.
    pub(crate) verb: Option<Verb>,
    pub(crate) from: Option<OrderStatus>,
    pub(crate) to: OrderStatus,
    pub(crate) at: Timestamp,
}

/// A position in the log, and its order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Position {
    pub(crate) seq: i64,
    pub(crate) order: OrderId,
}

/// Takes the next position of the restaurant's log. The row lock serialises all transitions of the restaurant until
/// the commit, so that positions become visible in order.
pub(crate) async fn next_seq(tx: &mut Tx, restaurant: RestaurantId) -> Result<i64, ServerError> {
    let counted = sqlx::query_scalar!(
        "UPDATE order_counters SET last_seq = last_seq + 1 WHERE restaurant_id = $1 RETURNING last_seq",
        restaurant.uuid(),
    )
    .fetch_one(on(tx))
    .await?;
    Ok(counted)
}

pub(crate) async fn append(tx: &mut Tx, event: &NewEvent<'_>) -> Result<(), ServerError> {
    sqlx::query!(
        "INSERT INTO order_events (
             restaurant_id, seq, order_id, version, verb, from_status, to_status, actor, staff_id, reason, words,
             promised_at, at
         ) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        event.order.restaurant.uuid(),
        event.seq,
        event.order.order.uuid(),
        event.version,
        event.verb.code(),
        event.from.code(),
        event.to.code(),
        event.actor.code(),
        event.staff.map(StaffId::uuid),
        event.reason.map(Reason::code),
        event.words,
        event.promised_at.map(instant),
        instant(event.at),
    )
    .execute(on(tx))
    .await?;
    Ok(())
}

/// The promise at a version of an order.
pub(crate) async fn promise_at(tx: &mut Tx, order: OrderRef, version: i64) -> Result<Option<Timestamp>, ServerError> {
    let promised = sqlx::query_scalar!(
        "SELECT promised_at FROM order_events WHERE restaurant_id = $1 AND order_id = $2 AND version = $3",
        order.restaurant.uuid(),
        order.order.uuid(),
        version,
    )
    .fetch_one(on(tx))
    .await?;
    Ok(promised.map(timestamp))
}

/// The events of an order, oldest first.
pub(crate) async fn of_order(store: &Store, order: OrderRef) -> Result<Vec<Reached>, ServerError> {
    let statement = sqlx::query!(
        "SELECT verb, from_status, to_status, at FROM order_events
                 WHERE restaurant_id = $1 AND order_id = $2 ORDER BY version",
        order.restaurant.uuid(),
        order.order.uuid(),
    );
    let rows = store.of(order.restaurant).read(|db| statement.fetch_all(db).boxed()).await?;
    let reached = rows.into_iter().filter_map(|row| {
        let from = row.from_status.as_deref().map(status).transpose();
        let read = from.and_then(|from| {
            let to = status(&row.to_status)?;
            Ok(Reached { verb: Verb::from_code(&row.verb), from, to, at: timestamp(row.at) })
        });
        // The other steps of the history can still be shown.
        read.inspect_err(|why| store.unreadable().tell(order.restaurant, order.order.uuid(), why)).ok()
    });
    Ok(reached.collect())
}

/// An event with who caused it.
#[derive(Debug, Clone)]
pub(crate) struct Happened {
    /// None for the placing itself.
    pub(crate) verb: Option<Verb>,
    pub(crate) actor: Option<Actor>,
    /// The name of the member of the team, while they are one.
    pub(crate) staff_name: Option<String>,
    pub(crate) reason: Option<Reason>,
    pub(crate) words: String,
    pub(crate) promised_at: Option<Timestamp>,
    pub(crate) at: Timestamp,
}

/// The events of an order with who caused them, oldest first.
pub(crate) async fn in_full(store: &Store, order: OrderRef) -> Result<Vec<Happened>, ServerError> {
    let statement = sqlx::query!(
        "SELECT e.verb, e.actor, e.reason, e.words, e.promised_at, e.at,
               (SELECT m.name FROM team_members m WHERE m.restaurant_id = $1 AND m.staff_id = e.staff_id) AS name
           FROM order_events e
           WHERE e.restaurant_id = $1 AND e.order_id = $2 ORDER BY e.version",
        order.restaurant.uuid(),
        order.order.uuid(),
    );
    let rows = store.of(order.restaurant).read(|db| statement.fetch_all(db).boxed()).await?;
    let happened = rows.into_iter().map(|row| Happened {
        verb: Verb::from_code(&row.verb),
        actor: Actor::from_code(&row.actor),
        staff_name: row.name,
        reason: row.reason.as_deref().and_then(Reason::from_code),
        words: row.words,
        promised_at: row.promised_at.map(timestamp),
        at: timestamp(row.at),
    });
    Ok(happened.collect())
}

/// The positions after one, in sequence.
pub(crate) async fn after(
    store: &Store,
    restaurant: RestaurantId,
    seq: i64,
    at_most: i64,
) -> Result<Vec<Position>, ServerError> {
    let statement = sqlx::query!(
        "SELECT seq, order_id FROM order_events WHERE restaurant_id = $1 AND seq > $2 ORDER BY seq LIMIT $3",
        restaurant.uuid(),
        seq,
        at_most,
    );
    let rows = store.of(restaurant).read(|db| statement.fetch_all(db).boxed()).await?;
    Ok(rows.into_iter().map(|row| Position { seq: row.seq, order: OrderId::from_uuid(row.order_id) }).collect())
}

/// The last position; 0 before the first order.
pub(crate) async fn last_seq(store: &Store, restaurant: RestaurantId) -> Result<i64, ServerError> {
    let statement =
        sqlx::query_scalar!("SELECT last_seq FROM order_counters WHERE restaurant_id = $1", restaurant.uuid());
    let last = store.of(restaurant).read(|db| statement.fetch_optional(db).boxed()).await?;
    Ok(last.unwrap_or(0))
}

/// Decodes a stored state.
fn status(code: &str) -> Result<OrderStatus, Unreadable> {
    word(code, "order status", OrderStatus::from_code)
}

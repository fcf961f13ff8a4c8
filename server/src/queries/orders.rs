//! SQL of orders: read and update.

mod place;
mod row;

pub(crate) use place::{NewRow, Placed, place};
pub(crate) use row::{Order, Torn};

use crate::{
    db::{Store, Tx, instant, on},
    error::ServerError,
};
use app::domain::{
    id::{OrderId, OrderRef, RestaurantId, StaffId},
    order::{OrderStatus, PaymentStatus, Reason},
    time::Timestamp,
};
use futures::FutureExt as _;
use row::{OrderRow, select_orders};

/// The changes of a transition to its order.
#[derive(Debug)]
pub(crate) struct Moved<'a> {
    pub(crate) order: OrderRef,
    /// The version that it is based on.
    pub(crate) expected: i64,
    pub(crate) seq: i64,
    pub(crate) status: OrderStatus,
    pub(crate) payment: PaymentStatus,
    pub(crate) promised_at: Option<Timestamp>,
    pub(crate) reason: Option<Reason>,
    pub(crate) words: &'a str,
    /// Staff who acknowledged the order by the transition; none for guests.
    pub(crate) seen_by: Option<StaffId>,
    pub(crate) at: Timestamp,
}

/// The order of a token.
pub(crate) async fn by_token(
    store: &Store,
    restaurant: RestaurantId,
    token: &str,
) -> Result<Option<Stored>, ServerError> {
    let statement = select_orders!("AND o.token = $2", restaurant.uuid(), token);
    let row = store.of(restaurant).read(|db| statement.fetch_optional(db).boxed()).await?;
    Ok(each(store, restaurant, row).pop())
}

pub(crate) async fn by_id(store: &Store, order: OrderRef) -> Result<Option<Order>, ServerError> {
    let statement = select_orders!("AND o.order_id = $2", order.restaurant.uuid(), order.order.uuid());
    let row = store.of(order.restaurant).read(|db| statement.fetch_optional(db).boxed()).await?;
    one(store, order.restaurant, row)
}

/// An order, or the readable part of it: an unreadable one must not fail the others.
pub(crate) type Stored = Result<Order, Box<Torn>>;

/// Orders by their ids, in no particular order.
pub(crate) async fn by_ids(
    store: &Store,
    restaurant: RestaurantId,
    orders: &[OrderId],
) -> Result<Vec<Stored>, ServerError> {
    let ids: Vec<_> = orders.iter().map(|order| order.uuid()).collect();
    let statement = select_orders!("AND o.order_id = ANY($2)", restaurant.uuid(), &ids);
    let rows = store.of(restaurant).read(|db| statement.fetch_all(db).boxed()).await?;
    Ok(each(store, restaurant, rows))
}

/// All open orders, and the latest finished ones since an instant.
///
/// The ids are selected before the rows: a restaurant has few open orders and years of finished ones.
pub(crate) async fn on_board(
    store: &Store,
    restaurant: RestaurantId,
    done_since: Timestamp,
    done_at_most: i64,
) -> Result<Vec<Stored>, ServerError> {
    let statement = select_orders!(
        "AND o.order_id IN (
                 SELECT order_id FROM orders WHERE restaurant_id = $1
                     AND status IN ('placed', 'accepted', 'in_preparation', 'ready', 'out_for_delivery')
                 UNION ALL
                 (SELECT order_id FROM orders WHERE restaurant_id = $1 AND moved_at >= $2
                     AND status IN ('completed', 'rejected', 'cancelled')
                  ORDER BY moved_at DESC LIMIT $3))",
        restaurant.uuid(),
        instant(done_since),
        done_at_most
    );
    let rows = store.of(restaurant).read(|db| statement.fetch_all(db).boxed()).await?;
    Ok(each(store, restaurant, rows))
}

/// Decodes a single row; unreadable is an error.
fn one(store: &Store, restaurant: RestaurantId, row: Option<OrderRow>) -> Result<Option<Order>, ServerError> {
    let order = row.map(Order::try_from).transpose();
    order.map_err(|torn| store.unreadable().refuse(restaurant, torn.id.uuid(), &torn.why))
}

/// Decodes row by row, and reports unreadable ones to operators.
fn each(store: &Store, restaurant: RestaurantId, rows: impl IntoIterator<Item = OrderRow>) -> Vec<Stored> {
    let orders: Vec<_> = rows.into_iter().map(Order::try_from).collect();
    for order in &orders {
        match order {
            Ok(order) => {
                order.unreadable().for_each(|part| store.unreadable().tell(restaurant, order.id.uuid(), part));
            }
            Err(torn) => store.unreadable().tell(restaurant, torn.id.uuid(), &torn.why),
        }
    }
    orders
}

/// Reads an order and locks it until the transaction ends.
pub(crate) async fn hold(tx: &mut Tx, order: OrderRef) -> Result<Option<Order>, ServerError> {
    let held = sqlx::query_scalar!(
        "SELECT order_id FROM orders WHERE restaurant_id = $1 AND order_id = $2 FOR UPDATE",
        order.restaurant.uuid(),
        order.order.uuid(),
    )
    .fetch_optional(on(tx))
    .await?;
    if held.is_none() {
        return Ok(None);
    }
    let row = select_orders!("AND o.order_id = $2", order.restaurant.uuid(), order.order.uuid())
        .fetch_optional(on(tx))
        .await?;
    Ok(row.map(Order::try_from).transpose()?)
}

/// Stores a transition; false when the order has another version.
pub(crate) async fn apply(tx: &mut Tx, moved: &Moved<'_>) -> Result<bool, ServerError> {
    let done = sqlx::query!(
        "UPDATE orders SET version = version + 1, seq = $4, status = $5, payment = $6, promised_at = $7, reason = $8,
             reason_words = $9, moved_at = $10,
             acknowledged_at = CASE WHEN $11 THEN coalesce(acknowledged_at, $10) ELSE acknowledged_at END
         WHERE restaurant_id = $1 AND order_id = $2 AND version = $3",
        moved.order.restaurant.uuid(),
        moved.order.order.uuid(),
        moved.expected,
        moved.seq,
        moved.status.code(),
        moved.payment.code(),
        moved.promised_at.map(instant),
        moved.reason.map(Reason::code),
        moved.words,
        instant(moved.at),
        moved.seen_by.is_some(),
    )
    .execute(on(tx))
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Acknowledges new orders up to a position of the event log. The position of an order is that of its latest event,
/// so one that returned later stays unacknowledged.
pub(crate) async fn acknowledge(
    store: &Store,
    restaurant: RestaurantId,
    seen: i64,
    now: Timestamp,
) -> Result<u64, ServerError> {
    let statement = sqlx::query!(
        "UPDATE orders SET acknowledged_at = $2
                 WHERE restaurant_id = $1 AND status = 'placed' AND acknowledged_at IS NULL AND seq <= $3",
        restaurant.uuid(),
        instant(now),
        seen,
    );
    let done = store.of(restaurant).write(|db| statement.execute(db).boxed()).await?;
    Ok(done.rows_affected())
}

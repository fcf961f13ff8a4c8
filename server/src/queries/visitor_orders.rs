//! SQL of visitors' own orders over all restaurants, filled from the outbox and distributed by visitor.

use crate::{
    db::{DistributionKey, Store, instant, timestamp},
    error::ServerError,
};
use app::domain::{
    id::{OrderId, RestaurantId, VisitorId},
    time::Timestamp,
};
use futures::FutureExt as _;

/// An entry of a visitor's list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct VisitorOrder {
    pub(crate) visitor: VisitorId,
    pub(crate) order: OrderId,
    pub(crate) restaurant: RestaurantId,
    pub(crate) restaurant_name: String,
    pub(crate) token: String,
    pub(crate) number: i64,
    pub(crate) placed_at: Timestamp,
}

/// Adds an order to its visitor's list. A repeated delivery writes again: a message counts as delivered only when a
/// node that may commit confirms it.
pub(crate) async fn record(store: &Store, entry: &VisitorOrder) -> Result<(), ServerError> {
    let statement = sqlx::query!(
        "INSERT INTO visitor_orders
                     (visitor_id, order_id, restaurant_id, restaurant_name, token, number, placed_at)
                 VALUES ($1, $2, $3, $4, $5, $6, $7)
                 ON CONFLICT (visitor_id, order_id) DO UPDATE SET restaurant_name = excluded.restaurant_name",
        entry.visitor.uuid(),
        entry.order.uuid(),
        entry.restaurant.uuid(),
        entry.restaurant_name,
        entry.token,
        entry.number,
        instant(entry.placed_at),
    );
    store.of(DistributionKey::Visitor(entry.visitor)).write(|db| statement.execute(db).boxed()).await?;
    Ok(())
}

/// A visitor's latest orders, newest first.
pub(crate) async fn latest(store: &Store, visitor: VisitorId, at_most: i64) -> Result<Vec<VisitorOrder>, ServerError> {
    let statement = sqlx::query!(
        "SELECT order_id, restaurant_id, restaurant_name, token, number, placed_at FROM visitor_orders
                 WHERE visitor_id = $1 ORDER BY placed_at DESC LIMIT $2",
        visitor.uuid(),
        at_most,
    );
    let rows = store.of(DistributionKey::Visitor(visitor)).read(|db| statement.fetch_all(db).boxed()).await?;
    let entries = rows.into_iter().map(|row| VisitorOrder {
        visitor,
        order: OrderId::from_uuid(row.order_id),
        restaurant: RestaurantId::from_uuid(row.restaurant_id),
        restaurant_name: row.restaurant_name,
        token: row.token,
        number: row.number,
        placed_at: timestamp(row.placed_at),
    });
    Ok(entries.collect())
}

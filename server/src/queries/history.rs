//! SQL of a restaurant's past orders, newest first, page by page.

use crate::{
    db::{Store, instant, timestamp},
    error::ServerError,
};
use app::domain::{
    id::{OrderId, RestaurantId},
    time::Timestamp,
};
use futures::FutureExt as _;
use std::ops::Range;
use uuid::Uuid;

/// The position of an order in the history.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) at: Timestamp,
    pub(crate) order: OrderId,
}

impl Place {
    /// Before all orders that were placed before an instant, and after all others.
    pub(crate) const fn at(at: Timestamp) -> Self {
        Self { at, order: OrderId::from_uuid(Uuid::nil()) }
    }
}

/// The columns that the history is searched by and that its rows show.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) place: Place,
    pub(crate) number: i64,
    pub(crate) status: String,
    pub(crate) mode: String,
    pub(crate) guest_name: String,
    pub(crate) guest_phone: String,
    pub(crate) removed_after_days: Option<i32>,
    pub(crate) total_minor: i64,
    pub(crate) currency: String,
}

/// The next orders that were placed in an interval and are older than a position, newest first.
pub(crate) async fn older(
    store: &Store,
    restaurant: RestaurantId,
    placed: &Range<Timestamp>,
    before: Place,
    most: i64,
) -> Result<Vec<Row>, ServerError> {
    let statement = sqlx::query!(
        "SELECT order_id, placed_at, number, status, mode, guest_name, guest_phone, removed_after_days, total_minor,
             currency
         FROM orders
         WHERE restaurant_id = $1 AND placed_at >= $2 AND placed_at < $3 AND (placed_at, order_id) < ($4, $5)
         ORDER BY placed_at DESC, order_id DESC LIMIT $6",
        restaurant.uuid(),
        instant(placed.start),
        instant(placed.end),
        instant(before.at),
        before.order.uuid(),
        most,
    );
    let rows = store.of(restaurant).read(|db| statement.fetch_all(db).boxed()).await?;
    let rows = rows.into_iter().map(|row| Row {
        place: Place { at: timestamp(row.placed_at), order: OrderId::from_uuid(row.order_id) },
        number: row.number,
        status: row.status,
        mode: row.mode,
        guest_name: row.guest_name,
        guest_phone: row.guest_phone,
        removed_after_days: row.removed_after_days,
        total_minor: row.total_minor,
        currency: row.currency,
    });
    Ok(rows.collect())
}

//! SQL of totals and exports: the amounts of a restaurant's orders, oldest first, page by page.

use crate::{
    db::{Store, instant, timestamp},
    error::ServerError,
    queries::history::Place,
};
use app::domain::{
    id::{OrderId, RestaurantId},
    money::Currency,
    tax::TaxSummary,
    time::Timestamp,
};
use futures::FutureExt as _;
use std::ops::Range;

/// The amounts of an order, in minor units.
#[derive(Debug, Clone)]
pub(crate) struct Amounts {
    pub(crate) place: Place,
    pub(crate) status: String,
    pub(crate) mode: String,
    pub(crate) currency: String,
    pub(crate) items: i64,
    pub(crate) tip: i64,
    pub(crate) delivery: i64,
    pub(crate) total: i64,
    /// Empty when it cannot be read; what it added to the total then is among the charges.
    pub(crate) tax: TaxSummary,
}

impl Amounts {
    /// The tax that was added to the prices, in minor units.
    pub(crate) fn added_tax(&self) -> i64 {
        let added = Currency::from_code(&self.currency).and_then(|currency| self.tax.added(currency).ok());
        added.map_or(0, app::domain::money::Money::minor)
    }

    /// The charges: what is neither items, delivery, tip nor added tax.
    pub(crate) fn charges(&self) -> i64 {
        let others = [self.items, self.delivery, self.tip, self.added_tax()];
        others.into_iter().fold(self.total, i64::saturating_sub)
    }
}

/// The next orders that were placed in an interval and are newer than a position, oldest first. The delivery fee is a row
/// of the bill; an unreadable one counts as none, and the fee then is among the charges.
pub(crate) async fn amounts(
    store: &Store,
    restaurant: RestaurantId,
    placed: &Range<Timestamp>,
    after: Place,
    most: i64,
) -> Result<Vec<Amounts>, ServerError> {
    let statement = sqlx::query!(
        r#"SELECT order_id, placed_at, status, mode, currency, subtotal_minor, tip_minor, total_minor,
               CASE WHEN mode = 'delivery' AND jsonb_typeof(bill -> 'rows') = 'array' THEN (
                   SELECT coalesce(sum((entry -> 'amount' ->> 'minor')::numeric), 0)::bigint
                   FROM jsonb_array_elements(bill -> 'rows') AS entry
                   WHERE entry ->> 'kind' = 'delivery' AND jsonb_typeof(entry -> 'amount' -> 'minor') = 'number'
               ) ELSE 0 END AS "delivery!", bill -> 'tax' AS tax
           FROM orders
           WHERE restaurant_id = $1 AND placed_at >= $2 AND placed_at < $3 AND (placed_at, order_id) > ($4, $5)
           ORDER BY placed_at, order_id LIMIT $6"#,
        restaurant.uuid(),
        instant(placed.start),
        instant(placed.end),
        instant(after.at),
        after.order.uuid(),
        most,
    );
    let rows = store.of(restaurant).read(|db| statement.fetch_all(db).boxed()).await?;
    let rows = rows.into_iter().map(|row| Amounts {
        place: Place { at: timestamp(row.placed_at), order: OrderId::from_uuid(row.order_id) },
        status: row.status,
        mode: row.mode,
        currency: row.currency,
        items: row.subtotal_minor,
        tip: row.tip_minor,
        delivery: row.delivery,
        total: row.total_minor,
        tax: row.tax.and_then(|tax| serde_json::from_value(tax).ok()).unwrap_or_default(),
    });
    Ok(rows.collect())
}

/// The columns of an export besides amounts.
#[derive(Debug, Clone)]
pub(crate) struct Particulars {
    pub(crate) order: OrderId,
    pub(crate) number: i64,
    pub(crate) payment: String,
    pub(crate) wanted_at: Option<Timestamp>,
    pub(crate) moved_at: Timestamp,
    pub(crate) guest_name: String,
    pub(crate) guest_phone: String,
    pub(crate) guest_email: String,
    pub(crate) place: String,
    pub(crate) reason: Option<String>,
}

/// In no particular order.
pub(crate) async fn particulars(
    store: &Store,
    restaurant: RestaurantId,
    orders: &[OrderId],
) -> Result<Vec<Particulars>, ServerError> {
    let ids: Vec<_> = orders.iter().map(|order| order.uuid()).collect();
    let statement = sqlx::query!(
        "SELECT order_id, number, payment, wanted_at, moved_at, guest_name, guest_phone, guest_email, place, reason
         FROM orders WHERE restaurant_id = $1 AND order_id = ANY($2)",
        restaurant.uuid(),
        &ids,
    );
    let rows = store.of(restaurant).read(|db| statement.fetch_all(db).boxed()).await?;
    let rows = rows.into_iter().map(|row| Particulars {
        order: OrderId::from_uuid(row.order_id),
        number: row.number,
        payment: row.payment,
        wanted_at: row.wanted_at.map(timestamp),
        moved_at: timestamp(row.moved_at),
        guest_name: row.guest_name,
        guest_phone: row.guest_phone,
        guest_email: row.guest_email,
        place: row.place,
        reason: row.reason,
    });
    Ok(rows.collect())
}

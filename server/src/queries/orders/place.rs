//! SQL of placing an order: the call of `place_order`, and its rejections.

use crate::{
    db::{Store, instant},
    error::ServerError,
};
use app::domain::{
    id::{OrderId, RestaurantId, VisitorId},
    time::Timestamp,
};
use futures::FutureExt as _;
use serde_json::Value;
use uuid::Uuid;

/// An order to store.
#[derive(Debug)]
pub(crate) struct NewRow<'a> {
    pub(crate) restaurant: RestaurantId,
    pub(crate) order: OrderId,
    pub(crate) key: &'a str,
    pub(crate) fingerprint: &'a [u8],
    /// The version of the menu that it was priced by.
    pub(crate) menu_version: i64,
    /// Most orders of its slot; none without a limit.
    pub(crate) slot_limit: Option<u32>,
    /// The visitor whose cart is ordered.
    pub(crate) visitor: Option<VisitorId>,
    pub(crate) at: Timestamp,
    /// Columns, kitchen lines and the priced cart, as `place_order` reads them.
    pub(crate) fields: Value,
}

/// Result of `place_order`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Placed {
    /// Stored, by this request or by an earlier one with the same key.
    Stands { order: OrderId, token: String, number: i64, total_minor: i64, currency: String, replayed: bool },
    /// The key belongs to another request, or the id to another order.
    KeyReused,
    /// The menu changed since it was priced.
    MenuMoved,
    /// Orders for that time are paused.
    Paused,
    /// The slot is full.
    SlotFull,
}

/// Stores an order, once per key: one statement on one shard with its own commit.
pub(crate) async fn place(store: &Store, new: &NewRow<'_>) -> Result<Placed, ServerError> {
    let statement = sqlx::query!(
        r#"SELECT answer AS "answer!", order_id AS "order_id!", token AS "token!", number AS "number!",
                       total_minor AS "total_minor!", currency AS "currency!"
                   FROM place_order($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"#,
        new.restaurant.uuid(),
        new.key,
        new.fingerprint,
        new.order.uuid(),
        new.menu_version,
        new.slot_limit.map(|limit| i32::try_from(limit).unwrap_or(i32::MAX)),
        new.visitor.map(VisitorId::uuid),
        None::<Uuid>,
        instant(new.at),
        new.fields,
    );
    let answer = store.of(new.restaurant).write(|db| statement.fetch_one(db).boxed()).await;
    match answer {
        Ok(row) if row.answer == "key_reused" => Ok(Placed::KeyReused),
        Ok(row) => Ok(Placed::Stands {
            order: OrderId::from_uuid(row.order_id),
            token: row.token,
            number: row.number,
            total_minor: row.total_minor,
            currency: row.currency,
            replayed: row.answer == "replayed",
        }),
        Err(error) => refusal(error),
    }
}

/// Rejections are recognised by SQLSTATE: on Citus an error carries no constraint names.
fn refusal(error: ServerError) -> Result<Placed, ServerError> {
    let code = match &error {
        ServerError::Database(sqlx::Error::Database(error)) => error.code(),
        _ => None,
    };
    match code.as_deref() {
        Some("TO001") => Ok(Placed::MenuMoved),
        Some("TO002") => Ok(Placed::SlotFull),
        Some("TO003") => Ok(Placed::Paused),
        // Another key used the same order id.
        Some("23505") => Ok(Placed::KeyReused),
        _ => Err(error),
    }
}

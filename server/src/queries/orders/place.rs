//! Placing an order: the one call of `place_order`, and what its refusals mean.

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

/// An order that is ready to be written down.
#[derive(Debug)]
pub(crate) struct NewRow<'a> {
    pub(crate) restaurant: RestaurantId,
    pub(crate) order: OrderId,
    pub(crate) key: &'a str,
    pub(crate) fingerprint: &'a [u8],
    /// The version of the menu that it was priced by.
    pub(crate) menu_version: i64,
    /// How many orders its window takes; none for any number.
    pub(crate) slot_limit: Option<u32>,
    /// From whose cart it takes what is ordered.
    pub(crate) visitor: Option<VisitorId>,
    pub(crate) at: Timestamp,
    /// The columns, the kitchen's lines, the cart as it was priced and the message of the outbox, as `place_order` reads
    /// them.
    pub(crate) fields: Value,
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Placed {
    /// It stands, by this request or by an earlier one with the same key.
    Stands { order: OrderId, token: String, number: i64, total_minor: i64, currency: String, replayed: bool },
    /// The key names another request, or the id another order.
    KeyReused,
    /// The menu changed since it was priced.
    MenuMoved,
    /// The kitchen takes no orders at the time it is wanted for.
    Paused,
    /// Its window is full.
    SlotFull,
}

/// Writes an order down, once per key: one statement, one shard, committed by itself.
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
        Uuid::now_v7(),
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

/// Refusals are told by their code: on a cluster an error carries no names.
fn refusal(error: ServerError) -> Result<Placed, ServerError> {
    let code = match &error {
        ServerError::Database(sqlx::Error::Database(error)) => error.code(),
        _ => None,
    };
    match code.as_deref() {
        Some("TO001") => Ok(Placed::MenuMoved),
        Some("TO002") => Ok(Placed::SlotFull),
        Some("TO003") => Ok(Placed::Paused),
        // Keys that differ cannot share an order: the id belongs to somebody else's.
        Some("23505") => Ok(Placed::KeyReused),
        _ => Err(error),
    }
}

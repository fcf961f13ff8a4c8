//! Idempotency keys: a key names one request for ever, and telling a retry its answer is itself a durable write.

use crate::{
    db::{Store, Tx, instant, on},
    error::ServerError,
};
use app::domain::{id::OrderRef, time::Timestamp};
use futures::FutureExt as _;
use uuid::Uuid;

/// What a key turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Claim {
    /// Never seen: go on.
    Fresh,
    /// The same request was done before.
    Replayed,
    /// It named another request.
    Reused,
}

/// A request that moves an order.
#[derive(Debug, Clone, Copy)]
pub(crate) struct MoveKey<'a> {
    /// As the client sent it.
    pub(crate) key: &'a str,
    /// SHA-256 of everything that was asked for.
    pub(crate) fingerprint: &'a [u8],
    /// What it moves.
    pub(crate) order: OrderRef,
    /// The order's version after the move.
    pub(crate) version: i64,
}

/// What a key that placed an order is answered with.
#[derive(Debug)]
pub(crate) struct PlacedBefore {
    /// SHA-256 of what was asked for then.
    pub(crate) fingerprint: Vec<u8>,
    pub(crate) order_id: Uuid,
    pub(crate) token: String,
    pub(crate) number: i64,
    pub(crate) total_minor: i64,
    pub(crate) currency: String,
}

/// Claims a key for a move, or counts its answer up.
pub(crate) async fn claim(tx: &mut Tx, key: &MoveKey<'_>, now: Timestamp) -> Result<Claim, ServerError> {
    let known = sqlx::query!(
        "INSERT INTO idempotency_keys AS k
             (restaurant_id, scope, key, fingerprint, order_id, version, replays, created_at)
         VALUES ($1, 'move', $2, $3, $4, $5, 0, $6)
         ON CONFLICT (restaurant_id, scope, key) DO UPDATE SET replays = k.replays + 1
         RETURNING k.fingerprint, k.replays",
        key.order.restaurant.uuid(),
        key.key,
        key.fingerprint,
        key.order.order.uuid(),
        key.version,
        instant(now),
    )
    .fetch_one(on(tx))
    .await?;
    Ok(match (known.replays, known.fingerprint == key.fingerprint) {
        (0, _) => Claim::Fresh,
        (_, true) => Claim::Replayed,
        (_, false) => Claim::Reused,
    })
}

/// The order that a key placed, its answer counted up; none when the key placed nothing.
pub(crate) async fn placed_before(
    store: &Store,
    restaurant: app::domain::id::RestaurantId,
    key: &str,
) -> Result<Option<PlacedBefore>, ServerError> {
    let statement = sqlx::query_as!(
        PlacedBefore,
        "UPDATE idempotency_keys k SET replays = k.replays + 1
                 FROM orders o
                 WHERE k.restaurant_id = $1 AND k.scope = 'place' AND k.key = $2
                     AND o.restaurant_id = $1 AND o.order_id = k.order_id
                 RETURNING k.fingerprint, o.order_id, o.token, o.number, o.total_minor, o.currency",
        restaurant.uuid(),
        key,
    );
    store.of(restaurant).write(|db| statement.fetch_optional(db).boxed()).await
}

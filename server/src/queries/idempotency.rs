//! SQL of idempotency keys. A key names one request without expiry, and a replay is itself a durable write, so that a
//! deposed primary cannot confirm it.

use crate::{
    db::{Store, Tx, instant, on},
    error::ServerError,
};
use app::domain::{id::OrderRef, time::Timestamp};
use futures::FutureExt as _;
use uuid::Uuid;

/// Result of a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Claim {
    /// A new key: go on.
    Fresh,
    /// The same request was applied before.
    Replayed,
    /// The key belongs to another request.
    Reused,
}

/// A request for a transition.
#[derive(Debug, Clone, Copy)]
pub(crate) struct MoveKey<'a> {
    /// As the client sent it.
    pub(crate) key: &'a str,
    /// SHA-256 of the request.
    pub(crate) fingerprint: &'a [u8],
    pub(crate) order: OrderRef,
    /// The order's version after the transition.
    pub(crate) version: i64,
}

/// The order that a key placed.
#[derive(Debug)]
pub(crate) struct PlacedBefore {
    /// SHA-256 of its request.
    pub(crate) fingerprint: Vec<u8>,
    pub(crate) order_id: Uuid,
    pub(crate) token: String,
    pub(crate) number: i64,
    pub(crate) total_minor: i64,
    pub(crate) currency: String,
}

/// Claims a key for a transition, or counts a replay.
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

/// The order that a key placed, with the replay counted; none when the key placed nothing.
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

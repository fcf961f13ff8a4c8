//! SQL of slot loads.

use crate::{
    db::{Tx, instant, on},
    error::ServerError,
};
use app::domain::{id::RestaurantId, terms::ServiceMode, time::Timestamp};

/// A slot of a service mode.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Window {
    pub(crate) restaurant: RestaurantId,
    pub(crate) mode: ServiceMode,
    pub(crate) at: Timestamp,
}

pub(crate) async fn release(tx: &mut Tx, window: Window) -> Result<(), ServerError> {
    sqlx::query!(
        "UPDATE slot_loads SET taken = taken - 1
         WHERE restaurant_id = $1 AND mode = $2 AND slot_at = $3 AND taken > 0",
        window.restaurant.uuid(),
        window.mode.code(),
        instant(window.at),
    )
    .execute(on(tx))
    .await?;
    Ok(())
}

/// Takes capacity of a slot again; false when it is full.
pub(crate) async fn reacquire(tx: &mut Tx, window: Window) -> Result<bool, ServerError> {
    let limit = sqlx::query_scalar!(
        "SELECT orders_per_slot FROM service_modes WHERE restaurant_id = $1 AND mode = $2",
        window.restaurant.uuid(),
        window.mode.code(),
    )
    .fetch_optional(on(tx))
    .await?
    .flatten();
    let taken = sqlx::query_scalar!(
        "INSERT INTO slot_loads AS s (restaurant_id, mode, slot_at, taken) VALUES ($1, $2, $3, 1)
         ON CONFLICT (restaurant_id, mode, slot_at) DO UPDATE SET taken = s.taken + 1 WHERE s.taken < $4
         RETURNING s.taken",
        window.restaurant.uuid(),
        window.mode.code(),
        instant(window.at),
        limit.unwrap_or(i32::MAX),
    )
    .fetch_optional(on(tx))
    .await?;
    Ok(taken.is_some())
}

//! SQL of changed terms: modes with their hours, zones, charges, tables, tax numbers.

use crate::{
    db::{Tx, on},
    error::ServerError,
    queries::menus::{ChargeRow, ModeHoursRow, ModeRow, ZoneRow, import::unwritable},
};
use app::domain::id::RestaurantId;
use serde::Serialize;
use serde_json::Value;

/// Replaces all modes with their hours.
pub(crate) async fn replace_modes(
    tx: &mut Tx,
    restaurant: RestaurantId,
    last_order_minutes: i32,
    modes: &[ModeRow],
    hours: &[ModeHoursRow],
) -> Result<(), ServerError> {
    let (id, modes, hours) = (restaurant.uuid(), rows(modes)?, rows(hours)?);
    sqlx::query!("UPDATE restaurants SET last_order_minutes = $2 WHERE restaurant_id = $1", id, last_order_minutes,)
        .execute(on(tx))
        .await?;
    sqlx::query!("DELETE FROM mode_hours WHERE restaurant_id = $1", id).execute(on(tx)).await?;
    sqlx::query!("DELETE FROM service_modes WHERE restaurant_id = $1", id).execute(on(tx)).await?;
    sqlx::query!("INSERT INTO service_modes SELECT * FROM jsonb_populate_recordset(NULL::service_modes, $1)", modes)
        .execute(on(tx))
        .await?;
    sqlx::query!("INSERT INTO mode_hours SELECT * FROM jsonb_populate_recordset(NULL::mode_hours, $1)", hours)
        .execute(on(tx))
        .await?;
    Ok(())
}

/// Replaces all zones.
pub(crate) async fn replace_zones(tx: &mut Tx, restaurant: RestaurantId, zones: &[ZoneRow]) -> Result<(), ServerError> {
    let (id, zones) = (restaurant.uuid(), rows(zones)?);
    sqlx::query!("DELETE FROM delivery_zones WHERE restaurant_id = $1", id).execute(on(tx)).await?;
    sqlx::query!("INSERT INTO delivery_zones SELECT * FROM jsonb_populate_recordset(NULL::delivery_zones, $1)", zones)
        .execute(on(tx))
        .await?;
    Ok(())
}

/// Replaces all charges and the offered tips.
pub(crate) async fn replace_charges(
    tx: &mut Tx,
    restaurant: RestaurantId,
    charges: &[ChargeRow],
    tip_percents: &[i32],
) -> Result<(), ServerError> {
    let (id, charges) = (restaurant.uuid(), rows(charges)?);
    sqlx::query!("UPDATE restaurants SET tip_percents = $2 WHERE restaurant_id = $1", id, tip_percents)
        .execute(on(tx))
        .await?;
    sqlx::query!("DELETE FROM charges WHERE restaurant_id = $1", id).execute(on(tx)).await?;
    sqlx::query!("INSERT INTO charges SELECT * FROM jsonb_populate_recordset(NULL::charges, $1)", charges)
        .execute(on(tx))
        .await?;
    Ok(())
}

/// Sets legal name and tax number.
pub(crate) async fn set_tax(
    tx: &mut Tx,
    restaurant: RestaurantId,
    legal_name: &str,
    tax_number: &str,
) -> Result<(), ServerError> {
    sqlx::query!(
        "UPDATE restaurants SET legal_name = $2, tax_number = $3 WHERE restaurant_id = $1",
        restaurant.uuid(),
        legal_name,
        tax_number,
    )
    .execute(on(tx))
    .await?;
    Ok(())
}

fn rows<T: Serialize>(rows: &[T]) -> Result<Value, ServerError> {
    serde_json::to_value(rows).map_err(unwritable)
}

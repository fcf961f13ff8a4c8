//! SQL of changed terms: modes with their hours, zones, charges, tables, tax.

use crate::{
    db::{Tx, on},
    error::ServerError,
    queries::menus::{ChargeRow, ModeHoursRow, ModeRow, ZoneRow, import::unwritable},
};
use app::domain::{
    id::{ItemId, ModifierId, RestaurantId, SectionId},
    tax::TaxRules,
};
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

/// Sets legal name, tax number and taxes.
pub(crate) async fn set_tax(
    tx: &mut Tx,
    restaurant: RestaurantId,
    legal_name: &str,
    tax_number: &str,
    rules: &TaxRules,
) -> Result<(), ServerError> {
    sqlx::query!(
        "UPDATE restaurants SET legal_name = $2, tax_number = $3, tax = $4 WHERE restaurant_id = $1",
        restaurant.uuid(),
        legal_name,
        tax_number,
        serde_json::to_value(rules).map_err(unwritable)?,
    )
    .execute(on(tx))
    .await?;
    Ok(())
}

/// The taxes as the transaction sees them; none where nothing is taxed.
pub(crate) async fn tax_rules(tx: &mut Tx, restaurant: RestaurantId) -> Result<Option<TaxRules>, ServerError> {
    let id = restaurant.uuid();
    let statement = sqlx::query_scalar!("SELECT tax FROM restaurants WHERE restaurant_id = $1", id);
    let stored = statement.fetch_optional(on(tx)).await?.flatten();
    let unreadable = |error: serde_json::Error| ServerError::Unreadable { what: "taxes", why: error.to_string() };
    stored.map(|stored| serde_json::from_value(stored).map_err(unreadable)).transpose()
}

/// Sets the tax class of an item.
pub(crate) async fn item_tax_class(
    tx: &mut Tx,
    restaurant: RestaurantId,
    item: ItemId,
    class: Option<&str>,
) -> Result<u64, ServerError> {
    let statement = sqlx::query!(
        "UPDATE items SET tax_class = $3 WHERE restaurant_id = $1 AND item_id = $2",
        restaurant.uuid(),
        item.uuid(),
        class,
    );
    Ok(statement.execute(on(tx)).await?.rows_affected())
}

/// Sets the tax class of a section's items.
pub(crate) async fn section_tax_class(
    tx: &mut Tx,
    restaurant: RestaurantId,
    section: SectionId,
    class: Option<&str>,
) -> Result<u64, ServerError> {
    let statement = sqlx::query!(
        "UPDATE sections SET tax_class = $3 WHERE restaurant_id = $1 AND section_id = $2",
        restaurant.uuid(),
        section.uuid(),
        class,
    );
    Ok(statement.execute(on(tx)).await?.rows_affected())
}

/// Sets the tax class of a modifier.
pub(crate) async fn modifier_tax_class(
    tx: &mut Tx,
    restaurant: RestaurantId,
    modifier: ModifierId,
    class: Option<&str>,
) -> Result<u64, ServerError> {
    let statement = sqlx::query!(
        "UPDATE modifiers SET tax_class = $3 WHERE restaurant_id = $1 AND modifier_id = $2",
        restaurant.uuid(),
        modifier.uuid(),
        class,
    );
    Ok(statement.execute(on(tx)).await?.rows_affected())
}

fn rows<T: Serialize>(rows: &[T]) -> Result<Value, ServerError> {
    serde_json::to_value(rows).map_err(unwritable)
}

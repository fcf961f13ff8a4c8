//! SQL of a restaurant's terms, hours and menu, always read and written together.

mod additions;
mod edits;
mod import;
mod record;
mod sparing;
mod terms;

pub(crate) use additions::*;
pub use edits::Naming;
pub(crate) use edits::*;
pub(crate) use import::*;
pub use record::*;
pub(crate) use terms::*;

use crate::{
    db::{ReadFrom, Store, Tx, on},
    error::ServerError,
};
use app::domain::id::RestaurantId;
use futures::{FutureExt as _, future::BoxFuture};
use serde_json::value::RawValue;
use sqlx::{PgConnection, types::Json};

/// All data of a restaurant in one statement, and so of one version; none when it does not exist.
pub(crate) async fn read(
    store: &Store,
    source: ReadFrom,
    restaurant: RestaurantId,
) -> Result<Option<Record>, ServerError> {
    let found = store.of(restaurant).from(source).read(|db| select(db, restaurant)).await?;
    let Some(Json(found)) = found else { return Ok(None) };
    let (record, torn) = sparing::record(found.get())?;
    for (row, why) in &torn {
        store.unreadable().tell(restaurant, *row, why);
    }
    Ok(Some(record))
}

/// The same, as a transaction sees it.
pub(crate) async fn read_in(tx: &mut Tx, restaurant: RestaurantId) -> Result<Option<Record>, ServerError> {
    let Some(Json(found)) = select(on(tx), restaurant).await? else { return Ok(None) };
    Ok(Some(sparing::record(found.get())?.0))
}

fn select(
    db: &mut PgConnection,
    restaurant: RestaurantId,
) -> BoxFuture<'_, Result<Option<Json<Box<RawValue>>>, sqlx::Error>> {
    let statement = sqlx::query_scalar!(
        r#"
        SELECT json_build_object(
            'restaurant', row_to_json(r),
            'hours', (SELECT coalesce(json_agg(t), '[]') FROM (
                SELECT restaurant_id, weekday, opens_minute, closes_minute
                FROM opening_hours WHERE restaurant_id = $1) t),
            'exceptions', (SELECT coalesce(json_agg(t), '[]') FROM (
                SELECT restaurant_id, on_date, position, opens_minute, closes_minute, note
                FROM hours_exceptions WHERE restaurant_id = $1 ORDER BY on_date, position) t),
            'modes', (SELECT coalesce(json_agg(t), '[]') FROM (
                SELECT restaurant_id, mode, lead_minutes, slot_minutes, orders_per_slot, tables, minimum_minor,
                    offered
                FROM service_modes WHERE restaurant_id = $1) t),
            'mode_hours', (SELECT coalesce(json_agg(t), '[]') FROM (
                SELECT restaurant_id, mode, weekday, opens_minute, closes_minute
                FROM mode_hours WHERE restaurant_id = $1 ORDER BY mode, weekday, opens_minute) t),
            'zones', (SELECT coalesce(json_agg(t), '[]') FROM (
                SELECT restaurant_id, position, name, postcodes, fee_minor, minimum_minor, free_from_minor,
                    shape
                FROM delivery_zones WHERE restaurant_id = $1 ORDER BY position) t),
            'charges', (SELECT coalesce(json_agg(t), '[]') FROM (
                SELECT restaurant_id, position, name, modes, fixed_minor, percent, tax_class
                FROM charges WHERE restaurant_id = $1 ORDER BY position) t),
            'sections', (SELECT coalesce(json_agg(t), '[]') FROM (
                SELECT restaurant_id, section_id, position, name, description, tax_class
                FROM sections WHERE restaurant_id = $1 ORDER BY position, section_id) t),
            'section_hours', (SELECT coalesce(json_agg(t), '[]') FROM (
                SELECT restaurant_id, section_id, weekday, opens_minute, closes_minute
                FROM section_hours WHERE restaurant_id = $1) t),
            'items', (SELECT coalesce(json_agg(t), '[]') FROM (
                SELECT restaurant_id, item_id, section_id, position, name, name_en, kitchen_name, description, picture,
                    allergens, may_contain, diets, min_age, kcal, search_text, sold_out_until,
                    tax_class
                FROM items WHERE restaurant_id = $1 ORDER BY position, item_id) t),
            'variants', (SELECT coalesce(json_agg(t), '[]') FROM (
                SELECT restaurant_id, variant_id, item_id, position, size, name, price_minor
                FROM variants WHERE restaurant_id = $1 ORDER BY position, variant_id) t),
            'groups', (SELECT coalesce(json_agg(t), '[]') FROM (
                SELECT restaurant_id, group_id, name, min_picks, max_picks, free_picks
                FROM modifier_groups WHERE restaurant_id = $1 ORDER BY name, group_id) t),
            'modifiers', (SELECT coalesce(json_agg(t), '[]') FROM (
                SELECT restaurant_id, modifier_id, group_id, position, name, price_minor, size_prices, max_picks,
                    preselected, allergens, sold_out_until, tax_class
                FROM modifiers WHERE restaurant_id = $1 ORDER BY position, modifier_id) t),
            'item_groups', (SELECT coalesce(json_agg(t), '[]') FROM (
                SELECT restaurant_id, item_id, group_id, position, min_picks, max_picks, free_picks
                FROM item_groups WHERE restaurant_id = $1 ORDER BY position, group_id) t)
        ) AS "record!: Json<Box<RawValue>>"
        FROM (
            SELECT restaurant_id, slug, name, language, zone, currency, region, cuisines, tagline, description, address,
                phone, latitude, longitude, picture, search_text, last_order_minutes, tip_percents, menu_version,
                paused_until, listing, legal_name, tax_number, contact_email, retention_days, tax
            FROM restaurants WHERE restaurant_id = $1
        ) r
        "#,
        restaurant.uuid(),
    );
    statement.fetch_optional(db).boxed()
}

//! SQL that imports restaurants: one insert per table, for any number of restaurants.

use crate::{
    db::{Tx, on},
    error::ServerError,
    queries::menus::Record,
};
use app::domain::id::RestaurantId;
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

/// Inserts restaurants.
pub(crate) async fn insert(tx: &mut Tx, records: &[Record]) -> Result<(), ServerError> {
    insert_restaurants(tx, &rows(records, |record| std::slice::from_ref(&record.restaurant))?).await?;
    insert_terms(tx, records).await?;
    insert_items(tx, records).await?;
    insert_groups(tx, records).await
}

/// Replaces a restaurant's terms, hours and menu; increments its version.
pub(crate) async fn replace(tx: &mut Tx, record: &Record) -> Result<(), ServerError> {
    let records = std::slice::from_ref(record);
    clear(tx, RestaurantId::from_uuid(record.restaurant.restaurant_id)).await?;
    rewrite_restaurant(tx, record).await?;
    insert_terms(tx, records).await?;
    insert_items(tx, records).await?;
    insert_groups(tx, records).await
}

/// The existing ones of these restaurants.
pub(crate) async fn existing(tx: &mut Tx, restaurants: &[Uuid]) -> Result<Vec<Uuid>, ServerError> {
    let statement =
        sqlx::query_scalar!("SELECT restaurant_id FROM restaurants WHERE restaurant_id = ANY($1)", restaurants);
    Ok(statement.fetch_all(on(tx)).await?)
}

async fn rewrite_restaurant(tx: &mut Tx, record: &Record) -> Result<(), ServerError> {
    let row = serde_json::to_value(&record.restaurant).map_err(unwritable)?;
    // A recordset: Citus evaluates a single record on the coordinator, and then does not know its columns.
    sqlx::query!(
        "UPDATE restaurants SET name = row.name, language = row.language, zone = row.zone, currency = row.currency,
            region = row.region, cuisines = row.cuisines, tagline = row.tagline, description = row.description,
            address = row.address, phone = row.phone, latitude = row.latitude, longitude = row.longitude,
            picture = row.picture, search_text = row.search_text, last_order_minutes = row.last_order_minutes,
            tip_percents = row.tip_percents, paused_until = NULL, menu_version = restaurants.menu_version + 1
         FROM jsonb_to_recordset(jsonb_build_array($2::jsonb)) AS row(name text, language text, zone text,
            currency char(3), region text, cuisines text[], tagline text, description text, address text, phone text,
            latitude double precision, longitude double precision, picture text, search_text text,
            last_order_minutes integer, tip_percents integer[])
         WHERE restaurants.restaurant_id = $1",
        record.restaurant.restaurant_id,
        row,
    )
    .execute(on(tx))
    .await?;
    Ok(())
}

/// Children before parents, because of the foreign keys.
async fn clear(tx: &mut Tx, restaurant: RestaurantId) -> Result<(), ServerError> {
    let id = restaurant.uuid();
    sqlx::query!("DELETE FROM item_groups WHERE restaurant_id = $1", id).execute(on(tx)).await?;
    sqlx::query!("DELETE FROM modifiers WHERE restaurant_id = $1", id).execute(on(tx)).await?;
    sqlx::query!("DELETE FROM modifier_groups WHERE restaurant_id = $1", id).execute(on(tx)).await?;
    sqlx::query!("DELETE FROM variants WHERE restaurant_id = $1", id).execute(on(tx)).await?;
    sqlx::query!("DELETE FROM items WHERE restaurant_id = $1", id).execute(on(tx)).await?;
    sqlx::query!("DELETE FROM section_hours WHERE restaurant_id = $1", id).execute(on(tx)).await?;
    sqlx::query!("DELETE FROM sections WHERE restaurant_id = $1", id).execute(on(tx)).await?;
    sqlx::query!("DELETE FROM charges WHERE restaurant_id = $1", id).execute(on(tx)).await?;
    sqlx::query!("DELETE FROM delivery_zones WHERE restaurant_id = $1", id).execute(on(tx)).await?;
    sqlx::query!("DELETE FROM service_modes WHERE restaurant_id = $1", id).execute(on(tx)).await?;
    sqlx::query!("DELETE FROM hours_exceptions WHERE restaurant_id = $1", id).execute(on(tx)).await?;
    sqlx::query!("DELETE FROM opening_hours WHERE restaurant_id = $1", id).execute(on(tx)).await?;
    Ok(())
}

async fn insert_restaurants(tx: &mut Tx, rows: &Value) -> Result<(), ServerError> {
    sqlx::query!(
        "INSERT INTO restaurants (restaurant_id, slug, name, language, zone, currency, region, cuisines, tagline,
            description, address, phone, latitude, longitude, picture, search_text, last_order_minutes, tip_percents,
            menu_version, paused_until)
         SELECT restaurant_id, slug, name, language, zone, currency, region, cuisines, tagline, description, address,
            phone, latitude, longitude, picture, search_text, last_order_minutes, tip_percents, menu_version,
            paused_until
         FROM jsonb_to_recordset($1) AS row(restaurant_id uuid, slug text, name text, language text, zone text,
            currency char(3), region text, cuisines text[], tagline text, description text, address text, phone text,
            latitude double precision, longitude double precision, picture text, search_text text, last_order_minutes
            integer, tip_percents integer[], menu_version bigint, paused_until timestamptz)",
        rows,
    )
    .execute(on(tx))
    .await?;
    sqlx::query!(
        "INSERT INTO order_counters (restaurant_id, last_number, last_seq)
         SELECT restaurant_id, 0, 0 FROM jsonb_to_recordset($1) AS row(restaurant_id uuid)
         ON CONFLICT (restaurant_id) DO NOTHING",
        rows,
    )
    .execute(on(tx))
    .await?;
    Ok(())
}

async fn insert_terms(tx: &mut Tx, records: &[Record]) -> Result<(), ServerError> {
    sqlx::query!(
        "INSERT INTO opening_hours (restaurant_id, weekday, opens_minute, closes_minute)
         SELECT restaurant_id, weekday, opens_minute, closes_minute
         FROM jsonb_to_recordset($1) AS row(restaurant_id uuid, weekday smallint, opens_minute smallint,
            closes_minute smallint)",
        rows(records, |record| &record.hours)?,
    )
    .execute(on(tx))
    .await?;
    sqlx::query!(
        "INSERT INTO hours_exceptions (restaurant_id, on_date, position, opens_minute, closes_minute, note)
         SELECT restaurant_id, on_date, position, opens_minute, closes_minute, note
         FROM jsonb_to_recordset($1) AS row(restaurant_id uuid, on_date date, position smallint, opens_minute
            smallint, closes_minute smallint, note text)",
        rows(records, |record| &record.exceptions)?,
    )
    .execute(on(tx))
    .await?;
    sqlx::query!(
        "INSERT INTO service_modes (restaurant_id, mode, lead_minutes, slot_minutes, orders_per_slot, tables)
         SELECT restaurant_id, mode, lead_minutes, slot_minutes, orders_per_slot, tables
         FROM jsonb_to_recordset($1) AS row(restaurant_id uuid, mode text, lead_minutes integer, slot_minutes
            integer, orders_per_slot integer, tables text[])",
        rows(records, |record| &record.modes)?,
    )
    .execute(on(tx))
    .await?;
    sqlx::query!(
        "INSERT INTO delivery_zones (restaurant_id, position, name, postcodes, fee_minor, minimum_minor,
            free_from_minor)
         SELECT restaurant_id, position, name, postcodes, fee_minor, minimum_minor, free_from_minor
         FROM jsonb_to_recordset($1) AS row(restaurant_id uuid, position smallint, name text, postcodes text[],
            fee_minor bigint, minimum_minor bigint, free_from_minor bigint)",
        rows(records, |record| &record.zones)?,
    )
    .execute(on(tx))
    .await?;
    sqlx::query!(
        "INSERT INTO charges (restaurant_id, position, name, modes, fixed_minor, percent)
         SELECT restaurant_id, position, name, modes, fixed_minor, percent
         FROM jsonb_to_recordset($1) AS row(restaurant_id uuid, position smallint, name text, modes text[],
            fixed_minor bigint, percent integer)",
        rows(records, |record| &record.charges)?,
    )
    .execute(on(tx))
    .await?;
    Ok(())
}

async fn insert_items(tx: &mut Tx, records: &[Record]) -> Result<(), ServerError> {
    sqlx::query!(
        "INSERT INTO sections (restaurant_id, section_id, position, name, description)
         SELECT restaurant_id, section_id, position, name, description
         FROM jsonb_to_recordset($1) AS row(restaurant_id uuid, section_id uuid, position integer, name text,
            description text)",
        rows(records, |record| &record.sections)?,
    )
    .execute(on(tx))
    .await?;
    sqlx::query!(
        "INSERT INTO section_hours (restaurant_id, section_id, weekday, opens_minute, closes_minute)
         SELECT restaurant_id, section_id, weekday, opens_minute, closes_minute
         FROM jsonb_to_recordset($1) AS row(restaurant_id uuid, section_id uuid, weekday smallint, opens_minute
            smallint, closes_minute smallint)",
        rows(records, |record| &record.section_hours)?,
    )
    .execute(on(tx))
    .await?;
    sqlx::query!(
        "INSERT INTO items (restaurant_id, item_id, section_id, position, name, name_en, kitchen_name, description,
            picture, allergens, may_contain, diets, min_age, kcal, search_text, sold_out_until)
         SELECT restaurant_id, item_id, section_id, position, name, name_en, kitchen_name, description, picture,
            allergens, may_contain, diets, min_age, kcal, search_text, sold_out_until
         FROM jsonb_to_recordset($1) AS row(restaurant_id uuid, item_id uuid, section_id uuid, position integer, name
            text, name_en text, kitchen_name text, description text, picture text, allergens text[], may_contain text[],
            diets text[], min_age smallint, kcal integer, search_text text, sold_out_until timestamptz)",
        rows(records, |record| &record.items)?,
    )
    .execute(on(tx))
    .await?;
    sqlx::query!(
        "INSERT INTO variants (restaurant_id, variant_id, item_id, position, size, name, price_minor)
         SELECT restaurant_id, variant_id, item_id, position, size, name, price_minor
         FROM jsonb_to_recordset($1) AS row(restaurant_id uuid, variant_id uuid, item_id uuid, position integer, size
            text, name text, price_minor bigint)",
        rows(records, |record| &record.variants)?,
    )
    .execute(on(tx))
    .await?;
    Ok(())
}

async fn insert_groups(tx: &mut Tx, records: &[Record]) -> Result<(), ServerError> {
    sqlx::query!(
        "INSERT INTO modifier_groups (restaurant_id, group_id, name, min_picks, max_picks, free_picks)
         SELECT restaurant_id, group_id, name, min_picks, max_picks, free_picks
         FROM jsonb_to_recordset($1) AS row(restaurant_id uuid, group_id uuid, name text, min_picks integer,
            max_picks integer, free_picks integer)",
        rows(records, |record| &record.groups)?,
    )
    .execute(on(tx))
    .await?;
    sqlx::query!(
        "INSERT INTO modifiers (restaurant_id, modifier_id, group_id, position, name, price_minor, size_prices,
            max_picks, preselected, allergens, sold_out_until)
         SELECT restaurant_id, modifier_id, group_id, position, name, price_minor, size_prices, max_picks,
            preselected, allergens, sold_out_until
         FROM jsonb_to_recordset($1) AS row(restaurant_id uuid, modifier_id uuid, group_id uuid, position integer,
            name text, price_minor bigint, size_prices jsonb, max_picks integer, preselected boolean, allergens text[],
            sold_out_until timestamptz)",
        rows(records, |record| &record.modifiers)?,
    )
    .execute(on(tx))
    .await?;
    sqlx::query!(
        "INSERT INTO item_groups (restaurant_id, item_id, group_id, position, min_picks, max_picks, free_picks)
         SELECT restaurant_id, item_id, group_id, position, min_picks, max_picks, free_picks
         FROM jsonb_to_recordset($1) AS row(restaurant_id uuid, item_id uuid, group_id uuid, position integer,
            min_picks integer, max_picks integer, free_picks integer)",
        rows(records, |record| &record.item_groups)?,
    )
    .execute(on(tx))
    .await?;
    Ok(())
}

/// The rows of one table over all records, as one JSON list.
fn rows<'a, T: Serialize + 'a>(
    records: &'a [Record],
    of: impl Fn(&'a Record) -> &'a [T],
) -> Result<Value, ServerError> {
    let rows = records.iter().flat_map(of).map(serde_json::to_value).collect::<Result<Vec<_>, _>>();
    rows.map(Value::Array).map_err(unwritable)
}

fn unwritable(error: serde_json::Error) -> ServerError {
    ServerError::Broken(format!("a row cannot be written: {error}"))
}

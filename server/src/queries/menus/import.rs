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

pub(crate) async fn insert(tx: &mut Tx, records: &[Record]) -> Result<(), ServerError> {
    insert_restaurants(tx, &rows(records, |record| std::slice::from_ref(&record.restaurant))?).await?;
    insert_parts(tx, records).await
}

/// Replaces a restaurant's terms, hours and menu; increments its version.
pub(crate) async fn replace(tx: &mut Tx, record: &Record) -> Result<(), ServerError> {
    let records = std::slice::from_ref(record);
    clear(tx, RestaurantId::from_uuid(record.restaurant.restaurant_id)).await?;
    rewrite_restaurant(tx, record).await?;
    insert_parts(tx, records).await
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
            tip_percents = row.tip_percents, tax = row.tax, paused_until = NULL,
            menu_version = restaurants.menu_version + 1
         FROM jsonb_to_recordset(jsonb_build_array($2::jsonb)) AS row(name text, language text, zone text,
            currency char(3), region text, cuisines text[], tagline text, description text, address text, phone text,
            latitude double precision, longitude double precision, picture text, search_text text,
            last_order_minutes integer, tip_percents integer[], tax jsonb)
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
    sqlx::query!("DELETE FROM mode_hours WHERE restaurant_id = $1", id).execute(on(tx)).await?;
    sqlx::query!("DELETE FROM service_modes WHERE restaurant_id = $1", id).execute(on(tx)).await?;
    sqlx::query!("DELETE FROM hours_exceptions WHERE restaurant_id = $1", id).execute(on(tx)).await?;
    sqlx::query!("DELETE FROM opening_hours WHERE restaurant_id = $1", id).execute(on(tx)).await?;
    Ok(())
}

async fn insert_restaurants(tx: &mut Tx, rows: &Value) -> Result<(), ServerError> {
    sqlx::query!("INSERT INTO restaurants SELECT * FROM jsonb_populate_recordset(NULL::restaurants, $1)", rows)
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

/// Inserts the rows of fields of [`Record`]. The fields of a row have the names of its table's columns.
macro_rules! insert {
    ($tx:ident, $records:ident { $($rows:ident: $statement:literal),+ $(,)? }) => {
        $(sqlx::query!($statement, rows($records, |record| &record.$rows)?).execute(on($tx)).await?;)+
    };
}

/// Parents before children, because of the foreign keys.
async fn insert_parts(tx: &mut Tx, records: &[Record]) -> Result<(), ServerError> {
    insert!(
        tx,
        records {
            hours: "INSERT INTO opening_hours SELECT * FROM jsonb_populate_recordset(NULL::opening_hours, $1)",
            exceptions: "INSERT INTO hours_exceptions SELECT * FROM jsonb_populate_recordset(NULL::hours_exceptions, $1)",
            mode_hours: "INSERT INTO mode_hours SELECT * FROM jsonb_populate_recordset(NULL::mode_hours, $1)",
            modes: "INSERT INTO service_modes SELECT * FROM jsonb_populate_recordset(NULL::service_modes, $1)",
            zones: "INSERT INTO delivery_zones SELECT * FROM jsonb_populate_recordset(NULL::delivery_zones, $1)",
            charges: "INSERT INTO charges SELECT * FROM jsonb_populate_recordset(NULL::charges, $1)",
            sections: "INSERT INTO sections SELECT * FROM jsonb_populate_recordset(NULL::sections, $1)",
            section_hours: "INSERT INTO section_hours SELECT * FROM jsonb_populate_recordset(NULL::section_hours, $1)",
            items: "INSERT INTO items SELECT * FROM jsonb_populate_recordset(NULL::items, $1)",
            variants: "INSERT INTO variants SELECT * FROM jsonb_populate_recordset(NULL::variants, $1)",
            groups: "INSERT INTO modifier_groups SELECT * FROM jsonb_populate_recordset(NULL::modifier_groups, $1)",
            modifiers: "INSERT INTO modifiers SELECT * FROM jsonb_populate_recordset(NULL::modifiers, $1)",
            item_groups: "INSERT INTO item_groups SELECT * FROM jsonb_populate_recordset(NULL::item_groups, $1)",
        }
    );
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

pub(super) fn unwritable(error: serde_json::Error) -> ServerError {
    ServerError::Broken(format!("a row cannot be written: {error}"))
}

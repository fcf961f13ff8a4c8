//! SQL of the settings of a restaurant's name, place, contact, language and money, and of its opening hours.

use crate::{
    db::{Store, Tx, on},
    error::ServerError,
    queries::menus::{ExceptionRow, HoursRow, RestaurantRow},
};
use app::domain::id::RestaurantId;
use futures::{FutureExt as _, TryFutureExt as _};

/// Stores the profile of a row.
pub(crate) async fn update(tx: &mut Tx, row: &RestaurantRow) -> Result<(), ServerError> {
    let statement = sqlx::query!(
        "UPDATE restaurants SET slug = $2, name = $3, language = $4, zone = $5, currency = $6, cuisines = $7,
            tagline = $8, description = $9, address = $10, phone = $11, latitude = $12, longitude = $13,
            search_text = $14, contact_email = $15
         WHERE restaurant_id = $1",
        row.restaurant_id,
        row.slug,
        row.name,
        row.language,
        row.zone,
        row.currency,
        &row.cuisines,
        row.tagline,
        row.description,
        row.address,
        row.phone,
        row.latitude,
        row.longitude,
        row.search_text,
        row.contact_email,
    );
    statement.execute(on(tx)).await?;
    Ok(())
}

/// Whether a restaurant has an order, as a transaction sees it.
pub(crate) async fn has_orders_in(tx: &mut Tx, restaurant: RestaurantId) -> Result<bool, ServerError> {
    let statement =
        sqlx::query_scalar!("SELECT 1 AS found FROM orders WHERE restaurant_id = $1 LIMIT 1", restaurant.uuid());
    Ok(statement.fetch_optional(on(tx)).await?.is_some())
}

/// Whether a restaurant has an order.
pub(crate) async fn has_orders(store: &Store, restaurant: RestaurantId) -> Result<bool, ServerError> {
    let statement =
        sqlx::query_scalar!("SELECT 1 AS found FROM orders WHERE restaurant_id = $1 LIMIT 1", restaurant.uuid());
    let found = store.of(restaurant).read(|db| statement.fetch_optional(db).boxed()).await?;
    Ok(found.is_some())
}

/// Copies name and slug to the memberships of the whole team.
pub(crate) async fn rename_memberships(
    store: &Store,
    restaurant: RestaurantId,
    slug: &str,
    name: &str,
) -> Result<(), ServerError> {
    let statement = sqlx::query!(
        "UPDATE staff_memberships SET slug = $2, restaurant_name = $3
         WHERE restaurant_id = $1 AND (slug <> $2 OR restaurant_name <> $3)",
        restaurant.uuid(),
        slug,
        name,
    );
    store.everywhere().write(|db| statement.execute(db).map_ok(drop).boxed()).await
}

/// Replaces the opening hours and the dates that differ.
pub(crate) async fn replace_hours(
    tx: &mut Tx,
    restaurant: RestaurantId,
    hours: &[HoursRow],
    dates: &[ExceptionRow],
) -> Result<(), ServerError> {
    let id = restaurant.uuid();
    sqlx::query!("DELETE FROM opening_hours WHERE restaurant_id = $1", id).execute(on(tx)).await?;
    sqlx::query!("DELETE FROM hours_exceptions WHERE restaurant_id = $1", id).execute(on(tx)).await?;
    // Row by row: a cluster sends an insert of many rows through its coordinator.
    for row in hours {
        let statement = sqlx::query!(
            "INSERT INTO opening_hours (restaurant_id, weekday, opens_minute, closes_minute) VALUES ($1, $2, $3, $4)",
            id,
            row.weekday,
            minute(row.opens_minute),
            minute(row.closes_minute),
        );
        statement.execute(on(tx)).await?;
    }
    for row in dates {
        let statement = sqlx::query!(
            "INSERT INTO hours_exceptions (restaurant_id, on_date, position, opens_minute, closes_minute, note)
             VALUES ($1, $2::text::date, $3, $4, $5, $6)",
            id,
            row.on_date,
            row.position,
            row.opens_minute.map(minute),
            row.closes_minute.map(minute),
            row.note,
        );
        statement.execute(on(tx)).await?;
    }
    Ok(())
}

/// Two days at most, so that it always fits.
fn minute(minute: u16) -> i16 {
    i16::try_from(minute).unwrap_or(i16::MAX)
}

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
    let [hours, dates] = [serde_json::to_value(hours), serde_json::to_value(dates)];
    let broken = |error: serde_json::Error| ServerError::Broken(format!("hours cannot be written: {error}"));
    sqlx::query!("DELETE FROM opening_hours WHERE restaurant_id = $1", id).execute(on(tx)).await?;
    sqlx::query!("DELETE FROM hours_exceptions WHERE restaurant_id = $1", id).execute(on(tx)).await?;
    sqlx::query!(
        "INSERT INTO opening_hours SELECT * FROM jsonb_populate_recordset(NULL::opening_hours, $1)",
        hours.map_err(broken)?,
    )
    .execute(on(tx))
    .await?;
    sqlx::query!(
        "INSERT INTO hours_exceptions SELECT * FROM jsonb_populate_recordset(NULL::hours_exceptions, $1)",
        dates.map_err(broken)?,
    )
    .execute(on(tx))
    .await?;
    Ok(())
}

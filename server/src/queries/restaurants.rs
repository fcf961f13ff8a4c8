//! SQL of slugs and versions.

use crate::{
    db::{DistributionKey, ReadFrom, Store, Tx, instant, on, timestamp},
    error::ServerError,
};
use app::domain::{id::RestaurantId, listing::ListingStatus, time::Timestamp};
use futures::{FutureExt as _, TryFutureExt as _};

/// The values that decide whether a cached restaurant is current.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    pub menu_version: i64,
    pub paused_until: Option<Timestamp>,
}

/// The restaurant of a slug.
pub(crate) async fn named(store: &Store, source: ReadFrom, slug: &str) -> Result<Option<RestaurantId>, ServerError> {
    let statement = sqlx::query_scalar!("SELECT restaurant_id FROM slugs WHERE slug = $1", slug);
    let id = store.of(DistributionKey::Slug(slug)).from(source).read(|db| statement.fetch_optional(db).boxed()).await?;
    Ok(id.map(RestaurantId::from_uuid))
}

/// The current version of a restaurant; none when it does not exist.
pub(crate) async fn head(
    store: &Store,
    source: ReadFrom,
    restaurant: RestaurantId,
) -> Result<Option<Head>, ServerError> {
    let statement =
        sqlx::query!("SELECT menu_version, paused_until FROM restaurants WHERE restaurant_id = $1", restaurant.uuid(),);
    let row = store.of(restaurant).from(source).read(|db| statement.fetch_optional(db).boxed()).await?;
    Ok(row.map(|row| Head { menu_version: row.menu_version, paused_until: row.paused_until.map(timestamp) }))
}

/// Reserves a slug, and returns whose it is.
pub(crate) async fn reserve(store: &Store, slug: &str, restaurant: RestaurantId) -> Result<RestaurantId, ServerError> {
    let insert = sqlx::query!(
        "INSERT INTO slugs (slug, restaurant_id) VALUES ($1, $2) ON CONFLICT (slug) DO NOTHING",
        slug,
        restaurant.uuid(),
    );
    store.of(DistributionKey::Slug(slug)).write(|db| insert.execute(db).map_ok(drop).boxed()).await?;
    Ok(named(store, ReadFrom::Leader, slug).await?.unwrap_or(restaurant))
}

/// Notes that a restaurant has a slug from now on.
pub(crate) async fn note_slug(
    store: &Store,
    restaurant: RestaurantId,
    slug: &str,
    now: Timestamp,
) -> Result<(), ServerError> {
    let statement = sqlx::query!(
        "INSERT INTO reserved_slugs (restaurant_id, slug, reserved_at) VALUES ($1, $2, $3)
         ON CONFLICT (restaurant_id, slug) DO UPDATE SET reserved_at = excluded.reserved_at",
        restaurant.uuid(),
        slug,
        instant(now),
    );
    store.of(restaurant).write(|db| statement.execute(db).map_ok(drop).boxed()).await
}

/// The slugs that a restaurant has reserved, the latest first.
pub(crate) async fn noted_slugs(store: &Store, restaurant: RestaurantId) -> Result<Vec<String>, ServerError> {
    let statement = sqlx::query_scalar!(
        "SELECT slug FROM reserved_slugs WHERE restaurant_id = $1 ORDER BY reserved_at DESC, slug",
        restaurant.uuid(),
    );
    store.of(restaurant).read(|db| statement.fetch_all(db).boxed()).await
}

/// Frees a slug of a restaurant, so that another one can have it.
pub(crate) async fn free_slug(store: &Store, restaurant: RestaurantId, slug: &str) -> Result<(), ServerError> {
    let freed = sqlx::query!("DELETE FROM slugs WHERE slug = $1 AND restaurant_id = $2", slug, restaurant.uuid());
    store.of(DistributionKey::Slug(slug)).write(|db| freed.execute(db).map_ok(drop).boxed()).await?;
    let note =
        sqlx::query!("DELETE FROM reserved_slugs WHERE restaurant_id = $1 AND slug = $2", restaurant.uuid(), slug,);
    store.of(restaurant).write(|db| note.execute(db).map_ok(drop).boxed()).await
}

/// Stores who sees a restaurant.
pub(crate) async fn list(tx: &mut Tx, restaurant: RestaurantId, status: ListingStatus) -> Result<(), ServerError> {
    sqlx::query!("UPDATE restaurants SET listing = $2 WHERE restaurant_id = $1", restaurant.uuid(), status.code())
        .execute(on(tx))
        .await?;
    Ok(())
}

/// The names that a receipt must bear.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LegalNames {
    pub(crate) legal_name: String,
    pub(crate) tax_number: String,
}

pub(crate) async fn legal_names(store: &Store, restaurant: RestaurantId) -> Result<Option<LegalNames>, ServerError> {
    let statement = sqlx::query_as!(
        LegalNames,
        "SELECT legal_name, tax_number FROM restaurants WHERE restaurant_id = $1",
        restaurant.uuid(),
    );
    store.of(restaurant).read(|db| statement.fetch_optional(db).boxed()).await
}

/// Stores slugs of restaurants; returns those that belong to another restaurant.
pub(crate) async fn name(store: &Store, slugs: &[(String, RestaurantId)]) -> Result<Vec<String>, ServerError> {
    let names: Vec<String> = slugs.iter().map(|(slug, _)| slug.clone()).collect();
    let ids: Vec<_> = slugs.iter().map(|(_, id)| id.uuid()).collect();
    let insert = sqlx::query!(
        "INSERT INTO slugs (slug, restaurant_id) SELECT * FROM unnest($1::text[], $2::uuid[])
         ON CONFLICT (slug) DO NOTHING",
        &names,
        &ids,
    );
    store.everywhere().write(|db| insert.execute(db).boxed()).await?;
    let taken = sqlx::query!("SELECT slug, restaurant_id FROM slugs WHERE slug = ANY($1)", &names,);
    let rows = store.everywhere().write(|db| taken.fetch_all(db).boxed()).await?;
    let others = rows.into_iter().filter(|row| !ids.contains(&row.restaurant_id));
    Ok(others.map(|row| row.slug).collect())
}

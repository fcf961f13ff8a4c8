//! SQL of items that staff add to a menu or delete from it.

use crate::{
    db::{Tx, on},
    error::ServerError,
};
use app::domain::id::{ItemId, RestaurantId, SectionId};
use uuid::Uuid;

/// A new item with one size.
#[derive(Debug)]
pub(crate) struct NewItem<'a> {
    pub(crate) item: ItemId,
    pub(crate) variant: Uuid,
    pub(crate) section: SectionId,
    pub(crate) name: &'a str,
    pub(crate) search_text: &'a str,
    pub(crate) price_minor: i64,
}

/// The name of a section; none when it does not exist.
pub(crate) async fn section_name(
    tx: &mut Tx,
    restaurant: RestaurantId,
    section: SectionId,
) -> Result<Option<String>, ServerError> {
    let statement = sqlx::query_scalar!(
        "SELECT name FROM sections WHERE restaurant_id = $1 AND section_id = $2",
        restaurant.uuid(),
        section.uuid(),
    );
    Ok(statement.fetch_optional(on(tx)).await?)
}

/// Adds a section at the end, once.
pub(crate) async fn add_section(
    tx: &mut Tx,
    restaurant: RestaurantId,
    section: SectionId,
    name: &str,
) -> Result<(), ServerError> {
    let last = sqlx::query_scalar!("SELECT max(position) FROM sections WHERE restaurant_id = $1", restaurant.uuid());
    let position = last.fetch_one(on(tx)).await?.unwrap_or_default() + 1;
    let statement = sqlx::query!(
        "INSERT INTO sections (restaurant_id, section_id, position, name, description) VALUES ($1, $2, $3, $4, '')
         ON CONFLICT (restaurant_id, section_id) DO NOTHING",
        restaurant.uuid(),
        section.uuid(),
        position,
        name,
    );
    statement.execute(on(tx)).await?;
    Ok(())
}

/// Adds an item at the end of its section, once.
pub(crate) async fn add_item(tx: &mut Tx, restaurant: RestaurantId, new: &NewItem<'_>) -> Result<(), ServerError> {
    let last = sqlx::query_scalar!(
        "SELECT max(position) FROM items WHERE restaurant_id = $1 AND section_id = $2",
        restaurant.uuid(),
        new.section.uuid(),
    );
    let position = last.fetch_one(on(tx)).await?.unwrap_or_default() + 1;
    let item = sqlx::query!(
        "INSERT INTO items (restaurant_id, item_id, section_id, position, name, kitchen_name, description, allergens,
            may_contain, diets, search_text)
         VALUES ($1, $2, $3, $4, $5, '', '', '{}', '{}', '{}', $6)
         ON CONFLICT (restaurant_id, item_id) DO NOTHING",
        restaurant.uuid(),
        new.item.uuid(),
        new.section.uuid(),
        position,
        new.name,
        new.search_text,
    );
    item.execute(on(tx)).await?;
    let variant = sqlx::query!(
        "INSERT INTO variants (restaurant_id, variant_id, item_id, position, size, name, price_minor)
         VALUES ($1, $2, $3, 1, '', '', $4)
         ON CONFLICT (restaurant_id, variant_id) DO NOTHING",
        restaurant.uuid(),
        new.variant,
        new.item.uuid(),
        new.price_minor,
    );
    variant.execute(on(tx)).await?;
    Ok(())
}

/// Deletes an item, and its section when it was the last one; returns the number of items.
pub(crate) async fn delete_item(tx: &mut Tx, restaurant: RestaurantId, item: ItemId) -> Result<u64, ServerError> {
    let (id, item) = (restaurant.uuid(), item.uuid());
    let deleted = sqlx::query_scalar!(
        "DELETE FROM items WHERE restaurant_id = $1 AND item_id = $2 RETURNING section_id",
        id,
        item,
    );
    let Some(section) = deleted.fetch_optional(on(tx)).await? else { return Ok(0) };
    let left = sqlx::query_scalar!(
        "SELECT 1 AS found FROM items WHERE restaurant_id = $1 AND section_id = $2 LIMIT 1",
        id,
        section,
    );
    if left.fetch_optional(on(tx)).await?.is_none() {
        sqlx::query!("DELETE FROM sections WHERE restaurant_id = $1 AND section_id = $2", id, section)
            .execute(on(tx))
            .await?;
    }
    Ok(1)
}

//! SQL of menu edits by staff; each returns the number of rows it changed.

use crate::{
    db::{Tx, instant, on},
    error::ServerError,
    queries::menus::Until,
};
use app::domain::{
    id::{ItemId, ModifierId, RestaurantId, SectionId, VariantId},
    time::Timestamp,
};
use sqlx::types::time::OffsetDateTime;
use uuid::Uuid;

/// The texts that an item is found by.
#[derive(Debug, Clone)]
pub struct Naming {
    pub item: ItemId,
    pub name: String,
    /// The name in English.
    pub name_en: Option<String>,
    pub description: String,
    pub section: String,
}

/// Increments the version; the row lock serialises the edits of a menu.
pub(crate) async fn bump(tx: &mut Tx, restaurant: RestaurantId) -> Result<Option<i64>, ServerError> {
    let statement = sqlx::query_scalar!(
        "UPDATE restaurants SET menu_version = menu_version + 1 WHERE restaurant_id = $1 RETURNING menu_version",
        restaurant.uuid(),
    );
    Ok(statement.fetch_optional(on(tx)).await?)
}

pub(crate) async fn pause(tx: &mut Tx, restaurant: RestaurantId, until: Option<Timestamp>) -> Result<u64, ServerError> {
    let statement = sqlx::query!(
        "UPDATE restaurants SET paused_until = $2 WHERE restaurant_id = $1",
        restaurant.uuid(),
        until.map(instant),
    );
    Ok(statement.execute(on(tx)).await?.rows_affected())
}

/// The texts of one item, or of all items of a section.
pub(crate) async fn naming(
    tx: &mut Tx,
    restaurant: RestaurantId,
    item: Option<ItemId>,
    section: Option<SectionId>,
) -> Result<Vec<Naming>, ServerError> {
    let statement = sqlx::query!(
        r#"
        SELECT i.item_id, i.name, i.name_en, i.description, s.name AS "section!"
        FROM items i
        JOIN sections s ON s.restaurant_id = i.restaurant_id AND s.section_id = i.section_id
        WHERE i.restaurant_id = $1 AND (i.item_id = $2 OR i.section_id = $3)
        "#,
        restaurant.uuid(),
        item.map(ItemId::uuid),
        section.map(SectionId::uuid),
    );
    let rows = statement.fetch_all(on(tx)).await?;
    let naming = rows.into_iter().map(|row| Naming {
        item: ItemId::from_uuid(row.item_id),
        name: row.name,
        name_en: row.name_en,
        description: row.description,
        section: row.section,
    });
    Ok(naming.collect())
}

/// Stores names and descriptions of items with their search texts.
pub(crate) async fn rename_items(
    tx: &mut Tx,
    restaurant: RestaurantId,
    items: &[(Naming, String)],
) -> Result<u64, ServerError> {
    let ids: Vec<Uuid> = items.iter().map(|(naming, _)| naming.item.uuid()).collect();
    let names: Vec<String> = items.iter().map(|(naming, _)| naming.name.clone()).collect();
    let descriptions: Vec<String> = items.iter().map(|(naming, _)| naming.description.clone()).collect();
    let texts: Vec<String> = items.iter().map(|(_, text)| text.clone()).collect();
    let statement = sqlx::query!(
        "UPDATE items SET name = row.name, description = row.description, search_text = row.search_text
         FROM unnest($2::uuid[], $3::text[], $4::text[], $5::text[]) AS row(item_id, name, description, search_text)
         WHERE items.restaurant_id = $1 AND items.item_id = row.item_id",
        restaurant.uuid(),
        &ids,
        &names,
        &descriptions,
        &texts,
    );
    Ok(statement.execute(on(tx)).await?.rows_affected())
}

pub(crate) async fn rename_section(
    tx: &mut Tx,
    restaurant: RestaurantId,
    section: SectionId,
    name: &str,
) -> Result<u64, ServerError> {
    let statement = sqlx::query!(
        "UPDATE sections SET name = $3 WHERE restaurant_id = $1 AND section_id = $2",
        restaurant.uuid(),
        section.uuid(),
        name,
    );
    Ok(statement.execute(on(tx)).await?.rows_affected())
}

/// Sets the price of a variant.
pub(crate) async fn price(
    tx: &mut Tx,
    restaurant: RestaurantId,
    variant: VariantId,
    minor: i64,
) -> Result<u64, ServerError> {
    let statement = sqlx::query!(
        "UPDATE variants SET price_minor = $3 WHERE restaurant_id = $1 AND variant_id = $2",
        restaurant.uuid(),
        variant.uuid(),
        minor,
    );
    Ok(statement.execute(on(tx)).await?.rows_affected())
}

/// Sets the price of a modifier for variants without their own price.
pub(crate) async fn modifier_price(
    tx: &mut Tx,
    restaurant: RestaurantId,
    modifier: ModifierId,
    minor: i64,
) -> Result<u64, ServerError> {
    let statement = sqlx::query!(
        "UPDATE modifiers SET price_minor = $3 WHERE restaurant_id = $1 AND modifier_id = $2",
        restaurant.uuid(),
        modifier.uuid(),
        minor,
    );
    Ok(statement.execute(on(tx)).await?.rows_affected())
}

/// Sets the price of a modifier for a variant.
pub(crate) async fn modifier_size_price(
    tx: &mut Tx,
    restaurant: RestaurantId,
    modifier: ModifierId,
    size: &str,
    minor: i64,
) -> Result<u64, ServerError> {
    let price = serde_json::json!({ size: minor });
    let statement = sqlx::query!(
        "UPDATE modifiers SET size_prices = size_prices || $3::jsonb WHERE restaurant_id = $1 AND modifier_id = $2",
        restaurant.uuid(),
        modifier.uuid(),
        price,
    );
    Ok(statement.execute(on(tx)).await?.rows_affected())
}

pub(crate) async fn item_sold_out(
    tx: &mut Tx,
    restaurant: RestaurantId,
    item: ItemId,
    until: Option<Until>,
) -> Result<u64, ServerError> {
    let (forever, at) = end(until);
    let statement = sqlx::query!(
        "UPDATE items SET sold_out_until = CASE WHEN $3 THEN 'infinity'::timestamptz ELSE $4 END
         WHERE restaurant_id = $1 AND item_id = $2",
        restaurant.uuid(),
        item.uuid(),
        forever,
        at,
    );
    Ok(statement.execute(on(tx)).await?.rows_affected())
}

pub(crate) async fn modifier_sold_out(
    tx: &mut Tx,
    restaurant: RestaurantId,
    modifier: ModifierId,
    until: Option<Until>,
) -> Result<u64, ServerError> {
    let (forever, at) = end(until);
    let statement = sqlx::query!(
        "UPDATE modifiers SET sold_out_until = CASE WHEN $3 THEN 'infinity'::timestamptz ELSE $4 END
         WHERE restaurant_id = $1 AND modifier_id = $2",
        restaurant.uuid(),
        modifier.uuid(),
        forever,
        at,
    );
    Ok(statement.execute(on(tx)).await?.rows_affected())
}

/// The items of an item's section, in order.
pub(crate) async fn items_of_same_section(
    tx: &mut Tx,
    restaurant: RestaurantId,
    item: ItemId,
) -> Result<Vec<Uuid>, ServerError> {
    let statement = sqlx::query_scalar!(
        "SELECT item_id FROM items
         WHERE restaurant_id = $1
           AND section_id = (SELECT section_id FROM items WHERE restaurant_id = $1 AND item_id = $2)
         ORDER BY position, item_id",
        restaurant.uuid(),
        item.uuid(),
    );
    Ok(statement.fetch_all(on(tx)).await?)
}

/// The sections of a menu, in order, without empty ones.
pub(crate) async fn sections(tx: &mut Tx, restaurant: RestaurantId) -> Result<Vec<Uuid>, ServerError> {
    let statement = sqlx::query_scalar!(
        "SELECT section_id FROM sections WHERE restaurant_id = $1 ORDER BY position, section_id",
        restaurant.uuid(),
    );
    Ok(statement.fetch_all(on(tx)).await?)
}

/// Stores the order of items.
pub(crate) async fn arrange_items(tx: &mut Tx, restaurant: RestaurantId, items: &[Uuid]) -> Result<u64, ServerError> {
    let statement = sqlx::query!(
        "UPDATE items SET position = row.position::integer
         FROM unnest($2::uuid[]) WITH ORDINALITY AS row(item_id, position)
         WHERE items.restaurant_id = $1 AND items.item_id = row.item_id",
        restaurant.uuid(),
        items,
    );
    Ok(statement.execute(on(tx)).await?.rows_affected())
}

/// Stores the order of sections.
pub(crate) async fn arrange_sections(
    tx: &mut Tx,
    restaurant: RestaurantId,
    sections: &[Uuid],
) -> Result<u64, ServerError> {
    let statement = sqlx::query!(
        "UPDATE sections SET position = row.position::integer
         FROM unnest($2::uuid[]) WITH ORDINALITY AS row(section_id, position)
         WHERE sections.restaurant_id = $1 AND sections.section_id = row.section_id",
        restaurant.uuid(),
        sections,
    );
    Ok(statement.execute(on(tx)).await?.rows_affected())
}

/// The driver cannot bind infinity: whether it is, else the instant.
fn end(until: Option<Until>) -> (bool, Option<OffsetDateTime>) {
    match until {
        None => (false, None),
        Some(Until::Forever) => (true, None),
        Some(Until::At(at)) => (false, Some(instant(at))),
    }
}

//! Import of restaurants: the demo, test fixtures, and generated ones in any number.

mod dishes;
mod fixtures;
mod generated;
mod ids;
mod plan;
mod recipe;
pub(crate) mod templates;
mod terms;
mod times;

pub(crate) use dishes::MenuRows;
pub use fixtures::{DEMO_PASSWORD, DemoSignIn, demo};
pub use generated::generated;
pub use ids::{group_id, item_id, modifier_id, restaurant_id, section_id, staff_id, variant_id};

use crate::{
    context::AppContext,
    error::ServerError,
    queries::{menus, restaurants},
};
use app::domain::id::RestaurantId;
use menus::Record;

/// Imports a restaurant from a text in the format of the demo files, and clears the negative cache entry of its slug.
pub async fn fixture(context: &AppContext, toml: &str) -> Result<RestaurantId, ServerError> {
    let record = plan::record("fixture", toml, context.clock.now())?;
    let restaurant = RestaurantId::from_uuid(record.restaurant.restaurant_id);
    let slug = record.restaurant.slug.clone();
    import(context, std::slice::from_ref(&record), true).await?;
    context.catalogue.slugs.clear_negative_entry(&slug).await;
    Ok(restaurant)
}

/// Imports new restaurants; with `reset`, terms, hours and menu of existing ones are replaced, which undoes changes
/// by their staff. Returns the number of new ones.
async fn import(context: &AppContext, records: &[Record], reset: bool) -> Result<usize, ServerError> {
    name(context, records).await?;
    let ids: Vec<_> = records.iter().map(|record| record.restaurant.restaurant_id).collect();
    let mut tx = context.store.everywhere().begin().await?;
    let there = menus::existing(&mut tx, &ids).await?;
    let (old, new): (Vec<_>, Vec<_>) =
        records.iter().cloned().partition(|record| there.contains(&record.restaurant.restaurant_id));
    if !new.is_empty() {
        menus::insert(&mut tx, &new).await?;
    }
    for record in old.iter().filter(|_| reset) {
        menus::replace(&mut tx, record).await?;
    }
    context.store.commit(tx).await?;
    for record in old.iter().filter(|_| reset) {
        context.catalogue.invalidate(RestaurantId::from_uuid(record.restaurant.restaurant_id));
    }
    Ok(new.len())
}

async fn name(context: &AppContext, records: &[Record]) -> Result<(), ServerError> {
    let slugs: Vec<_> = records
        .iter()
        .map(|record| (record.restaurant.slug.clone(), RestaurantId::from_uuid(record.restaurant.restaurant_id)))
        .collect();
    match restaurants::name(&context.store, &slugs).await?.as_slice() {
        [] => Ok(()),
        taken => Err(ServerError::Broken(format!("these slugs belong to other restaurants: {}", taken.join(", ")))),
    }
}

//! Planting restaurants: the demo, restaurants from text for tests, and as many made-up ones as are wanted.

mod dishes;
mod fixtures;
mod generated;
mod ids;
mod plan;
mod recipe;
mod terms;
mod times;

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

/// Plants the restaurant of a text as the demo files are written, and forgets what was known about its slug.
pub async fn fixture(context: &AppContext, toml: &str) -> Result<RestaurantId, ServerError> {
    let record = plan::record("fixture", toml, context.clock.now())?;
    let restaurant = RestaurantId::from_uuid(record.restaurant.restaurant_id);
    let slug = record.restaurant.slug.clone();
    plant(context, std::slice::from_ref(&record), true).await?;
    context.catalogue.welcome(&slug).await;
    Ok(restaurant)
}

/// Plants the restaurants that are not there yet; with `reset`, those that are there get terms, hours and menu anew,
/// and lose what their staff changed. Answers how many were planted.
async fn plant(context: &AppContext, records: &[Record], reset: bool) -> Result<usize, ServerError> {
    name(context, records).await?;
    let ids: Vec<_> = records.iter().map(|record| record.restaurant.restaurant_id).collect();
    let mut tx = context.store.everywhere().begin().await?;
    let there = menus::planted(&mut tx, &ids).await?;
    let (old, new): (Vec<_>, Vec<_>) =
        records.iter().cloned().partition(|record| there.contains(&record.restaurant.restaurant_id));
    if !new.is_empty() {
        menus::plant(&mut tx, &new).await?;
    }
    for record in old.iter().filter(|_| reset) {
        menus::replant(&mut tx, record).await?;
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
        taken => Err(ServerError::Broken(format!("these slugs name other restaurants already: {}", taken.join(", ")))),
    }
}

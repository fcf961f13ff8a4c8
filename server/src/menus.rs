//! Menus: read from memory, revalidated by version, and changed by the restaurant's staff.

mod cache;
mod change;
mod offer;
mod pictures;
pub(crate) mod snapshot;
mod stored;

pub use cache::Catalogue;
pub use change::{change, editable};
pub use offer::{Offer, Room};
pub use pictures::Pictures;
pub use snapshot::Snapshot;

use crate::{context::AppContext, error::ServerError};
use app::domain::{order::Due, restaurant::RestaurantPage, terms::ServiceMode};

/// A restaurant with its menu and whether it is open.
pub async fn restaurant(context: &AppContext, slug: &str) -> Result<RestaurantPage, ServerError> {
    restaurant_for(context, slug, Due::Asap).await
}

/// The same with the menu as it can be ordered for a time.
pub async fn restaurant_for(context: &AppContext, slug: &str, due: Due) -> Result<RestaurantPage, ServerError> {
    page(context, slug, None, due).await
}

/// The same with the times of one mode.
pub async fn restaurant_in(context: &AppContext, slug: &str, mode: ServiceMode) -> Result<RestaurantPage, ServerError> {
    page(context, slug, Some(mode), Due::Asap).await
}

async fn page(
    context: &AppContext,
    slug: &str,
    mode: Option<ServiceMode>,
    due: Due,
) -> Result<RestaurantPage, ServerError> {
    let snapshot = context.catalogue.shown(context, slug).await?;
    let now = context.clock.now();
    let room = Room::shown(context, &snapshot, now).await;
    let offer = Offer::new(&snapshot, &room, now);
    let (time, menu) = offer.menu(mode, due);
    Ok(RestaurantPage {
        restaurant: snapshot.restaurant_at(now),
        state: offer.state(),
        opening: snapshot.opening_at(now),
        menu,
        time,
        times: offer.slots(mode).into(),
    })
}

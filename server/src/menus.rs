//! Menus: served from memory, revalidated by version, and edited by the restaurant's staff.

mod additions;
mod audited;
pub(crate) mod cache;
mod change;
mod in_flight;
mod offer;
pub(crate) mod pictures;
pub(crate) mod rules;
mod snapshot;
mod stored;

pub use cache::{Catalogue, Freshness};
pub use change::{change, editable};
pub use offer::{Offer, SlotAvailability};
pub use pictures::Pictures;
pub use snapshot::Snapshot;

use crate::{context::AppContext, error::ServerError, live::Hint};
use app::domain::{id::RestaurantId, order::Due, restaurant::RestaurantPage, terms::ServiceMode};

/// Reads a restaurant whose change was committed, and shows the change to guests and staff.
pub(crate) async fn announce(context: &AppContext, restaurant: RestaurantId) -> Result<(), ServerError> {
    let read = context.catalogue.changed(restaurant).await;
    context.hub.announce(restaurant, Hint::Menu);
    read.map(drop)
}

/// A restaurant with its menu and whether it is open.
pub async fn restaurant(context: &AppContext, slug: &str) -> Result<RestaurantPage, ServerError> {
    restaurant_for(context, slug, Due::Asap).await
}

/// Like [`restaurant`], with the menu that can be ordered for a time.
pub async fn restaurant_for(context: &AppContext, slug: &str, due: Due) -> Result<RestaurantPage, ServerError> {
    page(context, slug, None, due).await
}

/// Like [`restaurant`], with the times of one mode.
pub async fn restaurant_in(context: &AppContext, slug: &str, mode: ServiceMode) -> Result<RestaurantPage, ServerError> {
    page(context, slug, Some(mode), Due::Asap).await
}

async fn page(
    context: &AppContext,
    slug: &str,
    mode: Option<ServiceMode>,
    due: Due,
) -> Result<RestaurantPage, ServerError> {
    let snapshot = context.catalogue.snapshot_stale_ok(slug).await?;
    let now = context.clock.now();
    let availability = SlotAvailability::for_display(context, &snapshot, now).await;
    let offer = Offer::new(&snapshot, &availability, now);
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

//! Menus: read from memory, revalidated by version, and changed by the restaurant's staff.

mod cache;
mod change;
mod pictures;
pub(crate) mod snapshot;
mod stored;

pub use cache::Catalogue;
pub use change::{change, editable};
pub use pictures::Pictures;
pub use snapshot::Snapshot;

use crate::{context::Toast, error::Fault};
use app::domain::{order::Due, restaurant::RestaurantPage};

/// A restaurant with its menu and whether it is open.
pub async fn restaurant(toast: &Toast, slug: &str) -> Result<RestaurantPage, Fault> {
    restaurant_for(toast, slug, Due::Asap).await
}

/// The same with the menu as it can be ordered for a time.
pub async fn restaurant_for(toast: &Toast, slug: &str, due: Due) -> Result<RestaurantPage, Fault> {
    let snapshot = toast.catalogue.shown(toast, slug).await?;
    let now = toast.clock.now();
    let (time, menu) = snapshot.menu_for(None, due, now);
    Ok(RestaurantPage {
        restaurant: snapshot.restaurant_at(now),
        state: snapshot.state_at(now),
        opening: snapshot.opening_at(now),
        menu,
        time,
        times: snapshot.all_slots(now),
    })
}

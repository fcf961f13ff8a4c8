//! Restaurants and menus: read from memory, kept right by version, searched, and changed by their staff.

mod cache;
mod change;
mod directory;
mod dishes;
mod finding;
pub mod fold;
pub mod hours;
mod listing;
mod menus;
mod opening;
mod pictures;
mod printed;
pub mod slots;
mod snapshot;
pub mod state;
pub mod wall;
mod zones;

pub use cache::Catalogue;
pub use change::{change, editable};
pub use finding::home;
pub use pictures::Pictures;
pub use slots::Promise;
pub use snapshot::Snapshot;
pub(crate) use zones::canonical;

pub use crate::store::nodes::Place;

use crate::{basis::Toast, error::Fault};
use app::types::{order::Due, restaurant::RestaurantPage};

/// Which database node holds the restaurant that a slug names.
pub async fn place_of(toast: &Toast, slug: &str) -> Result<Place, Fault> {
    let restaurant = toast.catalogue.id(toast, slug).await?;
    Ok(toast.store.place_of(restaurant).await)
}

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

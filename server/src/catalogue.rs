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

use crate::{backend::Toast, error::Fault};
use app::types::restaurant::RestaurantPage;

/// Which database node holds the restaurant that a slug names.
pub async fn place_of(toast: &Toast, slug: &str) -> Result<Place, Fault> {
    let restaurant = toast.catalogue.id(toast, slug).await?;
    Ok(toast.store.place_of(restaurant).await)
}

/// A restaurant with its menu and whether it is open.
pub async fn restaurant(toast: &Toast, slug: &str) -> Result<RestaurantPage, Fault> {
    let snapshot = toast.catalogue.shown(toast, slug).await?;
    let now = toast.clock.now();
    let (state, menu) = (snapshot.state_at(now), snapshot.menu_at(now));
    Ok(RestaurantPage { restaurant: snapshot.restaurant_at(now), state, menu })
}

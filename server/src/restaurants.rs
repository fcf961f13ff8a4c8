//! Restaurants: the cards of the home page, search and filters.

pub(crate) mod directory;
mod dishes;
mod listing;
pub mod normalize;
mod search;

pub(crate) use directory::Directory;
pub use search::home;

use crate::{context::Toast, db::nodes::Place, error::Fault};

/// Which database node holds the restaurant that a slug names.
pub async fn place_of(toast: &Toast, slug: &str) -> Result<Place, Fault> {
    let restaurant = toast.catalogue.id(toast, slug).await?;
    Ok(toast.store.place_of(restaurant).await)
}

//! Restaurants: the cards of the home page, search and filters; creating and publishing one.

mod checklist;
mod create;
pub(crate) mod directory;
mod dishes;
mod index;
mod list;
mod listing;
pub mod normalize;
mod open_now;
mod publish;
mod search;
pub(crate) mod slug;

pub use create::create;
pub use publish::{listings, publish, setup, take_offline};
pub use search::{PER_PAGE, home};

use crate::{context::AppContext, db::ShardLocation, error::ServerError};

/// The database node of a restaurant.
pub async fn locate(context: &AppContext, slug: &str) -> Result<ShardLocation, ServerError> {
    let restaurant = context.catalogue.slugs.id(slug).await?;
    Ok(context.store.locate(restaurant).await)
}

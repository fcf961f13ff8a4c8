//! Guests' orders: place, view, cancel, reorder.

mod agreed;
mod place;
mod reorder;
mod status_text;
pub mod token;
pub(crate) mod transitions;
mod validate;
mod view;
mod wanted;

pub use place::{place, place_cart};
pub use reorder::{left_out, order_again, ordered_before, recent};
pub(crate) use view::reason_words;

use crate::{
    context::AppContext,
    error::ServerError,
    live::Hint,
    queries::{
        self,
        orders::{Order, Stored},
    },
};
use app::{
    domain::{
        error::AppError,
        id::{OrderRef, RestaurantId},
        order::OrderView,
    },
    forms::fields,
};

/// The order of a token. Of one whose state cannot be read, the number and whom to call.
pub async fn view(context: &AppContext, token: &str) -> Result<OrderView, ServerError> {
    let (restaurant, order) = stored(context, token).await?;
    shown(context, restaurant, &order).await
}

/// Cancels an order for its guest, once, while that is allowed.
pub async fn cancel(context: &AppContext, token: &str) -> Result<OrderView, ServerError> {
    let (restaurant, order) = find(context, token).await?;
    let order = transitions::cancel_for_guest(context, OrderRef { restaurant, order: order.id }).await?;
    notify(context, restaurant);
    view::of(context, restaurant, &order).await
}

/// An update of an order's page.
#[derive(Debug, Clone, PartialEq)]
pub struct OrderNews {
    /// The current order, if it changed.
    pub view: Option<OrderView>,
    /// Whether no transition is possible any more.
    pub settled: bool,
}

/// The order's changes after a position of the event log.
pub async fn news_after(context: &AppContext, token: &str, seq: i64) -> Result<OrderNews, ServerError> {
    let (restaurant, order) = stored(context, token).await?;
    let settled = order.as_ref().is_ok_and(|order| transitions::is_settled(order, context.clock.now()));
    let position = order.as_ref().map_or_else(|torn| torn.seq, |order| order.seq);
    let view = if position > seq { Some(shown(context, restaurant, &order).await?) } else { None };
    Ok(OrderNews { view, settled })
}

/// Notifies subscribers of the restaurant's orders.
pub(crate) fn notify(context: &AppContext, restaurant: RestaurantId) {
    context.hub.announce(restaurant, Hint::Orders);
}

/// Validates an idempotency key.
pub(crate) fn ensure_key(key: &str) -> Result<(), AppError> {
    if (1..=255).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Ok(());
    }
    Err(AppError::invalid(fields::KEY, "key", "Name the request by a key of 1 to 255 visible ASCII characters."))
}

async fn shown(context: &AppContext, restaurant: RestaurantId, order: &Stored) -> Result<OrderView, ServerError> {
    match order {
        Ok(order) => view::of(context, restaurant, order).await,
        Err(torn) => view::remains(context, restaurant, torn).await,
    }
}

async fn stored(context: &AppContext, token: &str) -> Result<(RestaurantId, Stored), ServerError> {
    let unknown = || ServerError::from(AppError::not_found("order"));
    let restaurant = token::restaurant(token).ok_or_else(unknown)?;
    let order = queries::orders::by_token(&context.store, restaurant, token).await?;
    Ok((restaurant, order.ok_or_else(unknown)?))
}

/// The order of a token, for what needs all of it.
async fn find(context: &AppContext, token: &str) -> Result<(RestaurantId, Order), ServerError> {
    let (restaurant, order) = stored(context, token).await?;
    let words = "This order can no longer be read here. Call the restaurant about it.";
    let order = order.map_err(|_| AppError::conflict("unreadable_order", words))?;
    Ok((restaurant, order))
}

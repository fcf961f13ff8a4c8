//! The table of a guest, which is kept with their cart for a meal.

use crate::{
    carts::change,
    context::AppContext,
    error::ServerError,
    menus::{Offer, Snapshot},
    queries::carts::{self, StoredCart},
    scheduling::slots::mode_not_offered,
};
use app::{
    domain::{
        cart::CartChange,
        error::AppError,
        id::{ChangeId, RestaurantId, VisitorId},
        terms::ServiceMode,
    },
    forms::fields,
};
use uuid::Uuid;

/// Minutes for which a guest is taken to sit at the table whose code they opened.
const TABLE_MINUTES: i64 = 4 * 60;

/// Where the table of a guest is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seat {
    /// In their cart.
    InCart,
    /// Nowhere yet: the guest has no cart at this restaurant.
    WithoutCart(RestaurantId),
}

/// Notes the table whose code a guest opened, if they have a cart; an error for an unknown table.
pub async fn sit_down(
    context: &AppContext,
    slug: &str,
    visitor: Option<VisitorId>,
    table: &str,
) -> Result<Seat, ServerError> {
    let snapshot = context.catalogue.snapshot(slug).await?;
    ensure(&snapshot, table)?;
    let restaurant = snapshot.restaurant.id;
    let cart = match visitor {
        Some(visitor) => carts::find(&context.store, restaurant, visitor).await?.map(|_| visitor),
        None => None,
    };
    let Some(visitor) = cart else { return Ok(Seat::WithoutCart(restaurant)) };
    let id = ChangeId::from_uuid(Uuid::new_v4());
    change(context, slug, visitor, id, &CartChange::SetTable(table.to_owned())).await?;
    Ok(Seat::InCart)
}

/// The tables; none where guests cannot dine in.
fn tables(snapshot: &Snapshot) -> Option<&[String]> {
    snapshot.restaurant.terms.mode(ServiceMode::DineIn).map(|terms| terms.tables.as_slice())
}

/// An error for an unknown table.
pub(super) fn ensure(snapshot: &Snapshot, table: &str) -> Result<(), AppError> {
    let tables = tables(snapshot).ok_or_else(|| mode_not_offered(ServiceMode::DineIn))?;
    if tables.iter().any(|of| of == table) {
        return Ok(());
    }
    Err(AppError::invalid(fields::TABLE, "unknown_table", "There is no such table here. Choose one of the list."))
}

/// The table that the guest is taken to sit at.
pub(super) fn of(cart: &StoredCart, offer: &Offer<'_>) -> Option<String> {
    let (table, at) = cart.table.as_ref()?;
    let is_there = offer.now < at.plus_minutes(TABLE_MINUTES);
    let is_known = tables(offer.snapshot).is_some_and(|tables| tables.contains(table));
    (is_there && is_known).then(|| table.clone())
}

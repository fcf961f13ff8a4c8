//! Carts: stored by restaurant and visitor, priced for their time at each view.

mod checkout;
mod lines;
pub(crate) mod problems;
mod quote;
mod table;

pub use checkout::checkout;
pub(crate) use lines::ordered;
pub use quote::quote;
pub use table::{Seat, sit_down};

use crate::{
    context::AppContext,
    error::ServerError,
    menus::{Offer, SlotAvailability, Snapshot},
    queries::carts::{self, StoredCart},
    scheduling::slots::mode_not_offered,
};
use app::domain::{
    bill::Bill,
    cart::{CartChange, CartView, LineRequest},
    error::AppError,
    id::{ChangeId, VisitorId},
    menu::Menu,
    money::Money,
    order::Due,
    pricing::{self, Service},
    restaurant::MenuTime,
    terms::ServiceMode,
};
use lines::Priced;
use std::time::{Duration, Instant};

/// Attempts to apply a change when other changes of the same cart come first.
const ATTEMPTS: usize = 12;
/// Longer than a load balancer waits before it sends a change to another server. A later write, after a pause of the
/// process, could change a cart that its guest has used since.
const CHANGE_DEADLINE: Duration = Duration::from_secs(20);
/// Change ids that a cart remembers; more than one browser has in flight.
const DEDUP_WINDOW: usize = 16;

/// The visitor's cart at a restaurant with current prices; empty for a visitor without one.
pub async fn view(context: &AppContext, slug: &str, visitor: Option<VisitorId>) -> Result<CartView, ServerError> {
    let snapshot = context.catalogue.snapshot(slug).await?;
    let now = context.clock.now();
    let (cart, availability) =
        tokio::join!(find(context, &snapshot, visitor), SlotAvailability::for_display(context, &snapshot, now));
    Ok(priced_view(&Offer::new(&snapshot, &availability, now), &cart?))
}

/// Changes the cart durably, once per id, and returns it.
pub async fn change(
    context: &AppContext,
    slug: &str,
    visitor: VisitorId,
    id: ChangeId,
    change: &CartChange,
) -> Result<CartView, ServerError> {
    let snapshot = context.catalogue.snapshot(slug).await?;
    let now = context.clock.now();
    let availability = SlotAvailability::for_display(context, &snapshot, now).await;
    let offer = Offer::new(&snapshot, &availability, now);
    let edit = |cart: &mut StoredCart, is_applied: bool| if is_applied { Ok(()) } else { apply(cart, &offer, change) };
    let (cart, ()) = once(context, &snapshot, visitor, id, edit).await?;
    Ok(priced_view(&offer, &cart))
}

/// Adds selections as one change, once per id. Returns the rejected ones by index, with the error.
pub(crate) async fn add_all(
    context: &AppContext,
    snapshot: &Snapshot,
    visitor: VisitorId,
    id: ChangeId,
    selections: &[LineRequest],
) -> Result<Vec<(usize, AppError)>, ServerError> {
    let now = context.clock.now();
    let availability = SlotAvailability::for_display(context, snapshot, now).await;
    let offer = Offer::new(snapshot, &availability, now);
    let (_, left_out) = once(context, snapshot, visitor, id, |cart, is_applied| {
        let (_, menu) = offer.menu(Some(mode_of(cart, snapshot)), cart.due());
        // For a repeated request the rejections are computed again without adding the lines twice.
        let mut again = Vec::new();
        let lines = if is_applied { &mut again } else { &mut cart.lines };
        let refused = |(at, selection)| Some((at, lines::add(lines, &menu, selection).err()?));
        let left_out = selections.iter().enumerate().filter_map(refused).collect();
        mode_of(cart, snapshot).code().clone_into(&mut cart.mode);
        Ok(left_out)
    })
    .await?;
    Ok(left_out)
}

/// The selections that cannot be added to the visitor's cart now, by index, with the error. Read-only.
pub(crate) async fn unavailable(
    context: &AppContext,
    snapshot: &Snapshot,
    visitor: Option<VisitorId>,
    selections: &[LineRequest],
) -> Result<Vec<(usize, AppError)>, ServerError> {
    let now = context.clock.now();
    let (cart, room) =
        tokio::join!(find(context, snapshot, visitor), SlotAvailability::for_display(context, snapshot, now));
    let cart = cart?;
    let (_, menu) = Offer::new(snapshot, &room, now).menu(Some(mode_of(&cart, snapshot)), cart.due());
    let mut lines = Vec::new();
    let rejected = |(at, selection)| Some((at, lines::add(&mut lines, &menu, selection).err()?));
    Ok(selections.iter().enumerate().filter_map(rejected).collect())
}

/// Applies a change to the stored cart, and again when another change came first. `edit` learns whether the change is
/// in the cart already.
async fn once<T>(
    context: &AppContext,
    snapshot: &Snapshot,
    visitor: VisitorId,
    id: ChangeId,
    edit: impl Fn(&mut StoredCart, bool) -> Result<T, AppError>,
) -> Result<(StoredCart, T), ServerError> {
    let (begun, restaurant) = (Instant::now(), snapshot.restaurant.id);
    let mut is_sent = false;
    for _ in 0..ATTEMPTS {
        let found = find(context, snapshot, Some(visitor)).await;
        let mut cart = found.map_err(|error| if is_sent { error.of_a_change() } else { error })?;
        // An applied change is stored again: a server that may not write any more must not report it as saved.
        let is_applied = cart.changes.contains(&id.uuid());
        let result = edit(&mut cart, is_applied)?;
        if !is_applied {
            cart.changes.push(id.uuid());
            cart.changes.drain(..cart.changes.len().saturating_sub(DEDUP_WINDOW));
        }
        if begun.elapsed() > CHANGE_DEADLINE {
            return Err(if is_sent { ServerError::Unanswered } else { ServerError::Deadline });
        }
        match carts::replace(&context.store, restaurant, visitor, &cart, context.clock.now()).await {
            Ok(true) => {
                cart.revision += 1;
                return Ok((cart, result));
            }
            Ok(false) => {}
            // The next read shows whether it was stored.
            Err(ServerError::Unknown(_)) => is_sent = true,
            Err(error) if error.is_contention() => {}
            Err(error) => return Err(if is_sent { error.of_a_change() } else { error }),
        }
    }
    let words = "Your cart is being changed in another window. Try again in a moment.";
    Err(if is_sent { ServerError::Unanswered } else { AppError::conflict("cart_busy", words).into() })
}

/// The visitor's cart as stored; empty for a visitor without one.
pub(crate) async fn find(
    context: &AppContext,
    snapshot: &Snapshot,
    visitor: Option<VisitorId>,
) -> Result<StoredCart, ServerError> {
    let cart = match visitor {
        Some(visitor) => carts::find(&context.store, snapshot.restaurant.id, visitor).await?,
        None => None,
    };
    Ok(cart.unwrap_or_default())
}

fn apply(cart: &mut StoredCart, offer: &Offer<'_>, change: &CartChange) -> Result<(), AppError> {
    let snapshot = offer.snapshot;
    match change {
        CartChange::SetDue(due) => cart.due_at = offer.chosen(*due)?,
        // The time that the cart has already is not validated again.
        CartChange::AddFor(due, _) if *due != cart.due() => cart.due_at = offer.added_for(*due)?,
        _ => {}
    }
    let (_, menu) = offer.menu(Some(mode_of(cart, snapshot)), cart.due());
    match change {
        CartChange::Add(request) | CartChange::AddFor(_, request) => lines::add(&mut cart.lines, &menu, request)?,
        CartChange::SetQuantity(line, 0) => {
            cart.unread.retain(|unread| unread.id != *line);
            lines::set_quantity(&mut cart.lines, *line, 0)?;
        }
        CartChange::SetQuantity(line, _) | CartChange::Replace(line, _)
            if cart.unread.iter().any(|unread| unread.id == *line) =>
        {
            return Err(AppError::invalid("", "unreadable_line", lines::UNREADABLE));
        }
        CartChange::Replace(line, request) => lines::replace(&mut cart.lines, &menu, *line, request)?,
        CartChange::SetQuantity(line, quantity) => lines::set_quantity(&mut cart.lines, *line, *quantity)?,
        CartChange::SetMode(mode) => {
            snapshot.restaurant.terms.mode(*mode).ok_or_else(|| mode_not_offered(*mode))?;
        }
        CartChange::SetDue(_) => {}
        CartChange::SetTable(table) => {
            table::ensure(snapshot, table)?;
            cart.table = Some((table.clone(), offer.now));
        }
        CartChange::Clear => {
            cart.lines.clear();
            cart.unread.clear();
        }
    }
    let mode = match change {
        CartChange::SetMode(mode) => *mode,
        CartChange::SetTable(_) => ServiceMode::DineIn,
        _ => mode_of(cart, snapshot),
    };
    mode.code().clone_into(&mut cart.mode);
    Ok(())
}

/// The chosen mode if it is still offered, else the first one.
pub(crate) fn mode_of(cart: &StoredCart, snapshot: &Snapshot) -> ServiceMode {
    let terms = &snapshot.restaurant.terms;
    let chosen = ServiceMode::from_code(&cart.mode).filter(|mode| terms.mode(*mode).is_some());
    chosen.or_else(|| terms.modes.first().map(|terms| terms.mode)).unwrap_or(ServiceMode::Pickup)
}

fn priced_view(offer: &Offer<'_>, cart: &StoredCart) -> CartView {
    let mode = mode_of(cart, offer.snapshot);
    let (time, menu) = offer.menu(Some(mode), cart.due());
    view_in(mode, time, offer, &menu, cart)
}

/// The cart in a mode: text and price of each line, and the bill of those that can be ordered.
fn view_in(mode: ServiceMode, time: MenuTime, offer: &Offer<'_>, menu: &Menu, cart: &StoredCart) -> CartView {
    let snapshot = offer.snapshot;
    let priced = Priced::all(menu, cart);
    CartView {
        revision: cart.revision,
        mode,
        time,
        bill: bill_without_fee(mode, offer, cart.due(), menu, &priced),
        count: priced.iter().map(Priced::quantity).sum(),
        lines: priced.into_iter().map(Priced::view).collect(),
        locale: snapshot.restaurant.locale.clone(),
        table: table::of(cart, offer).unwrap_or_default(),
    }
}

/// Without a line that can be ordered the bill is zero: no packaging is charged for an empty bag.
fn bill_without_fee(mode: ServiceMode, offer: &Offer<'_>, due: Due, menu: &Menu, priced: &[Priced]) -> Bill {
    let lines: Vec<_> = priced.iter().filter_map(|priced| priced.outcome.as_ref().ok().cloned()).collect();
    if lines.is_empty() {
        return Bill::empty(menu.currency);
    }
    let service = Service { mode, postcode: None, location: None, date: offer.supply_date(mode, due) };
    let bill =
        pricing::preview_rows(menu, &offer.snapshot.restaurant.terms, lines, service, Money::zero(menu.currency));
    bill.unwrap_or_else(|_| Bill::empty(menu.currency))
}

//! Carts: kept by restaurant and visitor, priced for their time whenever they are looked at.

mod checkout;
mod lines;
pub(crate) mod problems;
mod quote;

pub use checkout::checkout;
pub use quote::quote;

use crate::{
    context::AppContext,
    error::ServerError,
    menus::{Offer, Room, Snapshot},
    queries::carts::{self, Kept},
};
use app::domain::{
    bill::Bill,
    cart::{CartChange, CartView, LineRequest},
    error::AppError,
    id::{ChangeId, VisitorId},
    menu::Menu,
    money::Money,
    pricing::{self, Service},
    restaurant::MenuTime,
    terms::ServiceMode,
};
use lines::Priced;
use std::time::{Duration, Instant};

/// How often a change is made anew because another one came before it.
const ATTEMPTS: usize = 12;
/// Longer than a balancer waits before it sends a change to another server: what is later, as after a standstill, would
/// be put into a cart that its guest has gone on with.
const LATEST: Duration = Duration::from_secs(20);
/// More than one guest's browser has under way at a time.
const REMEMBERED: usize = 16;

/// The visitor's cart at a restaurant, priced now; empty for a visitor without one.
pub async fn view(context: &AppContext, slug: &str, visitor: Option<VisitorId>) -> Result<CartView, ServerError> {
    let snapshot = context.catalogue.snapshot(context, slug).await?;
    let now = context.clock.now();
    let (kept, room) = tokio::join!(find(context, &snapshot, visitor), Room::shown(context, &snapshot, now));
    Ok(priced_view(&Offer::new(&snapshot, &room, now), &kept?))
}

/// Changes the cart durably, once per id, and answers it as it is then.
pub async fn change(
    context: &AppContext,
    slug: &str,
    visitor: VisitorId,
    id: ChangeId,
    change: &CartChange,
) -> Result<CartView, ServerError> {
    let snapshot = context.catalogue.snapshot(context, slug).await?;
    let now = context.clock.now();
    let room = Room::shown(context, &snapshot, now).await;
    let offer = Offer::new(&snapshot, &room, now);
    let make = |kept: &mut Kept, is_made: bool| if is_made { Ok(()) } else { apply(kept, &offer, change) };
    let (kept, ()) = once(context, &snapshot, visitor, id, make).await?;
    Ok(priced_view(&offer, &kept))
}

/// Puts wishes into the cart as one change, once per id; answers those that were left out, by their places, and why.
pub(crate) async fn add_all(
    context: &AppContext,
    snapshot: &Snapshot,
    visitor: VisitorId,
    id: ChangeId,
    wishes: &[LineRequest],
) -> Result<Vec<(usize, AppError)>, ServerError> {
    let now = context.clock.now();
    let room = Room::shown(context, snapshot, now).await;
    let offer = Offer::new(snapshot, &room, now);
    let (_, left_out) = once(context, snapshot, visitor, id, |kept, is_made| {
        let (_, menu) = offer.menu(Some(mode_of(kept, snapshot)), kept.due());
        // What is in the cart already must not count twice when the answer is made out again.
        let mut again = Vec::new();
        let lines = if is_made { &mut again } else { &mut kept.lines };
        let refused = |(at, wish)| Some((at, lines::add(lines, &menu, wish).err()?));
        let left_out = wishes.iter().enumerate().filter_map(refused).collect();
        mode_of(kept, snapshot).code().clone_into(&mut kept.mode);
        Ok(left_out)
    })
    .await?;
    Ok(left_out)
}

/// Of the wishes, those that cannot go into the visitor's cart now, by their places, and why. Changes nothing.
pub(crate) async fn unavailable(
    context: &AppContext,
    snapshot: &Snapshot,
    visitor: Option<VisitorId>,
    wishes: &[LineRequest],
) -> Result<Vec<(usize, AppError)>, ServerError> {
    let kept = find(context, snapshot, visitor).await?;
    let (_, menu) = snapshot.menu_for(Some(mode_of(&kept, snapshot)), kept.due(), context.clock.now());
    let mut lines = Vec::new();
    let rejected = |(at, wish)| Some((at, lines::add(&mut lines, &menu, wish).err()?));
    Ok(wishes.iter().enumerate().filter_map(rejected).collect())
}

/// Makes a change on the cart as it is, and again when another change came before it. `make` is told whether the change
/// is in the cart already.
async fn once<T>(
    context: &AppContext,
    snapshot: &Snapshot,
    visitor: VisitorId,
    id: ChangeId,
    make: impl Fn(&mut Kept, bool) -> Result<T, AppError>,
) -> Result<(Kept, T), ServerError> {
    let (begun, restaurant) = (Instant::now(), snapshot.restaurant.id);
    let mut is_sent = false;
    for _ in 0..ATTEMPTS {
        let found = find(context, snapshot, Some(visitor)).await;
        let mut kept = found.map_err(|error| if is_sent { error.of_a_change() } else { error })?;
        // One that was made already is written down anew all the same: a server that may not write any more must not
        // say that it is in the cart.
        let is_made = kept.changes.contains(&id.uuid());
        let told = make(&mut kept, is_made)?;
        if !is_made {
            kept.changes.push(id.uuid());
            kept.changes.drain(..kept.changes.len().saturating_sub(REMEMBERED));
        }
        if begun.elapsed() > LATEST {
            return Err(if is_sent { ServerError::Unanswered } else { ServerError::Deadline });
        }
        match carts::replace(&context.store, restaurant, visitor, &kept, context.clock.now()).await {
            Ok(true) => {
                kept.revision += 1;
                return Ok((kept, told));
            }
            Ok(false) => {}
            // Whether it was written shows at the next look.
            Err(ServerError::Unknown(_)) => is_sent = true,
            Err(error) if error.is_contention() => {}
            Err(error) => return Err(if is_sent { error.of_a_change() } else { error }),
        }
    }
    let words = "Your cart is being changed in another window. Try again in a moment.";
    Err(if is_sent { ServerError::Unanswered } else { AppError::conflict("cart_busy", words).into() })
}

async fn find(context: &AppContext, snapshot: &Snapshot, visitor: Option<VisitorId>) -> Result<Kept, ServerError> {
    let kept = match visitor {
        Some(visitor) => carts::find(&context.store, snapshot.restaurant.id, visitor).await?,
        None => None,
    };
    Ok(kept.unwrap_or_default())
}

fn apply(kept: &mut Kept, offer: &Offer<'_>, change: &CartChange) -> Result<(), AppError> {
    let snapshot = offer.snapshot;
    match change {
        CartChange::SetDue(due) => kept.due_at = offer.chosen(*due)?,
        // The time that the cart has already is not chosen again.
        CartChange::AddFor(due, _) if *due != kept.due() => kept.due_at = offer.added_for(*due)?,
        _ => {}
    }
    let (_, menu) = offer.menu(Some(mode_of(kept, snapshot)), kept.due());
    match change {
        CartChange::Add(request) | CartChange::AddFor(_, request) => lines::add(&mut kept.lines, &menu, request)?,
        CartChange::SetQuantity(line, 0) => {
            kept.unread.retain(|unread| unread.id != *line);
            lines::set_quantity(&mut kept.lines, *line, 0)?;
        }
        CartChange::SetQuantity(line, _) | CartChange::Replace(line, _)
            if kept.unread.iter().any(|unread| unread.id == *line) =>
        {
            return Err(AppError::invalid("", "unreadable_line", lines::UNREADABLE));
        }
        CartChange::Replace(line, request) => lines::replace(&mut kept.lines, &menu, *line, request)?,
        CartChange::SetQuantity(line, quantity) => lines::set_quantity(&mut kept.lines, *line, *quantity)?,
        CartChange::SetMode(mode) => {
            snapshot.restaurant.terms.mode(*mode).ok_or_else(|| crate::scheduling::slots::mode_not_offered(*mode))?;
        }
        CartChange::SetDue(_) => {}
        CartChange::Clear => {
            kept.lines.clear();
            kept.unread.clear();
        }
    }
    let mode = if let CartChange::SetMode(mode) = change { *mode } else { mode_of(kept, snapshot) };
    mode.code().clone_into(&mut kept.mode);
    Ok(())
}

/// The mode that was chosen, if it is still offered; else the first one that is.
fn mode_of(kept: &Kept, snapshot: &Snapshot) -> ServiceMode {
    let terms = &snapshot.restaurant.terms;
    let chosen = ServiceMode::from_code(&kept.mode).filter(|mode| terms.mode(*mode).is_some());
    chosen.or_else(|| terms.modes.first().map(|terms| terms.mode)).unwrap_or(ServiceMode::Pickup)
}

fn priced_view(offer: &Offer<'_>, kept: &Kept) -> CartView {
    let mode = mode_of(kept, offer.snapshot);
    let (time, menu) = offer.menu(Some(mode), kept.due());
    view_in(mode, time, offer.snapshot, &menu, kept)
}

/// The cart in a mode: words and prices of each line, and the bill of those that can be ordered.
fn view_in(mode: ServiceMode, time: MenuTime, snapshot: &Snapshot, menu: &Menu, kept: &Kept) -> CartView {
    let priced = Priced::all(menu, kept);
    CartView {
        revision: kept.revision,
        mode,
        time,
        bill: bill_without_fee(mode, snapshot, menu, &priced),
        count: priced.iter().map(Priced::quantity).sum(),
        lines: priced.into_iter().map(Priced::view).collect(),
        locale: snapshot.restaurant.locale.clone(),
    }
}

/// Nothing that can be ordered costs nothing: no packaging is charged for an empty bag.
fn bill_without_fee(mode: ServiceMode, snapshot: &Snapshot, menu: &Menu, priced: &[Priced]) -> Bill {
    let lines: Vec<_> = priced.iter().filter_map(|priced| priced.outcome.as_ref().ok().cloned()).collect();
    if lines.is_empty() {
        return Bill::empty(menu.currency);
    }
    let service = Service { mode, postcode: None };
    let bill = pricing::price_rows(menu, &snapshot.restaurant.terms, lines, service, Money::zero(menu.currency));
    bill.unwrap_or_else(|_| Bill::empty(menu.currency))
}

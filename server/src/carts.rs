//! Carts: kept by restaurant and visitor, priced whenever they are looked at.

mod checkout;
mod lines;
mod problems;
mod quote;

pub use checkout::{Room, checkout};
pub use quote::quote;

use crate::{
    backend::Toast,
    catalogue::Snapshot,
    error::Fault,
    store::carts::{self, Kept},
};
use app::{
    error::AppError,
    types::{
        bill::Bill,
        cart::{CartChange, CartView},
        id::{ChangeId, VisitorId},
        menu::Menu,
        money::Money,
        pricing::{self, Service},
        terms::ServiceMode,
    },
};
use lines::Priced;
use std::time::{Duration, Instant};
use uuid::Uuid;

/// How often a change is made anew because another one came before it.
const ATTEMPTS: usize = 12;
/// Longer than a balancer waits before it sends a change to another server: what is later, as after a standstill, would
/// be put into a cart that its guest has gone on with.
const LATEST: Duration = Duration::from_secs(20);
/// More than one guest's browser has under way at a time.
const REMEMBERED: usize = 16;

/// The visitor's cart at a restaurant, priced now; empty for a visitor without one.
pub async fn view(toast: &Toast, slug: &str, visitor: Option<VisitorId>) -> Result<CartView, Fault> {
    let snapshot = toast.catalogue.snapshot(toast, slug).await?;
    let kept = find(toast, &snapshot, visitor).await?;
    Ok(priced_view(&snapshot, &snapshot.menu_at(toast.clock.now()), &kept))
}

/// Changes the cart durably, once per id, and answers it as it is then.
pub async fn change(
    toast: &Toast,
    slug: &str,
    visitor: VisitorId,
    id: ChangeId,
    change: &CartChange,
) -> Result<CartView, Fault> {
    let begun = Instant::now();
    let snapshot = toast.catalogue.snapshot(toast, slug).await?;
    let restaurant = snapshot.restaurant.id;
    let now = toast.clock.now();
    let menu = snapshot.menu_at(now);
    for _ in 0..ATTEMPTS {
        let mut kept = find(toast, &snapshot, Some(visitor)).await?;
        // One that was made already is written down anew all the same: a server that may not write any more must not
        // say that it is in the cart.
        if !kept.changes.contains(&id.uuid()) {
            apply(&mut kept, &snapshot, &menu, change)?;
            kept.changes.push(id.uuid());
            kept.changes.drain(..kept.changes.len().saturating_sub(REMEMBERED));
        }
        if begun.elapsed() > LATEST {
            break;
        }
        match carts::replace(&toast.store, restaurant, visitor, &kept, now).await {
            Ok(true) => {
                kept.revision += 1;
                return Ok(priced_view(&snapshot, &menu, &kept));
            }
            // Whether it was written shows at the next look.
            Ok(false) | Err(Fault::Unknown(_)) => {}
            Err(fault) => return Err(fault),
        }
    }
    Err(Fault::Contended)
}

/// The ids of the steps of a change that has several.
pub(crate) fn ids_from(first: ChangeId) -> impl Iterator<Item = ChangeId> {
    let number = first.uuid().as_u128();
    (0..).map(move |step| ChangeId::from_uuid(Uuid::from_u128(number.wrapping_add(step))))
}

async fn find(toast: &Toast, snapshot: &Snapshot, visitor: Option<VisitorId>) -> Result<Kept, Fault> {
    let kept = match visitor {
        Some(visitor) => carts::find(&toast.store, snapshot.restaurant.id, visitor).await?,
        None => None,
    };
    Ok(kept.unwrap_or_default())
}

fn apply(kept: &mut Kept, snapshot: &Snapshot, menu: &Menu, change: &CartChange) -> Result<(), AppError> {
    match change {
        CartChange::Add(request) => lines::add(&mut kept.lines, menu, request)?,
        CartChange::Replace(line, request) => lines::replace(&mut kept.lines, menu, *line, request)?,
        CartChange::SetQuantity(line, quantity) => lines::set_quantity(&mut kept.lines, *line, *quantity)?,
        CartChange::SetMode(mode) => {
            snapshot.restaurant.terms.mode(*mode).ok_or_else(|| crate::catalogue::slots::mode_not_offered(*mode))?;
        }
        CartChange::Clear => kept.lines.clear(),
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

fn priced_view(snapshot: &Snapshot, menu: &Menu, kept: &Kept) -> CartView {
    view_in(mode_of(kept, snapshot), snapshot, menu, kept)
}

/// The cart in a mode: words and prices of each line, and the bill of those that can be ordered.
fn view_in(mode: ServiceMode, snapshot: &Snapshot, menu: &Menu, kept: &Kept) -> CartView {
    let priced: Vec<_> = kept.lines.iter().map(|line| Priced::of(menu, line)).collect();
    CartView {
        revision: kept.revision,
        mode,
        bill: bill_without_fee(mode, snapshot, menu, &priced),
        count: kept.lines.iter().map(|line| line.request.quantity).sum(),
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

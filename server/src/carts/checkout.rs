//! Everything the checkout page shows: the cart in its mode, the times that have room, the whole bill, and what still
//! stands in the way.

use crate::{
    carts::{self, lines::Priced, problems::of_order},
    context::AppContext,
    error::ServerError,
    menus::{Offer, Room, Snapshot},
};
use app::{
    domain::{
        bill::{Bill, PricedLine},
        id::{OrderId, VisitorId},
        menu::Menu,
        money::Money,
        pricing::{self, PriceProblem, Service},
        problem::Problem,
        terms::ServiceMode,
    },
    services::{CheckoutOptions, CheckoutView},
};
use uuid::Uuid;

/// Everything the checkout page shows; mints the order's id.
pub async fn checkout(
    context: &AppContext,
    slug: &str,
    visitor: Option<VisitorId>,
    wish: &CheckoutOptions,
) -> Result<CheckoutView, ServerError> {
    let snapshot = context.catalogue.snapshot(context, slug).await?;
    let now = context.clock.now();
    let (kept, room) = tokio::try_join!(carts::find(context, &snapshot, visitor), Room::of(context, &snapshot, now))?;
    let offer = Offer::new(&snapshot, &room, now);
    let terms = &snapshot.restaurant.terms;
    let wished = wish.mode.filter(|mode| terms.mode(*mode).is_some());
    let mode = wished.unwrap_or_else(|| carts::mode_of(&kept, &snapshot));
    let due = wish.due.unwrap_or_else(|| kept.due());
    let (time, menu) = offer.menu(Some(mode), due);
    let priced = Priced::all(&menu, &kept);
    let mut problems: Vec<_> = lines_in_the_way(&priced).into_iter().collect();
    if let Some(refused) = wish.mode.filter(|_| wished.is_none()) {
        problems.push(of_order(&PriceProblem::ModeNotOffered(refused)));
    }
    if let Err(refusal) = offer.promise(mode, due) {
        problems.extend_from_slice(refusal.problems());
    }
    let lines: Vec<_> = priced.iter().filter_map(|priced| priced.outcome.as_ref().ok().cloned()).collect();
    let bill = whole_bill(&snapshot, &menu, lines, mode, wish, &mut problems);
    Ok(CheckoutView {
        order: OrderId::from_uuid(Uuid::now_v7()),
        restaurant: snapshot.restaurant.clone(),
        state: snapshot.state_at(now),
        cart: carts::view_in(mode, time, &snapshot, &menu, &kept),
        times: terms.modes.iter().map(|terms| offer.times(terms.mode)).collect(),
        bill,
        problems,
    })
}

/// The whole bill as far as it can be known: without the fee while the address is wrong or the order too small, and
/// without a tip that is not taken.
fn whole_bill(
    snapshot: &Snapshot,
    menu: &Menu,
    lines: Vec<PricedLine>,
    mode: ServiceMode,
    wish: &CheckoutOptions,
    problems: &mut Vec<Problem>,
) -> Bill {
    if lines.is_empty() {
        return Bill::empty(menu.currency);
    }
    let terms = &snapshot.restaurant.terms;
    let (mut postcode, mut tip_minor) = (wish.postcode.as_deref(), wish.tip_minor);
    postcode = postcode.map(str::trim).filter(|postcode| !postcode.is_empty());
    // Each round without what the last one could not price.
    for _ in 0..3 {
        let tip = Money::new(tip_minor, menu.currency);
        match pricing::price_rows(menu, terms, lines.clone(), Service { mode, postcode }, tip) {
            Ok(bill) => return bill,
            Err(problem) => {
                problems.push(of_order(&problem));
                match problem {
                    PriceProblem::Tip { .. } => tip_minor = 0,
                    _ => postcode = None,
                }
            }
        }
    }
    Bill::empty(menu.currency)
}

/// Why the lines cannot be ordered as they are.
fn lines_in_the_way(priced: &[Priced]) -> Option<Problem> {
    if priced.is_empty() {
        return Some(of_order(&PriceProblem::Empty));
    }
    if priced.iter().any(Priced::is_unread) {
        let words = "A dish in your cart cannot be read any more. Remove it from the cart, then add it again.";
        return Some(Problem::new("lines", "unreadable_line", words));
    }
    let problem = priced.iter().find_map(|priced| priced.outcome.as_ref().err())?;
    Some(of_order(problem))
}

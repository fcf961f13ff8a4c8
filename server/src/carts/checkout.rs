//! Everything the checkout page shows: the cart in its mode, the times that have room, the whole bill, and what still
//! stands in the way.

use crate::{
    carts::{self, lines::Priced, problems::of_order},
    context::AppContext,
    error::ServerError,
    menus::Snapshot,
    queries,
    scheduling::Promise,
};
use app::{
    domain::{
        bill::{Bill, PricedLine},
        error::AppError,
        id::{OrderId, VisitorId},
        menu::Menu,
        money::Money,
        order::Due,
        pricing::{self, PriceProblem, Service},
        problem::Problem,
        terms::ServiceMode,
        time::Timestamp,
    },
    services::{CheckoutOptions, CheckoutView, ModeTimes},
};
use std::collections::HashMap;
use uuid::Uuid;

/// Orders ready up to so many minutes ago may share a time of the grid with new ones.
const LOOK_BACK_MINUTES: i64 = 4 * 60;

/// Everything the checkout page shows; mints the order's id.
pub async fn checkout(
    context: &AppContext,
    slug: &str,
    visitor: Option<VisitorId>,
    wish: &CheckoutOptions,
) -> Result<CheckoutView, ServerError> {
    let snapshot = context.catalogue.snapshot(context, slug).await?;
    let kept = carts::find(context, &snapshot, visitor).await?;
    let now = context.clock.now();
    let room = Room::of(context, &snapshot, now).await?;
    let terms = &snapshot.restaurant.terms;
    let wished = wish.mode.filter(|mode| terms.mode(*mode).is_some());
    let mode = wished.unwrap_or_else(|| carts::mode_of(&kept, &snapshot));
    let due = wish.due.unwrap_or_else(|| kept.due());
    let (time, menu) = snapshot.menu_for(Some(mode), due, now);
    let priced: Vec<_> = kept.lines.iter().map(|line| Priced::of(&menu, line)).collect();
    let mut problems: Vec<_> = lines_in_the_way(&priced).into_iter().collect();
    if let Some(refused) = wish.mode.filter(|_| wished.is_none()) {
        problems.push(of_order(&PriceProblem::ModeNotOffered(refused)));
    }
    problems.extend(time_in_the_way(&snapshot, &room, mode, due, now));
    let lines: Vec<_> = priced.iter().filter_map(|priced| priced.outcome.as_ref().ok().cloned()).collect();
    let bill = whole_bill(&snapshot, &menu, lines, mode, wish, &mut problems);
    Ok(CheckoutView {
        order: OrderId::from_uuid(Uuid::now_v7()),
        restaurant: snapshot.restaurant.clone(),
        state: snapshot.state_at(now),
        cart: carts::view_in(mode, time, &snapshot, &menu, &kept),
        times: terms.modes.iter().map(|terms| room.times(&snapshot, terms.mode, now)).collect(),
        bill,
        problems,
    })
}

/// How many orders each time of the grid holds.
pub struct Room(HashMap<(ServiceMode, Timestamp), u32>);

impl Room {
    /// Reads what is taken, from the times on that an order of now may still fall into.
    pub async fn of(context: &AppContext, snapshot: &Snapshot, now: Timestamp) -> Result<Self, ServerError> {
        let from = now.plus_minutes(-LOOK_BACK_MINUTES);
        let loads = queries::carts::loads(&context.store, snapshot.restaurant.id, from).await?;
        Ok(Self(loads.into_iter().map(|(mode, at, taken)| ((mode, at), taken)).collect()))
    }

    /// When a mode could be served: only times with room.
    pub fn times(&self, snapshot: &Snapshot, mode: ServiceMode, now: Timestamp) -> ModeTimes {
        let earliest = self.promise(snapshot, mode, Due::Asap, now).ok().map(|promise| promise.estimated_at);
        ModeTimes {
            mode,
            earliest: earliest.map(|at| snapshot.local(at, now)),
            slots: snapshot.slots_with_room(mode, now, |promise| self.has_room(mode, promise)),
        }
    }

    /// When an order would be there, or why it cannot be.
    pub fn promise(
        &self,
        snapshot: &Snapshot,
        mode: ServiceMode,
        due: Due,
        now: Timestamp,
    ) -> Result<Promise, AppError> {
        snapshot.promise_with_room(mode, due, now, |promise| self.has_room(mode, promise))
    }

    fn has_room(&self, mode: ServiceMode, promise: &Promise) -> bool {
        let taken = self.0.get(&(mode, promise.slot_at)).copied().unwrap_or_default();
        promise.slot_limit.is_none_or(|limit| taken < limit)
    }
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
    let problem = priced.iter().find_map(|priced| priced.outcome.as_ref().err())?;
    Some(of_order(problem))
}

/// Why the wished time cannot be had.
fn time_in_the_way(snapshot: &Snapshot, room: &Room, mode: ServiceMode, due: Due, now: Timestamp) -> Vec<Problem> {
    match room.promise(snapshot, mode, due, now) {
        Ok(_) => Vec::new(),
        Err(refusal) => refusal.problems().to_vec(),
    }
}

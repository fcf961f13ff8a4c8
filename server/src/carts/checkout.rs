//! The checkout page's data: the cart in its mode, the times with capacity, the whole bill, and the problems.

use crate::{
    carts::{self, lines::Priced, problems::of_order},
    context::AppContext,
    error::ServerError,
    menus::{Offer, SlotAvailability, Snapshot},
};
use app::{
    domain::{
        bill::{Bill, PricedLine},
        id::{OrderId, VisitorId},
        menu::Menu,
        money::Money,
        pricing::{self, PriceProblem, Service},
        problem::Problem,
    },
    forms::{fields, location},
    services::{CheckoutOptions, CheckoutView},
};
use uuid::Uuid;

/// The checkout view; generates the order's id.
pub async fn checkout(
    context: &AppContext,
    slug: &str,
    visitor: Option<VisitorId>,
    options: &CheckoutOptions,
) -> Result<CheckoutView, ServerError> {
    let snapshot = context.catalogue.snapshot(slug).await?;
    let now = context.clock.now();
    let (cart, availability) =
        tokio::try_join!(carts::find(context, &snapshot, visitor), SlotAvailability::of(context, &snapshot, now))?;
    let offer = Offer::new(&snapshot, &availability, now);
    let terms = &snapshot.restaurant.terms;
    let chosen = options.mode.filter(|mode| terms.mode(*mode).is_some());
    let mode = chosen.unwrap_or_else(|| carts::mode_of(&cart, &snapshot));
    let due = options.due.unwrap_or_else(|| cart.due());
    let (time, menu) = offer.menu(Some(mode), due);
    let priced = Priced::all(&menu, &cart);
    let mut problems: Vec<_> = line_problem(&priced).into_iter().collect();
    if let Some(refused) = options.mode.filter(|_| chosen.is_none()) {
        problems.push(of_order(&PriceProblem::ModeNotOffered(refused)));
    }
    if let Err(refusal) = offer.promise(mode, due) {
        problems.extend_from_slice(refusal.problems());
    }
    let lines: Vec<_> = priced.iter().filter_map(|priced| priced.outcome.as_ref().ok().cloned()).collect();
    let service = Service { mode, postcode: None, location: None, date: offer.supply_date(mode, due) };
    let bill = whole_bill(&snapshot, &menu, lines, service, options, &mut problems);
    Ok(CheckoutView {
        order: OrderId::from_uuid(Uuid::now_v7()),
        restaurant: snapshot.restaurant.clone(),
        state: snapshot.state_at(now),
        cart: carts::view_in(mode, time, &offer, &menu, &cart),
        times: terms.modes.iter().map(|terms| offer.times(terms.mode)).collect(),
        bill,
        problems,
    })
}

/// The bill as far as it can be computed: without the fee while the address is invalid or the order too small, and
/// without an invalid tip.
fn whole_bill(
    snapshot: &Snapshot,
    menu: &Menu,
    lines: Vec<PricedLine>,
    service: Service<'_>,
    options: &CheckoutOptions,
    problems: &mut Vec<Problem>,
) -> Bill {
    if lines.is_empty() {
        return Bill::empty(menu.currency);
    }
    let terms = &snapshot.restaurant.terms;
    let (mut postcode, mut tip_minor) = (options.postcode.as_deref(), options.tip_minor);
    postcode = postcode.map(str::trim).filter(|postcode| !postcode.is_empty());
    let near = terms.location;
    let typed = location::optional(fields::LOCATION, options.location.as_deref().unwrap_or_default(), near);
    let mut at = typed.unwrap_or_else(|problem| {
        problems.push(problem);
        None
    });
    let mut is_enough = true;
    // Each attempt omits the part that the previous one could not price.
    for _ in 0..4 {
        let tip = Money::new(tip_minor, menu.currency);
        let price = if is_enough { pricing::price_rows } else { pricing::preview_rows };
        match price(menu, terms, lines.clone(), Service { postcode, location: at, ..service }, tip) {
            Ok(bill) => return bill,
            Err(problem) => {
                let told = of_order(&problem);
                // A location that could not be read is missing for the price, which is no second problem.
                if told.field != fields::LOCATION || problems.iter().all(|found| found.field != fields::LOCATION) {
                    problems.push(told);
                }
                match problem {
                    PriceProblem::Tip { .. } => tip_minor = 0,
                    PriceProblem::BelowMinimum { .. } => (is_enough, postcode, at) = (false, None, None),
                    // The rest has the same rates.
                    PriceProblem::Tax(_) => break,
                    _ => (postcode, at) = (None, None),
                }
            }
        }
    }
    Bill::empty(menu.currency)
}

/// The first problem with the lines.
fn line_problem(priced: &[Priced]) -> Option<Problem> {
    if priced.is_empty() {
        return Some(of_order(&PriceProblem::Empty));
    }
    if priced.iter().any(Priced::is_unread) {
        let words = "A dish in your cart can no longer be read. Remove it from the cart, then add it again.";
        return Some(Problem::new("lines", "unreadable_line", words));
    }
    let problem = priced.iter().find_map(|priced| priced.outcome.as_ref().err())?;
    Some(of_order(problem))
}

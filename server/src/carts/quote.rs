//! Prices of lines for API clients, without an order.

use crate::{
    carts::problems::{at_lines, of_order},
    context::AppContext,
    error::ServerError,
    menus::{Offer, SlotAvailability},
};
use app::domain::{
    bill::PricedLine,
    cart::MAX_LINES,
    error::AppError,
    menu::Menu,
    money::Money,
    order::{Due, Quote, QuoteRequest},
    pricing::{self, PriceProblem, Service},
};

/// Prices lines without ordering them.
pub async fn quote(context: &AppContext, slug: &str, request: &QuoteRequest) -> Result<Quote, ServerError> {
    let snapshot = context.catalogue.snapshot(slug).await?;
    let now = context.clock.now();
    let availability = SlotAvailability::of(context, &snapshot, now).await?;
    let offer = Offer::new(&snapshot, &availability, now);
    let (_, menu) = offer.menu(Some(request.mode), request.due);
    let whole = |problem: PriceProblem| AppError::Invalid { problems: vec![of_order(&problem)] };
    let terms = &snapshot.restaurant.terms;
    terms.mode(request.mode).ok_or_else(|| whole(PriceProblem::ModeNotOffered(request.mode)))?;
    if request.due != Due::Asap {
        offer.promise(request.mode, request.due)?;
    }
    let lines = price_lines(&menu, request)?;
    let postcode = request.postcode.as_deref().map(str::trim).filter(|postcode| !postcode.is_empty());
    let date = offer.supply_date(request.mode, request.due);
    let service = Service { mode: request.mode, postcode, location: request.location, date };
    let tip = Money::new(request.tip_minor, menu.currency);
    let bill = pricing::price_rows(&menu, terms, lines, service, tip).map_err(whole)?;
    let times = offer.times(request.mode);
    Ok(Quote { menu_version: menu.version, bill, earliest: times.earliest, slots: times.slots })
}

fn price_lines(menu: &Menu, request: &QuoteRequest) -> Result<Vec<PricedLine>, AppError> {
    if let Some(problem) = wrong_number(request.lines.len()) {
        return Err(AppError::Invalid { problems: vec![of_order(&problem)] });
    }
    let (mut priced, mut problems) = (Vec::new(), Vec::new());
    for (at, line) in request.lines.iter().enumerate() {
        match pricing::price_line(menu, line) {
            Ok(line) => priced.push(line),
            Err(problem) => problems.push((at, problem)),
        }
    }
    if problems.is_empty() { Ok(priced) } else { Err(at_lines(problems)) }
}

const fn wrong_number(lines: usize) -> Option<PriceProblem> {
    match lines {
        0 => Some(PriceProblem::Empty),
        1..=MAX_LINES => None,
        _ => Some(PriceProblem::TooManyLines),
    }
}

//! Validation of an order as a whole: all problems at once, each at its field.

use crate::{
    carts::problems::{is_sold_out, of_line, of_order},
    menus::{Offer, Snapshot},
    scheduling::Promise,
};
use app::domain::cart::{LineRequest, MAX_LINES};
use app::{
    domain::{
        bill::{Bill, PricedLine},
        date::Date,
        error::{AppError, Problem},
        locale::Locale,
        menu::Menu,
        money::{Currency, Money},
        order::{Address, Contact, NewOrder},
        pricing::{PriceProblem, Service, price_line, price_rows},
        terms::{ServiceMode, Terms},
        text, typed,
    },
    forms::{checkout, fields},
};

/// Characters of the note on an order.
const MAX_ORDER_NOTE: usize = 280;
/// Characters of the directions for the courier.
const MAX_DIRECTIONS: usize = 200;

/// How a tip is given.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Tip<'a> {
    /// In minor units.
    Minor(i64),
    /// As chosen on the checkout form: perhaps a percentage of the items.
    Chosen { choice: &'a str, other: &'a str },
}

impl Tip<'_> {
    fn of(self, lines: &[PricedLine], currency: Currency, locale: &Locale) -> Result<Money, Problem> {
        match self {
            Self::Minor(minor) => Ok(Money::new(minor, currency)),
            Self::Chosen { choice, other } => {
                let subtotal = Money::sum(currency, lines.iter().map(|line| line.total));
                checkout::tip(choice, other, subtotal.unwrap_or_else(|_| Money::zero(currency)), locale)
            }
        }
    }
}

#[derive(Debug)]
pub(crate) struct ValidatedOrder {
    pub(crate) name: String,
    pub(crate) phone: String,
    pub(crate) email: String,
    /// Table or address in one line; empty for pickup.
    pub(crate) place: String,
    pub(crate) note: String,
    pub(crate) tip: Money,
    pub(crate) bill: Bill,
    pub(crate) menu_version: i64,
    pub(crate) promise: Promise,
}

/// Validates and prices an order, with this tip instead of its own; `unread` is the problem of a part that could not be read.
pub(crate) fn check(
    offer: &Offer<'_>,
    order: &NewOrder,
    tip: Tip<'_>,
    unread: Option<&Problem>,
) -> Result<ValidatedOrder, AppError> {
    let mut problems = Problems { found: unread.into_iter().cloned().collect(), sold_out: 0 };
    let terms = &offer.snapshot.restaurant.terms;
    let (_, menu) = offer.menu(Some(order.mode), order.due);

    let promise = promise(offer, order, &mut problems)?;
    let (name, phone, email) = contact(&order.contact, &mut problems);
    let place = fulfilment(terms, order, &mut problems);
    let note = problems.text_or_problem(text::note(fields::NOTE, &order.note, MAX_ORDER_NOTE));
    let date = match &promise {
        Some(promise) => offer.snapshot.clock().calendar_date(promise.supplied_at()),
        None => offer.supply_date(order.mode, order.due),
    };
    let bill = price((offer.snapshot, date), &menu, order, tip, &mut problems);

    problems.into_result()?;
    match (promise, bill) {
        (Some(promise), Some((tip, bill))) => {
            Ok(ValidatedOrder { name, phone, email, place, note, tip, bill, menu_version: menu.version, promise })
        }
        _ => Err(AppError::invalid("", "invalid", "Please check what you sent.")),
    }
}

/// A closed restaurant is returned alone, since no field corrects it.
fn promise(offer: &Offer<'_>, order: &NewOrder, problems: &mut Problems) -> Result<Option<Promise>, AppError> {
    if offer.snapshot.restaurant.terms.mode(order.mode).is_none() {
        problems.add(&PriceProblem::ModeNotOffered(order.mode));
        return Ok(None);
    }
    match offer.promise(order.mode, order.due) {
        Ok(promise) => Ok(Some(promise)),
        Err(AppError::Invalid { problems: found }) => {
            problems.found.extend(found);
            Ok(None)
        }
        Err(refusal) => Err(refusal),
    }
}

fn contact(contact: &Contact, problems: &mut Problems) -> (String, String, String) {
    let name = problems.text_or_problem(text::guest_name(&contact.name));
    let phone = problems.optional_text(&contact.phone, text::phone);
    let email = problems.optional_text(&contact.email, text::email);
    if !typed::is_seen(&contact.phone) && !typed::is_seen(&contact.email) {
        let words = "Enter a phone number or an e-mail address, so that the restaurant can reach you.";
        problems.found.push(Problem::new(fields::PHONE, "required", words));
    }
    (name, phone, email)
}

fn fulfilment(terms: &Terms, order: &NewOrder, problems: &mut Problems) -> String {
    let address = order.address.as_ref();
    let table = order.table.as_deref().map(str::trim).filter(|table| !table.is_empty());
    if order.mode != ServiceMode::Delivery && address.is_some() {
        let words = "An address is only for delivery. Leave it out, or choose delivery.";
        problems.found.push(Problem::new(fields::STREET, "not_for_mode", words));
    }
    if order.mode != ServiceMode::DineIn && table.is_some() {
        let words = "A table is only for eating in. Leave it out, or choose to dine in.";
        problems.found.push(Problem::new(fields::TABLE, "not_for_mode", words));
    }
    match order.mode {
        ServiceMode::Pickup => String::new(),
        ServiceMode::Delivery => delivery_address(address, problems),
        ServiceMode::DineIn => table_of(terms, table, problems),
    }
}

fn delivery_address(address: Option<&Address>, problems: &mut Problems) -> String {
    let blank = Address::default();
    let address = address.unwrap_or(&blank);
    let street = problems.text_or_problem(text::address_line(fields::STREET, &address.street));
    let postcode = problems.text_or_problem(text::postcode(fields::POSTCODE, &address.postcode));
    let city = problems.optional_text(&address.city, |city| text::address_line(fields::CITY, city));
    let directions = problems.text_or_problem(text::note(fields::DIRECTIONS, &address.directions, MAX_DIRECTIONS));
    let town = format!("{postcode} {city}");
    let line = format!("{street}, {}", town.trim());
    if directions.is_empty() { line } else { format!("{line} ({})", directions.replace('\n', ", ")) }
}

fn table_of(terms: &Terms, table: Option<&str>, problems: &mut Problems) -> String {
    let tables = terms.mode(ServiceMode::DineIn).map_or(&[][..], |mode| &mode.tables);
    let problem = match table {
        None if tables.is_empty() => return String::new(),
        None => Problem::new(fields::TABLE, "required", "Choose the table you are sitting at."),
        Some(named) => match tables.iter().find(|table| table.as_str() == named) {
            Some(table) => return format!("Table {table}"),
            None => {
                Problem::new(fields::TABLE, "unknown_table", "There is no such table here. Choose one of the list.")
            }
        },
    };
    problems.found.push(problem);
    String::new()
}

/// Prices all valid lines, so that an invalid one does not hide other problems.
fn price(
    (snapshot, date): (&Snapshot, Date),
    menu: &Menu,
    order: &NewOrder,
    tip: Tip<'_>,
    problems: &mut Problems,
) -> Option<(Money, Bill)> {
    if order.lines.is_empty() {
        problems.add(&PriceProblem::Empty);
    }
    if order.lines.len() > MAX_LINES {
        problems.add(&PriceProblem::TooManyLines);
        return None;
    }
    let lines: Vec<_> =
        order.lines.iter().enumerate().filter_map(|(at, line)| price_one(menu, at, line, problems)).collect();
    let complete = lines.len() == order.lines.len() && !lines.is_empty();
    let postcode = order.address.as_ref().map(|address| address.postcode.trim()).filter(|code| !code.is_empty());
    let tip = tip.of(&lines, menu.currency, &snapshot.restaurant.locale).unwrap_or_else(|problem| {
        problems.found.push(problem);
        Money::zero(menu.currency)
    });
    let location = order.address.as_ref().and_then(|address| address.location);
    let service = Service { mode: order.mode, postcode, location, date };
    match price_rows(menu, &snapshot.restaurant.terms, lines, service, tip) {
        Ok(bill) => Some((tip, bill)),
        // Reported already, with the promise.
        Err(PriceProblem::ModeNotOffered(_)) => None,
        // May be a consequence of the missing lines.
        Err(PriceProblem::BelowMinimum { .. }) if !complete => None,
        Err(problem) => {
            problems.add(&problem);
            None
        }
    }
}

fn price_one(menu: &Menu, at: usize, line: &LineRequest, problems: &mut Problems) -> Option<PricedLine> {
    match price_line(menu, line) {
        Ok(priced) => Some(priced),
        Err(problem) => {
            problems.add_at(at, &problem);
            None
        }
    }
}

/// Problems found so far.
#[derive(Debug, Default)]
struct Problems {
    found: Vec<Problem>,
    /// Those of them that are conflicts with current availability, as opposed to invalid input.
    sold_out: usize,
}

impl Problems {
    fn add(&mut self, problem: &PriceProblem) {
        let problem = of_order(problem);
        // A location that could not be read is missing for the price, which is no second problem.
        if problem.field != fields::LOCATION || self.found.iter().all(|found| found.field != fields::LOCATION) {
            self.found.push(problem);
        }
    }

    fn add_at(&mut self, line: usize, problem: &PriceProblem) {
        self.sold_out += usize::from(is_sold_out(problem));
        self.found.push(of_line(line, problem));
    }

    /// The valid text, else an empty one and a problem.
    fn text_or_problem(&mut self, checked: Result<String, Problem>) -> String {
        checked.unwrap_or_else(|problem| {
            self.found.push(problem);
            String::new()
        })
    }

    fn optional_text(&mut self, text: &str, check: impl Fn(&str) -> Result<String, Problem>) -> String {
        if typed::is_seen(text) { self.text_or_problem(check(text)) } else { String::new() }
    }

    /// The same status as for a quote: a conflict when the only problem is sold-out items.
    fn into_result(self) -> Result<(), AppError> {
        let all_sold_out = self.found.len() == self.sold_out;
        match self.found.first() {
            None => Ok(()),
            Some(first) if all_sold_out => Err(AppError::Conflict { problem: first.clone() }),
            Some(_) => Err(AppError::Invalid { problems: self.found }),
        }
    }
}

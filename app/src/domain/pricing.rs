//! The price engine: the same rules preview a cart in the browser and price an order on the server.
//!
//! Rules. A line costs its variant plus its modifiers, times its quantity. A modifier costs its price for the variant's
//! size. Of a group with free picks, the cheapest picks are free. Charges and percentages are taken of the items only. The
//! items must reach the minimum of the service mode, and for delivery that of the zone.
//! Delivery costs the zone's fee, and is free from the zone's `free_from`. A tip is an amount that the guest chooses. All but
//! the tip is taxed, at the rates of the service mode and the date of supply.

mod minimum;
mod problem;
mod tax;
mod tip;

pub use minimum::below as below_minimum;
pub use problem::PriceProblem;
pub use tip::{example as example_tip, highest as highest_tip};

use crate::domain::{
    bill::{Bill, BillRow, BillRowKind, PricedLine, PricedModifier},
    cart::{Choice, LineRequest, MAX_LINES, MAX_NOTE, MAX_QUANTITY},
    date::Date,
    diet::Allergen,
    locale::Locale,
    location::Location,
    menu::{GroupUse, Item, Menu, ModifierGroup, Section, Variant},
    money::{Money, MoneyError},
    terms::{Charge, Rate, ServiceMode, Terms, Zone},
    text,
};

/// The service mode, address and date, as far as they change the price.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Service<'a> {
    pub mode: ServiceMode,
    /// The postcode to deliver to; none while the guest has not entered it.
    pub postcode: Option<&'a str>,
    /// The location to deliver to; none while it is not known.
    pub location: Option<Location>,
    /// The date for which the order is promised, in the restaurant's zone: that of the tax rates.
    pub date: Date,
}

/// Prices one line, or returns the problem.
pub fn price_line(menu: &Menu, request: &LineRequest) -> Result<PricedLine, PriceProblem> {
    let (section, item) = menu.item(request.item).ok_or(PriceProblem::UnknownItem)?;
    ensure_offered(section, item)?;
    ensure_countable(request)?;
    let variant = chosen_variant(item, request)?;
    let modifiers = price_modifiers(menu, item, variant, &request.modifiers)?;
    let extras = Money::sum(menu.currency, modifiers.iter().map(|modifier| modifier.total))?;
    let unit = variant.price.plus(extras)?;
    Ok(PricedLine {
        item: item.id,
        variant: variant.id,
        name: item.name.clone(),
        kitchen_name: String::new(),
        variant_name: variant.name.clone(),
        quantity: request.quantity,
        allergens: all_allergens(menu, item, &request.modifiers),
        modifiers,
        note: text::lines(&request.note),
        base: variant.price,
        unit,
        total: unit.times(request.quantity)?,
        taxes: Vec::new(),
    })
}

/// Prices the lines of an order with charges, delivery and tip.
pub fn price_order(
    menu: &Menu,
    terms: &Terms,
    lines: &[LineRequest],
    service: Service<'_>,
    tip: Money,
) -> Result<Bill, PriceProblem> {
    if lines.is_empty() {
        return Err(PriceProblem::Empty);
    }
    if lines.len() > MAX_LINES {
        return Err(PriceProblem::TooManyLines);
    }
    let lines = lines.iter().map(|line| price_line(menu, line)).collect::<Result<Vec<_>, _>>()?;
    price_rows(menu, terms, lines, service, tip)
}

/// Adds charges, delivery and tip to priced lines.
pub fn price_rows(
    menu: &Menu,
    terms: &Terms,
    lines: Vec<PricedLine>,
    service: Service<'_>,
    tip: Money,
) -> Result<Bill, PriceProblem> {
    bill(menu, terms, lines, service, tip, true)
}

/// The same without minimums: the bill of a cart that is still being filled.
pub fn preview_rows(
    menu: &Menu,
    terms: &Terms,
    lines: Vec<PricedLine>,
    service: Service<'_>,
    tip: Money,
) -> Result<Bill, PriceProblem> {
    bill(menu, terms, lines, service, tip, false)
}

fn bill(
    menu: &Menu,
    terms: &Terms,
    mut lines: Vec<PricedLine>,
    service: Service<'_>,
    tip: Money,
    complete: bool,
) -> Result<Bill, PriceProblem> {
    let mode = terms.mode(service.mode).ok_or(PriceProblem::ModeNotOffered(service.mode))?;
    let subtotal = Money::sum(menu.currency, lines.iter().map(|line| line.total))?;
    let mut rows = charge_rows(&terms.charges, service.mode, subtotal, &menu.locale)?;
    let is_delivered = service.mode == ServiceMode::Delivery;
    let zone = if is_delivered { terms.zone_for(service.postcode, service.location)? } else { None };
    if complete {
        minimum::ensure(mode, zone, subtotal, &menu.locale)?;
    }
    rows.extend(zone.map(|zone| delivery_row(zone, subtotal, &menu.locale)));
    tip::ensure(tip, subtotal, &menu.locale)?;
    if !tip.is_zero() {
        rows.push(BillRow::new(BillRowKind::Tip, "Tip".to_owned(), String::new(), tip));
    }
    let tax = tax::add(menu, terms, service, &mut lines, &mut rows)?;
    Ok(Bill::of(menu.currency, lines, rows, tax)?)
}

fn ensure_offered(section: &Section, item: &Item) -> Result<(), PriceProblem> {
    let sold_out = |reason: String| PriceProblem::SoldOut { item: item.name.clone(), reason };
    if let Some(reason) = &item.sold_out {
        return Err(sold_out(reason.clone()));
    }
    if !section.available {
        let hours = section.hours.as_deref().unwrap_or("other hours");
        return Err(sold_out(format!("“{}” can only be ordered {hours}", section.name)));
    }
    Ok(())
}

fn ensure_countable(request: &LineRequest) -> Result<(), PriceProblem> {
    if !(1..=MAX_QUANTITY).contains(&request.quantity) {
        return Err(PriceProblem::Quantity);
    }
    if text::length(&text::lines(&request.note)) > MAX_NOTE {
        return Err(PriceProblem::NoteTooLong);
    }
    Ok(())
}

fn chosen_variant<'a>(item: &'a Item, request: &LineRequest) -> Result<&'a Variant, PriceProblem> {
    let unknown = || PriceProblem::UnknownVariant { item: item.name.clone() };
    match (request.variant, item.variants.as_slice()) {
        (Some(id), _) => item.variant(id).ok_or_else(unknown),
        (None, [only]) => Ok(only),
        (None, _) => Err(unknown()),
    }
}

fn price_modifiers(
    menu: &Menu,
    item: &Item,
    variant: &Variant,
    choices: &[Choice],
) -> Result<Vec<PricedModifier>, PriceProblem> {
    let mut priced = Vec::with_capacity(choices.len());
    for (usage, group) in menu.groups_of(item) {
        priced.extend(price_group(item, variant, usage, group, choices)?);
    }
    if priced.len() == choices.len() {
        Ok(priced)
    } else {
        Err(PriceProblem::UnknownModifier { item: item.name.clone() })
    }
}

fn price_group(
    item: &Item,
    variant: &Variant,
    usage: &GroupUse,
    group: &ModifierGroup,
    choices: &[Choice],
) -> Result<Vec<PricedModifier>, PriceProblem> {
    let mut picks = Vec::new();
    for modifier in &group.modifiers {
        let mut named = choices.iter().filter(|choice| choice.modifier == modifier.id);
        let Some(choice) = named.next() else { continue };
        if choice.quantity == 0 || named.next().is_some() {
            return Err(PriceProblem::UnknownModifier { item: item.name.clone() });
        }
        if modifier.sold_out {
            let modifier = modifier.name.clone();
            return Err(PriceProblem::ModifierSoldOut { item: item.name.clone(), modifier });
        }
        if choice.quantity > modifier.max {
            let (max, modifier) = (modifier.max, modifier.name.clone());
            return Err(PriceProblem::TooManyOfOne { item: item.name.clone(), modifier, max });
        }
        picks.push(PricedModifier {
            modifier: modifier.id,
            group: group.id,
            group_name: group.name.clone(),
            name: modifier.name.clone(),
            quantity: choice.quantity,
            free: 0,
            unit: modifier.price_on(variant),
            total: Money::zero(variant.price.currency()),
        });
    }
    ensure_bounds(item, usage, group, &picks)?;
    give_free_picks(&mut picks, usage.free);
    for pick in &mut picks {
        pick.total = pick.unit.times(pick.quantity - pick.free)?;
    }
    Ok(picks)
}

fn ensure_bounds(
    item: &Item,
    usage: &GroupUse,
    group: &ModifierGroup,
    picks: &[PricedModifier],
) -> Result<(), PriceProblem> {
    let count = picks.iter().map(|pick| u64::from(pick.quantity)).sum::<u64>();
    let (item, group) = (item.name.clone(), group.name.clone());
    if count < u64::from(usage.min) {
        return Err(PriceProblem::TooFew { item, group, min: usage.min });
    }
    if count > u64::from(usage.max) {
        return Err(PriceProblem::TooMany { item, group, max: usage.max });
    }
    Ok(())
}

/// The cheapest picks are free: a guest who adds a dearer topping never pays for a cheaper one twice.
fn give_free_picks(picks: &mut [PricedModifier], free: u32) {
    let mut left = free;
    while left > 0 {
        let paid = picks.iter_mut().filter(|pick| pick.free < pick.quantity);
        let Some(cheapest) = paid.min_by_key(|pick| pick.unit.minor()) else { break };
        cheapest.free = left.min(cheapest.quantity);
        left -= cheapest.free;
    }
}

fn all_allergens(menu: &Menu, item: &Item, choices: &[Choice]) -> Vec<Allergen> {
    let chosen = || menu.groups_of(item).flat_map(|(_, group)| &group.modifiers);
    let chosen = || chosen().filter(|modifier| choices.iter().any(|choice| choice.modifier == modifier.id));
    let held = |allergen: &Allergen| {
        item.allergens.contains(allergen) || chosen().any(|modifier| modifier.allergens.contains(allergen))
    };
    Allergen::ALL.iter().copied().filter(held).collect()
}

fn charge_rows(
    charges: &[Charge],
    mode: ServiceMode,
    subtotal: Money,
    locale: &Locale,
) -> Result<Vec<BillRow>, MoneyError> {
    let due = charges.iter().filter(|charge| charge.modes.contains(&mode));
    due.map(|charge| {
        let (amount, reason) = match charge.rate {
            Rate::Fixed(amount) => (amount, String::new()),
            Rate::Percent(percent) => (subtotal.percent(percent)?, format!("{percent} % of {}", subtotal.text(locale))),
        };
        Ok(BillRow::new(BillRowKind::Charge, charge.name.clone(), reason, amount))
    })
    .collect()
}

fn delivery_row(zone: &Zone, subtotal: Money, locale: &Locale) -> BillRow {
    let free_from = zone.free_from.filter(|limit| subtotal.minor() >= limit.minor());
    let (amount, reason) = match free_from {
        Some(limit) => (Money::zero(subtotal.currency()), format!("{}, free from {}", zone.name, limit.text(locale))),
        None => (zone.fee, zone.name.clone()),
    };
    BillRow::new(BillRowKind::Delivery, "Delivery".to_owned(), reason, amount)
}

//! What an order must cost: the rules of prices written a second time, from what they say and not from how Toast does it.
//!
//! Whole minor units in 128 bits; nothing is shared with the server but the menu that it shows.

use crate::menu::{Basket, Line, Menu, Terms, Zone};
use std::collections::BTreeMap;

/// The exact total in minor units, or why the order cannot be priced.
pub fn total(menu: &Menu, terms: &Terms, basket: &Basket) -> Result<i64, String> {
    let dishes = basket.lines.iter().map(|line| worth_of(menu, line)).sum::<Result<i128, _>>()?;
    let charged: i128 = terms
        .charges
        .iter()
        .filter(|charge| charge.modes.contains(&basket.mode))
        .map(|charge| {
            let percent = charge.percent.map_or(0, |percent| hundredths(dishes, percent));
            i128::from(charge.fixed.unwrap_or_default()) + percent
        })
        .sum();
    let brought = match (basket.mode.as_str(), &basket.postcode) {
        ("delivery", Some(postcode)) => {
            let zone = zone_of(terms, postcode).ok_or_else(|| format!("{postcode} lies in no zone"))?;
            if dishes < i128::from(zone.minimum) {
                return Err(format!("{dishes} is below the minimum of {}", zone.minimum));
            }
            let is_free = zone.free_from.is_some_and(|limit| dishes >= i128::from(limit));
            if is_free { 0 } else { i128::from(zone.fee) }
        }
        _ => 0,
    };
    i64::try_from(dishes + charged + brought + i128::from(basket.tip)).map_err(|_| "too large".to_owned())
}

/// What the dishes of a line cost together.
fn worth_of(menu: &Menu, line: &Line) -> Result<i128, String> {
    let mut items = menu.sections.iter().flat_map(|section| &section.items);
    let item = items.find(|item| item.id == line.item).ok_or_else(|| format!("no dish {}", line.item))?;
    let variant = item.variants.iter().find(|variant| variant.id == line.variant);
    let variant = variant.ok_or_else(|| format!("no size {}", line.variant))?;
    let mut one = i128::from(variant.price.minor);
    let mut known = 0;
    for usage in &item.groups {
        let Some(group) = menu.groups.iter().find(|group| group.id == usage.group) else { continue };
        let prices: BTreeMap<_, _> = group.modifiers.iter().map(|modifier| (modifier.id, modifier)).collect();
        // Each single pick by itself, cheapest first: the first ones are free.
        let mut picks = Vec::new();
        for pick in &line.modifiers {
            let Some(modifier) = prices.get(&pick.modifier) else { continue };
            let price = modifier.size_prices.get(&variant.size).unwrap_or(&modifier.price).minor;
            picks.extend(std::iter::repeat_n(i128::from(price), usize::try_from(pick.quantity).unwrap_or(0)));
            known += 1;
        }
        picks.sort_unstable();
        one += picks.into_iter().skip(usize::try_from(usage.free).unwrap_or(usize::MAX)).sum::<i128>();
    }
    if known == line.modifiers.len() {
        Ok(one * i128::from(line.quantity))
    } else {
        Err("a modifier is not offered with its dish".to_owned())
    }
}

/// So many hundredths, halves upwards.
fn hundredths(amount: i128, percent: i64) -> i128 {
    let scaled = amount * i128::from(percent);
    let whole = scaled.div_euclid(100);
    if scaled.rem_euclid(100) >= 50 { whole + 1 } else { whole }
}

/// The zone that names the longest beginning of a postcode.
fn zone_of<'a>(terms: &'a Terms, postcode: &str) -> Option<&'a Zone> {
    let wanted = folded(postcode);
    let mut best: Option<(usize, &Zone)> = None;
    for zone in &terms.zones {
        for prefix in zone.postcodes.iter().map(|prefix| folded(prefix)) {
            let is_better = best.is_none_or(|(length, _)| prefix.len() >= length);
            if is_better && wanted.starts_with(&prefix) {
                best = Some((prefix.len(), zone));
            }
        }
    }
    best.map(|(_, zone)| zone)
}

fn folded(text: &str) -> String {
    text.to_uppercase().chars().filter(|letter| letter.is_alphanumeric()).collect()
}

#[cfg(test)]
#[path = "oracle/tests.rs"]
mod tests;

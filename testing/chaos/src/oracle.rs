//! The price oracle: an independent implementation of the pricing rules, in 128-bit minor units. It shares only the menu
//! with the server.

use crate::menu::{Basket, Line, Menu, Terms, Zone};
use std::collections::BTreeMap;

/// The exact total in minor units, or why the order cannot be priced.
pub fn total(menu: &Menu, terms: &Terms, basket: &Basket) -> Result<i64, String> {
    let subtotal = basket.lines.iter().map(|line| line_total(menu, line)).sum::<Result<i128, _>>()?;
    let charges: i128 = terms
        .charges
        .iter()
        .filter(|charge| charge.modes.contains(&basket.mode))
        .map(|charge| {
            let percent = charge.percent.map_or(0, |percent| percent_of(subtotal, percent));
            i128::from(charge.fixed.unwrap_or_default()) + percent
        })
        .sum();
    if let Some(minimum) = terms.minimums.get(&basket.mode)
        && subtotal < i128::from(*minimum)
    {
        return Err(format!("{subtotal} is below the minimum of {minimum} for {}", basket.mode));
    }
    let delivery = match (basket.mode.as_str(), &basket.postcode) {
        ("delivery", Some(postcode)) => {
            let zone = zone_of(terms, postcode).ok_or_else(|| format!("{postcode} is in no zone"))?;
            if subtotal < i128::from(zone.minimum) {
                return Err(format!("{subtotal} is below the minimum of {}", zone.minimum));
            }
            let is_free = zone.free_from.is_some_and(|limit| subtotal >= i128::from(limit));
            if is_free { 0 } else { i128::from(zone.fee) }
        }
        _ => 0,
    };
    let taxed = subtotal + charges + delivery;
    let tax = terms.added_tax.get(&basket.mode).map_or(0, |millionths| tax_of(taxed, *millionths));
    i64::try_from(taxed + tax + i128::from(basket.tip)).map_err(|_| "too large".to_owned())
}

fn line_total(menu: &Menu, line: &Line) -> Result<i128, String> {
    let mut items = menu.sections.iter().flat_map(|section| &section.items);
    let item = items.find(|item| item.id == line.item).ok_or_else(|| format!("no item {}", line.item))?;
    let variant = item.variants.iter().find(|variant| variant.id == line.variant);
    let variant = variant.ok_or_else(|| format!("no variant {}", line.variant))?;
    let mut portion = i128::from(variant.price.minor);
    let mut known = 0;
    for usage in &item.groups {
        let Some(group) = menu.groups.iter().find(|group| group.id == usage.group) else { continue };
        let modifiers: BTreeMap<_, _> = group.modifiers.iter().map(|modifier| (modifier.id, modifier)).collect();
        let mut prices = Vec::new();
        for pick in &line.modifiers {
            let Some(modifier) = modifiers.get(&pick.modifier) else { continue };
            let price = modifier.size_prices.get(&variant.size).unwrap_or(&modifier.price).minor;
            prices.extend(std::iter::repeat_n(i128::from(price), usize::try_from(pick.quantity).unwrap_or(0)));
            known += 1;
        }
        // The cheapest picks are the free ones.
        prices.sort_unstable();
        portion += prices.into_iter().skip(usize::try_from(usage.free).unwrap_or(usize::MAX)).sum::<i128>();
    }
    if known == line.modifiers.len() {
        Ok(portion * i128::from(line.quantity))
    } else {
        Err("a modifier does not belong to its item".to_owned())
    }
}

/// Rounds half up.
fn percent_of(amount: i128, percent: i64) -> i128 {
    let scaled = amount * i128::from(percent);
    let whole = scaled.div_euclid(100);
    if scaled.rem_euclid(100) >= 50 { whole + 1 } else { whole }
}

/// Rounded half up, once for the whole order.
fn tax_of(amount: i128, millionths: i64) -> i128 {
    (amount * i128::from(millionths) + 500_000).div_euclid(1_000_000)
}

/// The zone with the longest matching prefix; the last of several.
fn zone_of<'a>(terms: &'a Terms, postcode: &str) -> Option<&'a Zone> {
    let postcode = normalize(postcode);
    let mut best: Option<(usize, &Zone)> = None;
    for zone in &terms.zones {
        for prefix in zone.postcodes.iter().map(|prefix| normalize(prefix)) {
            let is_better = best.is_none_or(|(length, _)| prefix.len() >= length);
            if is_better && postcode.starts_with(&prefix) {
                best = Some((prefix.len(), zone));
            }
        }
    }
    best.map(|(_, zone)| zone)
}

fn normalize(text: &str) -> String {
    text.to_uppercase().chars().filter(|letter| letter.is_alphanumeric()).collect()
}

#[cfg(test)]
#[path = "oracle/tests.rs"]
mod tests;

//! Random orders that a restaurant can accept.

use crate::{
    menu::{Basket, Item, Line, Menu, Pick, Terms},
    oracle,
};
use rand::{Rng, rngs::StdRng, seq::IndexedRandom};

const MAX_LINES: usize = 4;
/// Most of one item that the API takes.
const MAX_QUANTITY: u32 = 99;
/// Items that are tried for a basket.
const MAX_TRIES: u32 = 8;

/// None when no item is available.
pub fn basket(menu: &Menu, terms: &Terms, random: &mut StdRng) -> Option<Basket> {
    let items: Vec<&Item> = menu.available_items().collect();
    let count = random.random_range(1..=MAX_LINES);
    let mut lines = Vec::new();
    for _ in 0..MAX_TRIES {
        lines.extend(items.choose(random).and_then(|item| line(menu, item, random)));
        if lines.len() >= count {
            break;
        }
    }
    if lines.is_empty() {
        return None;
    }
    let tip = if random.random_bool(0.3) { random.random_range(0..500) } else { 0 };
    let mut basket = Basket { lines, mode: "pickup".to_owned(), postcode: None, table: None, tip };
    if let Some(mode) = terms.modes.choose(random) {
        choose_mode(&mut basket, mode, menu, terms, random);
    }
    reach_minimum(&mut basket, menu, terms);
    Some(basket)
}

/// Orders more of the first item, as long as the total is refused for the minimum of the mode.
fn reach_minimum(basket: &mut Basket, menu: &Menu, terms: &Terms) {
    while oracle::total(menu, terms, basket).is_err() {
        match basket.lines.first_mut() {
            Some(line) if line.quantity < MAX_QUANTITY => line.quantity += 1,
            _ => return,
        }
    }
}

fn choose_mode(basket: &mut Basket, mode: &str, menu: &Menu, terms: &Terms, random: &mut StdRng) {
    match mode {
        "delivery" => {
            let Some(postcode) = terms.zones.choose(random).and_then(|zone| zone.postcodes.choose(random)) else {
                return;
            };
            let delivered = Basket { mode: mode.to_owned(), postcode: Some(postcode.clone()), ..basket.clone() };
            // Below the zone's minimum the order is picked up.
            if oracle::total(menu, terms, &delivered).is_ok() {
                *basket = delivered;
            }
        }
        "dine_in" => {
            if let Some(table) = terms.tables.choose(random) {
                mode.clone_into(&mut basket.mode);
                basket.table = Some(table.clone());
            }
        }
        _ => {}
    }
    if !terms.modes.contains(&basket.mode) {
        terms.modes.first().unwrap_or(&basket.mode).clone().clone_into(&mut basket.mode);
    }
}

/// None when too few of its required modifiers are available.
fn line(menu: &Menu, item: &Item, random: &mut StdRng) -> Option<Line> {
    let variant = item.variants.choose(random)?.id;
    let mut modifiers = Vec::new();
    for usage in &item.groups {
        let group = menu.groups.iter().find(|group| group.id == usage.group)?;
        let mut available: Vec<_> = group.modifiers.iter().filter(|modifier| !modifier.sold_out).collect();
        let count = random.random_range(usage.min..=usage.max.min(usage.min + 2));
        let mut picked = 0;
        while picked < count && !available.is_empty() {
            let modifier = available.swap_remove(random.random_range(0..available.len()));
            let quantity = random.random_range(1..=modifier.max.min(count - picked).max(1));
            picked += quantity;
            modifiers.push(Pick { modifier: modifier.id, quantity });
        }
        if picked < usage.min {
            return None;
        }
    }
    let quantity = if random.random_bool(0.8) { 1 } else { random.random_range(2..=5) };
    Some(Line { item: item.id, variant, modifiers, quantity })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples;
    use proptest::prelude::*;
    use rand::SeedableRng;

    proptest! {
        #[test]
        fn every_basket_has_a_price_and_follows_from_its_seed(seed in any::<u64>()) {
            let (menu, terms) = (samples::menu(), samples::terms());
            let draw = || basket(&menu, &terms, &mut StdRng::seed_from_u64(seed)).unwrap();
            prop_assert_eq!(draw(), draw());
            prop_assert!(oracle::total(&menu, &terms, &draw()).is_ok());
        }
    }
}

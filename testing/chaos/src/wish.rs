//! What a guest fancies: a basket drawn from a menu and a number, always one that the restaurant can make.

use crate::menu::{Basket, Item, Line, Menu, Pick, Terms};
use rand::{Rng, rngs::StdRng, seq::IndexedRandom};

/// Most lines of a basket.
const LINES: u32 = 4;
/// Worth of dishes below which a delivery is turned into a pickup instead of being refused all the time.
const TRIES: u32 = 8;

/// Draws a basket; none where nothing is on offer.
pub fn basket(menu: &Menu, terms: &Terms, random: &mut StdRng) -> Option<Basket> {
    let items: Vec<&Item> = menu.on_offer().collect();
    let wanted = random.random_range(1..=LINES);
    let mut lines = Vec::new();
    for _ in 0..TRIES {
        lines.extend(items.choose(random).and_then(|item| line(menu, item, random)));
        if lines.len() >= usize::try_from(wanted).unwrap_or(1) {
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
    Some(basket)
}

fn choose_mode(basket: &mut Basket, mode: &str, menu: &Menu, terms: &Terms, random: &mut StdRng) {
    match mode {
        "delivery" => {
            let Some(postcode) = terms.zones.choose(random).and_then(|zone| zone.postcodes.choose(random)) else {
                return;
            };
            let delivered = Basket { mode: mode.to_owned(), postcode: Some(postcode.clone()), ..basket.clone() };
            // A basket below the zone's minimum is picked up instead.
            if crate::oracle::total(menu, terms, &delivered).is_ok() {
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

/// A dish with what it asks for; none when too few of its choices are left.
fn line(menu: &Menu, item: &Item, random: &mut StdRng) -> Option<Line> {
    let variant = item.variants.choose(random)?.id;
    let mut modifiers = Vec::new();
    for usage in &item.groups {
        let group = menu.groups.iter().find(|group| group.id == usage.group)?;
        let mut left: Vec<_> = group.modifiers.iter().filter(|modifier| !modifier.sold_out).collect();
        let most = usage.max.min(usage.min + 2);
        let wanted = random.random_range(usage.min..=most);
        let mut picked = 0;
        while picked < wanted {
            if left.is_empty() {
                break;
            }
            let modifier = left.swap_remove(random.random_range(0..left.len()));
            let most = modifier.max.min(wanted - picked).max(1);
            let quantity = random.random_range(1..=most);
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
        fn every_basket_has_a_price_and_its_number(seed in any::<u64>()) {
            let (menu, terms) = (samples::menu(), samples::terms());
            let draw = || basket(&menu, &terms, &mut StdRng::seed_from_u64(seed)).unwrap();
            prop_assert_eq!(draw(), draw());
            prop_assert!(crate::oracle::total(&menu, &terms, &draw()).is_ok());
        }
    }
}

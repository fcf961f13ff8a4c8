//! The oracle against hand-made sums and general properties of totals.

use super::*;
use crate::samples;
use proptest::prelude::*;

#[test]
fn a_basket_by_hand() {
    let (menu, terms) = (samples::menu(), samples::terms());
    // 2 × (900 + 150 + the more expensive of two toppings, as one is free), packaging 50, 10 % of 2500.
    let basket = samples::basket("pickup");
    assert_eq!(total(&menu, &terms, &basket), Ok(2 * (900 + 150 + 200) + 50 + 250));
}

#[test]
fn delivery_is_charged_by_the_longest_prefix_until_it_is_free() {
    let (menu, mut terms) = (samples::menu(), samples::terms());
    let mut basket = samples::basket("delivery");
    basket.postcode = Some("10 435".to_owned());
    assert_eq!(total(&menu, &terms, &basket), Ok(2500 + 190));
    basket.postcode = Some("10999".to_owned());
    assert_eq!(total(&menu, &terms, &basket), Ok(2500 + 490));
    terms.zones[1].free_from = Some(2500);
    assert_eq!(total(&menu, &terms, &basket), Ok(2500));
    terms.zones[1].minimum = 2501;
    assert!(total(&menu, &terms, &basket).is_err());
    basket.postcode = Some("99999".to_owned());
    assert!(total(&menu, &terms, &basket).is_err());
}

#[test]
fn tax_that_is_added_is_rounded_once_and_not_taken_of_the_tip() {
    let (menu, mut terms) = (samples::menu(), samples::terms());
    terms.added_tax.insert("pickup".to_owned(), 88_750);
    let mut basket = samples::basket("pickup");
    basket.tip = 100;
    // 28.00 × 8.875 % = 2.485, so 2.49.
    assert_eq!(total(&menu, &terms, &basket), Ok(2800 + 249 + 100));
    assert_eq!(total(&menu, &terms, &samples::basket("dine_in")), Ok(2500));
}

#[test]
fn a_mode_has_a_minimum_of_its_own() {
    let (menu, mut terms) = (samples::menu(), samples::terms());
    terms.minimums.insert("pickup".to_owned(), 2500);
    assert!(total(&menu, &terms, &samples::basket("pickup")).is_ok());
    terms.minimums.insert("pickup".to_owned(), 2501);
    assert!(total(&menu, &terms, &samples::basket("pickup")).is_err());
    assert!(total(&menu, &terms, &samples::basket("dine_in")).is_ok());
}

#[test]
fn a_size_has_its_own_price_of_a_modifier() {
    let (menu, terms) = (samples::menu(), samples::terms());
    let mut basket = samples::basket("dine_in");
    basket.lines[0].variant = samples::id(12);
    assert_eq!(total(&menu, &terms, &basket), Ok(2 * (1300 + 150 + 260)));
}

#[test]
fn items_and_modifiers_of_another_menu_have_no_price() {
    let (menu, terms) = (samples::menu(), samples::terms());
    let mut basket = samples::basket("pickup");
    basket.lines[0].modifiers[0].modifier = samples::id(999);
    assert!(total(&menu, &terms, &basket).is_err());
    basket.lines[0].item = samples::id(999);
    assert!(total(&menu, &terms, &basket).is_err());
}

proptest! {
    #[test]
    fn percentages_round_half_up(amount in 0i128..10_000_000, percent in 0i64..=100) {
        let exact = amount * i128::from(percent);
        let rounded = percent_of(amount, percent) * 100;
        prop_assert!(rounded - exact <= 50 && exact - rounded < 50);
    }

    #[test]
    fn twice_the_quantity_costs_twice(quantity in 1u32..40, tip in 0i64..5_000) {
        let (menu, terms) = (samples::menu(), samples::terms());
        let mut basket = samples::basket("dine_in");
        basket.tip = tip;
        basket.lines[0].quantity = quantity;
        let once = total(&menu, &terms, &basket).unwrap() - tip;
        basket.lines[0].quantity = quantity * 2;
        prop_assert_eq!(total(&menu, &terms, &basket).unwrap() - tip, once * 2);
    }

    #[test]
    fn the_order_of_picks_does_not_matter(swap in any::<bool>(), free in 0u32..4) {
        let (mut menu, terms) = (samples::menu(), samples::terms());
        menu.sections[0].items[0].groups[1].free = free;
        let mut basket = samples::basket("pickup");
        let straight = total(&menu, &terms, &basket);
        if swap { basket.lines[0].modifiers.reverse(); }
        prop_assert_eq!(total(&menu, &terms, &basket), straight);
    }
}

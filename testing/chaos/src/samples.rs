//! A small menu for tests, with everything that prices depend on.

use crate::menu::{
    Amount, Basket, Charge, Group, GroupUse, Item, Line, Menu, Modifier, Pick, Section, Terms, Variant, Zone,
};
use std::collections::BTreeMap;
use uuid::Uuid;

pub fn id(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

fn euro(minor: i64) -> Amount {
    Amount { minor, currency: "EUR".to_owned() }
}

/// One item in two sizes, a required sauce, and toppings of which one is free.
pub fn menu() -> Menu {
    let modifier = |number, price, large: Option<i64>| Modifier {
        id: id(number),
        price: euro(price),
        size_prices: large.map(|large| ("large".to_owned(), euro(large))).into_iter().collect(),
        max: 3,
        sold_out: false,
    };
    let variant = |number, size: &str, price| Variant { id: id(number), size: size.to_owned(), price: euro(price) };
    Menu {
        restaurant: id(1),
        version: 7,
        currency: "EUR".to_owned(),
        sections: vec![Section {
            available: true,
            items: vec![Item {
                id: id(10),
                variants: vec![variant(11, "small", 900), variant(12, "large", 1300)],
                groups: vec![
                    GroupUse { group: id(20), min: 1, max: 1, free: 0 },
                    GroupUse { group: id(30), min: 0, max: 4, free: 1 },
                ],
                sold_out: None,
            }],
        }],
        groups: vec![
            Group { id: id(20), modifiers: vec![modifier(21, 150, None)] },
            Group { id: id(30), modifiers: vec![modifier(31, 200, Some(260)), modifier(32, 120, None)] },
        ],
    }
}

/// Packaging and service for pickup, two zones.
pub fn terms() -> Terms {
    let zone = |prefix: &str, fee| Zone { postcodes: vec![prefix.to_owned()], fee, minimum: 0, free_from: None };
    Terms {
        slug: "corner".to_owned(),
        restaurant: id(1),
        modes: ["pickup", "delivery", "dine_in"].map(str::to_owned).to_vec(),
        minimums: BTreeMap::new(),
        tables: vec!["1".to_owned()],
        zones: vec![zone("104", 190), zone("10", 490)],
        charges: vec![
            Charge { modes: vec!["pickup".to_owned()], fixed: Some(50), percent: None },
            Charge { modes: vec!["pickup".to_owned()], fixed: None, percent: Some(10) },
        ],
        added_tax: BTreeMap::new(),
    }
}

/// Two of the item with its sauce and both toppings.
pub fn basket(mode: &str) -> Basket {
    let modifiers = [21, 31, 32].map(|number| Pick { modifier: id(number), quantity: 1 }).to_vec();
    Basket {
        lines: vec![Line { item: id(10), variant: id(11), modifiers, quantity: 2 }],
        mode: mode.to_owned(),
        postcode: None,
        table: None,
        tip: 0,
    }
}

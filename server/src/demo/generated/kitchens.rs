//! Kinds of kitchens for generated restaurants: items, variations and modifiers.

mod eastern;
mod shared;
mod western;

use eastern::{CURRY_HOUSE, MEZZE_BAR, NOODLE_BAR};
use std::ops::Range;
use western::{GREEN_KITCHEN, GRILL, PIZZERIA};

/// A kind of kitchen.
pub struct Kitchen {
    pub cuisines: &'static [&'static str],
    pub rooms: &'static [&'static str],
    pub groups: &'static [Choices],
    pub courses: &'static [Course],
}

/// A modifier group: name, price in cents and allergens of each modifier.
pub struct Choices {
    pub name: &'static str,
    pub min: u32,
    pub max: u32,
    pub picks: &'static [(&'static str, i64, &'static [&'static str])],
}

/// A section: each combination of base and way is an item.
pub struct Course {
    pub name: &'static str,
    pub bases: &'static [Base],
    pub ways: &'static [&'static str],
    pub groups: &'static [&'static str],
    pub price: Range<i64>,
    pub sized: bool,
}

impl Course {
    /// The number of possible items.
    pub const fn dishes(&self) -> usize {
        self.bases.len() * self.ways.len()
    }
}

/// The main part of an item.
#[derive(Clone, Copy, Default)]
pub struct Base {
    pub name: &'static str,
    pub with: &'static str,
    pub allergens: &'static [&'static str],
    pub diets: &'static [&'static str],
}

pub const KITCHENS: &[Kitchen] = &[PIZZERIA, GRILL, NOODLE_BAR, CURRY_HOUSE, MEZZE_BAR, GREEN_KITCHEN];

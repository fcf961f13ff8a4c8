//! Kitchens of made-up restaurants: what they cook, in which ways, and what can be chosen with it.

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

/// A modifier group: name, price in cents and allergens of each choice.
pub struct Choices {
    pub name: &'static str,
    pub min: u32,
    pub max: u32,
    pub picks: &'static [(&'static str, i64, &'static [&'static str])],
}

/// A section: every base in every way makes a dish.
pub struct Course {
    pub name: &'static str,
    pub bases: &'static [Base],
    pub ways: &'static [&'static str],
    pub groups: &'static [&'static str],
    pub price: Range<i64>,
    pub sized: bool,
}

impl Course {
    /// How many dishes it can make.
    pub const fn dishes(&self) -> usize {
        self.bases.len() * self.ways.len()
    }
}

/// What a dish is made of.
#[derive(Clone, Copy, Default)]
pub struct Base {
    pub name: &'static str,
    pub with: &'static str,
    pub allergens: &'static [&'static str],
    pub diets: &'static [&'static str],
}

/// Every kind of kitchen.
pub const KITCHENS: &[Kitchen] = &[PIZZERIA, GRILL, NOODLE_BAR, CURRY_HOUSE, MEZZE_BAR, GREEN_KITCHEN];

//! The limits of settings, each with the sentence that tells it.

use crate::{
    domain::{money::Money, problem::Problem, typed},
    forms::settings::Typing,
};

/// Most delivery zones of a restaurant.
pub const MOST_ZONES: usize = 40;
/// Most areas of a zone.
pub const MOST_AREAS: usize = 200;
/// Most charges of a restaurant.
pub const MOST_CHARGES: usize = 20;
/// Most tables of a restaurant.
pub const MOST_TABLES: usize = 500;
/// Characters of the name of a zone or a charge.
pub const LONGEST_NAME: usize = 60;
/// Characters of the name of a table.
pub const LONGEST_TABLE: usize = 20;
/// Characters of a legal name.
pub const LONGEST_LEGAL_NAME: usize = 120;
/// Characters of a tax number.
pub const LONGEST_TAX_NUMBER: usize = 32;
/// Most offered tips besides none.
pub const MOST_TIPS: usize = 5;
/// Most spans of a day.
pub const MOST_SPANS: usize = 6;
/// Highest amount in major units: fees, minimums, charges.
pub const HIGHEST_AMOUNT: i64 = 1_000_000;

/// Minutes from order to ready.
pub const LEAD: Whole = Whole { least: 0, most: 600, unit: "whole minutes" };
/// Minutes between two slots.
pub const SLOT: Whole = Whole { least: 5, most: 240, unit: "whole minutes" };
/// Orders per slot.
pub const ORDERS: Whole = Whole { least: 1, most: 1_000, unit: "a whole number of orders" };
/// Minutes between the last orders and closing.
pub const LAST_ORDER: Whole = Whole { least: 0, most: 240, unit: "whole minutes" };
/// A percentage of the items.
pub const PERCENT: Whole = Whole { least: 0, most: 100, unit: "a whole percentage" };
/// An offered tip.
pub const TIP: Whole = Whole { least: 1, most: 100, unit: "whole percentages" };

/// Limits of a whole number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Whole {
    pub least: u32,
    pub most: u32,
    /// As in “Enter whole minutes from 5 to 240.”
    pub unit: &'static str,
}

impl Whole {
    /// The number, or the sentence.
    pub fn read(self, field: &str, text: &str) -> Result<u32, Problem> {
        let number = typed::count(text).filter(|number| (self.least..=self.most).contains(number));
        number.ok_or_else(|| Problem::new(field, "out_of_range", self.sentence()))
    }

    pub fn sentence(self) -> String {
        format!("Enter {} from {} to {}.", self.unit, self.least, self.most)
    }
}

/// An amount in major units as it is typed, or the sentence.
pub fn amount(field: &str, text: &str, typing: Typing<'_>) -> Result<Money, Problem> {
    let Typing { currency, locale } = typing;
    let highest = Money::new(HIGHEST_AMOUNT.saturating_mul(10i64.pow(currency.exponent())), currency);
    let example = || Money::new(1_250, currency).typed(locale);
    let Some(amount) = Money::parse(text, currency) else {
        let words = match currency.exponent() {
            0 => format!("Enter an amount without decimals, such as {}.", example()),
            places => format!("Enter an amount with at most {places} decimals, such as {}.", example()),
        };
        return Err(Problem::new(field, "amount", words));
    };
    if amount.minor() > highest.minor() {
        let words = format!("Enter an amount of at most {}.", highest.text(locale));
        return Err(Problem::new(field, "out_of_range", words));
    }
    Ok(amount)
}

/// The sentence of a name that is too long.
pub fn too_long(field: &str, most: usize) -> Problem {
    Problem::new(field, "too_long", format!("Keep it to {most} characters at most."))
}

/// The sentence of a list with too many entries.
pub fn too_many(field: &str, most: usize, of: &str) -> Problem {
    Problem::new(field, "too_many", format!("There can be {most} {of} at most."))
}

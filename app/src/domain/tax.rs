//! Tax: the classes of a restaurant, their rates by service mode and date, and how amounts of tax are calculated.

mod amounts;
mod calculate;
mod check;
mod percentage;
pub mod presets;
mod refund;

pub use amounts::{TaxPart, TaxRow, TaxShare, TaxSummary};
pub(crate) use calculate::{Supply, Taxable, calculate};
pub use check::{RulesProblem, check};
pub use percentage::Percentage;
pub use refund::{Refund, RefundProblem, Refunded, refund};

use crate::domain::{date::Date, money::MoneyError, terms::ServiceMode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Most tax classes of a restaurant.
pub const MOST_CLASSES: usize = 12;
/// Most tax rates of a restaurant.
pub const MOST_RATES: usize = 60;
/// Most components of a rate.
pub const MOST_COMPONENTS: usize = 6;

/// The taxes of a restaurant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TaxRules {
    /// Whether prices include the tax. Otherwise it is added to the bill.
    pub inclusive: bool,
    /// The amounts that are rounded to a whole minor unit.
    pub rounded: Rounded,
    /// How it is rounded.
    pub rounding: Rounding,
    /// Whether each component of a rate is rounded by itself. Otherwise the sum of the components is, and its tax is
    /// divided over them. Counts only for prices without tax.
    #[serde(default)]
    pub separate: bool,
    /// The classes; the first is that of everything without one.
    pub classes: Vec<TaxClass>,
    /// The rates of the classes.
    pub rates: Vec<TaxRate>,
    /// The class of delivery fees; without one they are taxed like the items of the order, in proportion to their prices.
    #[serde(default)]
    pub delivery_class: Option<String>,
}

/// The amounts that are rounded to a whole minor unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Rounded {
    /// The tax of each line.
    Line,
    /// The tax of all lines with the same rate.
    Rate,
}

/// How an amount of tax is rounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Rounding {
    /// To the nearest minor unit, a half up.
    HalfUp,
    /// Down.
    Down,
}

/// A kind of goods that are taxed alike, such as food or alcohol.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TaxClass {
    /// Names it in menus, rates and orders: lower-case letters, digits and hyphens.
    pub code: String,
    /// As the team reads it.
    pub name: String,
}

/// The tax of a class, for some service modes and dates of supply.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TaxRate {
    /// Code of the class.
    pub class: String,
    /// At least one.
    pub modes: Vec<ServiceMode>,
    /// The first date; none for always.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date)]
    pub from: Option<Date>,
    /// The last date; none while no end is known.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date)]
    pub until: Option<Date>,
    /// At least one; a supply without tax has one of 0 %.
    pub components: Vec<TaxComponent>,
}

/// A tax within a rate, such as that of a state or a city.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TaxComponent {
    /// Its name on bills.
    pub label: String,
    /// Of the price without tax, in millionths: 88,750 is 8.875 %.
    #[serde(rename = "millionths")]
    pub percentage: Percentage,
}

/// Why the tax of an order cannot be calculated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TaxProblem {
    /// The rules have no rate.
    #[error("There is no tax rate for “{class}” with {} on {date}. Please call the restaurant.", .mode.label().to_lowercase())]
    NoRate { class: String, mode: ServiceMode, date: Date },
    /// A price below zero.
    #[error("An amount below zero cannot be taxed.")]
    Negative,
    #[error("The order is too large to price.")]
    Money(#[from] MoneyError),
}

impl Default for TaxRules {
    /// No tax, and prices that would include it.
    fn default() -> Self {
        Self {
            inclusive: true,
            rounded: Rounded::Rate,
            rounding: Rounding::HalfUp,
            separate: false,
            classes: Vec::new(),
            rates: Vec::new(),
            delivery_class: None,
        }
    }
}

impl TaxRules {
    /// The class with this code.
    pub fn class(&self, code: &str) -> Option<&TaxClass> {
        self.classes.iter().find(|class| class.code == code)
    }

    /// The code of the class of everything without one; empty without classes.
    pub fn usual_class(&self) -> &str {
        self.classes.first().map_or("", |class| class.code.as_str())
    }

    /// The components of a class's rate, for a service mode and a date of supply.
    pub fn components(&self, class: &str, mode: ServiceMode, date: Date) -> Result<&[TaxComponent], TaxProblem> {
        let rate =
            self.rates.iter().find(|rate| rate.class == class && rate.modes.contains(&mode) && rate.covers(date));
        rate.map(|rate| rate.components.as_slice()).ok_or_else(|| {
            let name = self.class(class).map_or(class, |class| class.name.as_str());
            TaxProblem::NoRate { class: name.to_owned(), mode, date }
        })
    }
}

impl TaxRate {
    /// Whether it is valid on a date.
    pub fn covers(&self, date: Date) -> bool {
        self.from.is_none_or(|from| from <= date) && self.until.is_none_or(|until| date <= until)
    }
}

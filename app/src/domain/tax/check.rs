//! Whether the tax rules of a restaurant name one rate for every order that it can take.

use crate::domain::{
    date::Date,
    tax::{Percentage, TaxClass, TaxRate, TaxRules},
    terms::ServiceMode,
};
use std::collections::BTreeSet;

/// A mistake in tax rules. Positions count from 0.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RulesProblem {
    #[error("“{code}” is the code of two classes. Give each its own.")]
    ClassTwice { class: usize, code: String },
    #[error("There is no class “{code}”. Choose one of the classes above.")]
    UnknownClass { rate: usize, code: String },
    #[error("There is no class “{code}”. Choose one of the classes.")]
    UnknownDeliveryClass { code: String },
    #[error("Choose for which orders it counts.")]
    NoModes { rate: usize },
    #[error("Enter a name and a percentage, such as VAT 7. For no tax, enter 0.")]
    NoComponents { rate: usize },
    #[error("Together these are more than 100 %. Enter lower percentages.")]
    TooHigh { rate: usize },
    #[error("It ends before it begins. Enter a last day from {from} on.")]
    Backwards { rate: usize, from: Date },
    #[error("“{class}” has two rates for {} on {date}. End one of them before.", .mode.label().to_lowercase())]
    Overlap { rate: usize, class: String, mode: ServiceMode, date: Date },
    #[error("“{class}” has no rate for {} from {from}{}. Add one, or change the dates of another.", .mode.label().to_lowercase(), end(.until.as_ref()))]
    Gap { class: String, mode: ServiceMode, from: Date, until: Option<Date> },
}

fn end(date: Option<&Date>) -> String {
    date.map_or_else(|| " on".to_owned(), |date| format!(" to {date}"))
}

/// All that is wrong. Days before `today` need no rate. Without classes nothing is taxed.
pub fn check(rules: &TaxRules, today: Date) -> Vec<RulesProblem> {
    let mut problems = Vec::new();
    let mut codes = BTreeSet::new();
    for (at, class) in rules.classes.iter().enumerate() {
        if !codes.insert(class.code.as_str()) {
            problems.push(RulesProblem::ClassTwice { class: at, code: class.code.clone() });
        }
    }
    let rates = rules.rates.iter().enumerate();
    problems.extend(rates.flat_map(|(at, rate)| alone(rules, at, rate)));
    let delivery = rules.delivery_class.iter().filter(|code| rules.class(code).is_none());
    problems.extend(delivery.map(|code| RulesProblem::UnknownDeliveryClass { code: code.clone() }));
    if problems.is_empty() {
        for class in &rules.classes {
            for mode in ServiceMode::ALL {
                problems.extend(in_time(rules, class, mode, today));
            }
        }
    }
    problems
}

/// Problems of one rate.
fn alone(rules: &TaxRules, at: usize, rate: &TaxRate) -> Vec<RulesProblem> {
    let mut problems = Vec::new();
    if rules.class(&rate.class).is_none() {
        problems.push(RulesProblem::UnknownClass { rate: at, code: rate.class.clone() });
    }
    if rate.modes.is_empty() {
        problems.push(RulesProblem::NoModes { rate: at });
    }
    if rate.components.is_empty() {
        problems.push(RulesProblem::NoComponents { rate: at });
    }
    let whole: u64 = rate.components.iter().map(|component| u64::from(component.percentage.millionths())).sum();
    if whole > u64::from(Percentage::WHOLE) {
        problems.push(RulesProblem::TooHigh { rate: at });
    }
    if let (Some(from), Some(until)) = (rate.from, rate.until)
        && from > until
    {
        problems.push(RulesProblem::Backwards { rate: at, from });
    }
    problems
}

/// Days with two rates of a class in a mode, and days from today on with none.
fn in_time(rules: &TaxRules, class: &TaxClass, mode: ServiceMode, today: Date) -> Vec<RulesProblem> {
    let of_both = |(_, rate): &(usize, &TaxRate)| rate.class == class.code && rate.modes.contains(&mode);
    let mut rates: Vec<_> = rules.rates.iter().enumerate().filter(of_both).collect();
    rates.sort_by_key(|(_, rate)| rate.from);
    let (mut problems, name) = (Vec::new(), || class.name.clone());
    // The first day that none of the rates before covers; none after one without an end.
    let mut uncovered = Some(today);
    let mut last: Option<Option<Date>> = None;
    for (at, rate) in rates {
        let is_twice = match (last, rate.from) {
            (None, _) => false,
            (Some(None), _) | (Some(_), None) => true,
            (Some(Some(last)), Some(from)) => from <= last,
        };
        if is_twice {
            let date = rate.from.or(last.flatten()).unwrap_or(today);
            problems.push(RulesProblem::Overlap { rate: at, class: name(), mode, date });
        } else if let (Some(day), Some(from)) = (uncovered, rate.from)
            && from > day
        {
            problems.push(RulesProblem::Gap { class: name(), mode, from: day, until: Some(from.previous()) });
        }
        uncovered = match (uncovered, rate.until) {
            (Some(day), Some(until)) => Some(day.max(until.next())),
            _ => None,
        };
        last = Some(rate.until);
    }
    problems.extend(uncovered.map(|from| RulesProblem::Gap { class: name(), mode, from, until: None }));
    problems
}

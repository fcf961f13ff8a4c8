//! Decodes the forms of the settings pages, and writes stored settings as the fields of their form.

pub mod charges;
pub mod delivery;
pub mod limits;
pub mod service;
pub mod spans;
pub mod tables;
pub mod tax;

use crate::domain::{
    date::Date,
    locale::Locale,
    money::{Currency, Money},
    problem::Problem,
    tax::{MOST_CLASSES, MOST_RATES},
    terms::settings::{TermsChange, TermsPart, TermsSettings},
    typed,
};
use limits::Whole;
use std::collections::BTreeMap;

/// The fields of a form by name, each with its values.
pub type Fields = BTreeMap<String, Vec<String>>;

/// A change of the form itself, such as one more zone: shown again without being saved.
pub const STEP: &str = "step";
/// A postcode whose zone is looked up, in the address of the page of zones.
pub const TRY: &str = "try";

/// How amounts are typed.
#[derive(Debug, Clone, Copy)]
pub struct Typing<'a> {
    pub currency: Currency,
    pub locale: &'a Locale,
}

/// Decodes the form of a part; `today` is the date at the restaurant.
pub fn read(part: TermsPart, fields: &Fields, typing: Typing<'_>, today: Date) -> Result<TermsChange, Vec<Problem>> {
    match part {
        TermsPart::Service => service::read(fields, typing).map(TermsChange::Service),
        TermsPart::Delivery => delivery::read(fields, typing).map(TermsChange::Delivery),
        TermsPart::Charges => charges::read(fields, typing).map(TermsChange::Charges),
        TermsPart::Tables => tables::read(fields).map(TermsChange::Tables),
        TermsPart::Tax => tax::read(fields, today).map(TermsChange::Tax),
    }
}

/// The fields of the form of a part.
pub fn write(part: TermsPart, settings: &TermsSettings, typing: Typing<'_>) -> Fields {
    match part {
        TermsPart::Service => service::write(&settings.service, typing),
        TermsPart::Delivery => delivery::write(&settings.zones, typing),
        TermsPart::Charges => charges::write(&settings.charges, typing),
        TermsPart::Tables => tables::write(&settings.tables),
        TermsPart::Tax => tax::write(&settings.tax),
    }
}

/// Makes a step in the form of a part: one entry more or less, or another order.
pub fn step(part: TermsPart, fields: &mut Fields, step: &str) {
    match part {
        TermsPart::Delivery => list_step(fields, step, "zone", delivery::NAMES, limits::MOST_ZONES),
        TermsPart::Charges => list_step(fields, step, "charge", charges::NAMES, limits::MOST_CHARGES),
        TermsPart::Tax => tax_step(fields, step),
        TermsPart::Service | TermsPart::Tables => {}
    }
}

/// `class-add` or `rate-remove-2`: the list, and the step in it.
fn tax_step(fields: &mut Fields, step: &str) {
    let lists = [(tax::CLASS_ENTRIES, tax::CLASS_FIELDS, MOST_CLASSES), (tax::RATES, tax::RATE_FIELDS, MOST_RATES)];
    for (list, names, most) in lists {
        if let Some(step) = step.strip_prefix(list).and_then(|step| step.strip_prefix('-')) {
            list_step(fields, step, list, names, most);
        }
    }
}

/// The name of a field of the entry at a position, such as `zone-0-fee`.
pub fn entry_field(list: &str, at: usize, name: &str) -> String {
    format!("{list}-{at}-{name}")
}

/// The number of entries in a form.
pub fn entries(fields: &Fields, list: &str, names: &[&str], most: usize) -> usize {
    let has = |at: usize| names.iter().any(|name| fields.contains_key(&entry_field(list, at, name)));
    (0..=most).take_while(|at| has(*at)).count()
}

/// `add`, `remove-2`, `up-2` or `down-2`.
fn list_step(fields: &mut Fields, step: &str, list: &str, names: &[&str], most: usize) {
    let count = entries(fields, list, names, most);
    let (verb, at) = step.split_once('-').unwrap_or((step, ""));
    let at = at.parse().unwrap_or(usize::MAX);
    match verb {
        "add" if count < most => set_blank(fields, list, count, names),
        "remove" if at < count => {
            for at in at..count {
                move_entry(fields, list, names, at + 1, at);
            }
        }
        "up" if at > 0 && at < count => swap_entries(fields, list, names, at - 1, at),
        "down" if at + 1 < count => swap_entries(fields, list, names, at, at + 1),
        _ => {}
    }
}

fn set_blank(fields: &mut Fields, list: &str, at: usize, names: &[&str]) {
    // One field is enough to make an entry; the others are empty.
    for name in names.iter().take(1) {
        fields.insert(entry_field(list, at, name), vec![String::new()]);
    }
}

fn move_entry(fields: &mut Fields, list: &str, names: &[&str], from: usize, to: usize) {
    for name in names {
        match fields.remove(&entry_field(list, from, name)) {
            Some(values) => fields.insert(entry_field(list, to, name), values),
            None => fields.remove(&entry_field(list, to, name)),
        };
    }
}

fn swap_entries(fields: &mut Fields, list: &str, names: &[&str], one: usize, other: usize) {
    for name in names {
        let (one, other) = (entry_field(list, one, name), entry_field(list, other, name));
        let (first, second) = (fields.remove(&one), fields.remove(&other));
        fields.extend(second.map(|values| (one, values)));
        fields.extend(first.map(|values| (other, values)));
    }
}

/// The first value of a field; empty when it was not sent.
fn text<'a>(fields: &'a Fields, name: &str) -> &'a str {
    fields.get(name).and_then(|values| values.first()).map_or("", String::as_str)
}

/// All values of a field, such as those of checkboxes with the same name.
fn all<'a>(fields: &'a Fields, name: &str) -> &'a [String] {
    fields.get(name).map_or(&[], Vec::as_slice)
}

pub fn put(fields: &mut Fields, name: impl Into<String>, value: impl Into<String>) {
    fields.entry(name.into()).or_default().push(value.into());
}

/// Values that were read, and the problems of those that were not.
#[derive(Debug, Default)]
struct Problems(Vec<Problem>);

impl Problems {
    fn add(&mut self, field: impl Into<String>, code: &str, words: impl Into<String>) {
        self.0.push(Problem::new(field, code, words));
    }

    /// The value, or its default and a problem.
    fn or_default<T: Default>(&mut self, read: Result<T, Problem>) -> T {
        read.unwrap_or_else(|problem| {
            self.0.push(problem);
            T::default()
        })
    }

    /// A whole number within its limits.
    fn whole(&mut self, fields: &Fields, name: &str, limit: Whole) -> u32 {
        self.or_default(limit.read(name, text(fields, name)))
    }

    /// An amount within the limits of amounts.
    fn amount(&mut self, fields: &Fields, name: &str, typing: Typing<'_>) -> Money {
        limits::amount(name, text(fields, name), typing).unwrap_or_else(|problem| {
            self.0.push(problem);
            Money::zero(typing.currency)
        })
    }

    /// The same, none for an empty field.
    fn optional_amount(&mut self, fields: &Fields, name: &str, typing: Typing<'_>) -> Option<Money> {
        typed::is_seen(text(fields, name)).then(|| self.amount(fields, name, typing))
    }

    /// Several parts of one field have their problem once.
    fn result<T>(mut self, value: T) -> Result<T, Vec<Problem>> {
        self.0.dedup();
        if self.0.is_empty() { Ok(value) } else { Err(self.0) }
    }
}

#[cfg(test)]
mod tests;

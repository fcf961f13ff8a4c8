//! Taxes in the settings: their values in the audit log, and the classes that menu and charges use.

use crate::queries::menus::Record;
use app::domain::{
    error::AppError,
    tax::{Rounded, Rounding, TaxComponent, TaxRate, TaxRules},
    terms::{Charge, ServiceMode},
};
use serde_json::{Map, Value, json};

/// Names listed in a sentence.
const LISTED: usize = 3;

/// Each rate by its class, service modes and first day, so that a changed percentage is shown as one.
pub(super) fn values(record: &Record) -> Value {
    let row = &record.restaurant;
    let rules = row.tax.clone().unwrap_or_default();
    let classes = rules.classes.iter().map(|class| (class.code.clone(), Value::from(class.name.clone())));
    let mut rates = Map::new();
    for rate in &rules.rates {
        let ends = rate.until.map(|until| format!(", until {until}")).unwrap_or_default();
        rates.insert(rate_name(rate), Value::from(format!("{}{ends}", percentages(&rate.components))));
    }
    json!({
        "legal_name": row.legal_name,
        "tax_number": row.tax_number,
        "prices": if rules.inclusive { "with tax" } else { "without tax" },
        "rounded": if rules.rounded == Rounded::Line { "each line" } else { "the sum of each rate" },
        "rounding": if rules.rounding == Rounding::Down { "down" } else { "half up" },
        "components_rounded_separately": rules.separate,
        "delivery_class": rules.delivery_class,
        "usual_class": rules.usual_class(),
        "classes": classes.collect::<Map<_, _>>(),
        "rates": rates,
    })
}

/// `food for pickup and delivery from 2026-01-01`.
fn rate_name(rate: &TaxRate) -> String {
    let modes: Vec<_> = rate.modes.iter().map(|mode| mode.label().to_lowercase()).collect();
    let modes = if rate.modes.len() == ServiceMode::ALL.len() {
        String::new()
    } else {
        format!(" for {}", modes.join(" and "))
    };
    let from = rate.from.map(|from| format!(" from {from}")).unwrap_or_default();
    format!("{}{modes}{from}", rate.class)
}

/// `State 4 % + City 4.5 %`.
fn percentages(components: &[TaxComponent]) -> String {
    let texts = components.iter().map(|component| format!("{} {} %", component.label, component.percentage));
    texts.collect::<Vec<_>>().join(" + ")
}

/// Every class that something on the menu or a charge is of must be among the rules.
pub(super) fn ensure_classes(record: &Record, rules: &TaxRules) -> Result<(), AppError> {
    let sections = record.sections.iter().map(|row| (&row.name, &row.tax_class));
    let items = record.items.iter().map(|row| (&row.name, &row.tax_class));
    let modifiers = record.modifiers.iter().map(|row| (&row.name, &row.tax_class));
    let charges = record.charges.iter().map(|row| (&row.name, &row.tax_class));
    let used = sections.chain(items).chain(modifiers).chain(charges);
    let used = used.filter_map(|(name, class)| Some((name.as_str(), class.as_deref()?)));
    let lost: Vec<_> = used.filter(|(_, class)| rules.class(class).is_none()).collect();
    let Some((_, class)) = lost.first() else { return Ok(()) };
    let names: Vec<_> = lost.iter().filter(|(_, of)| of == class).map(|(name, _)| format!("“{name}”")).collect();
    let more = match names.len().saturating_sub(LISTED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let names = names.iter().take(LISTED).map(String::as_str).collect::<Vec<_>>().join(", ");
    let words = format!(
        "The class “{class}” is still that of {names}{more}. Keep its code below, or give them another class first: \
         dishes, sections and choices in the menu, charges on the page of charges."
    );
    Err(AppError::invalid("", "class_in_use", words))
}

/// A charge may be of a class of the restaurant only.
pub(super) fn ensure_charges(record: &Record, charges: &[Charge]) -> Result<(), AppError> {
    let rules = record.restaurant.tax.clone().unwrap_or_default();
    let known = |class: &String| rules.class(class).is_some();
    match charges.iter().find(|charge| charge.tax_class.as_ref().is_some_and(|class| !known(class))) {
        None => Ok(()),
        Some(charge) => {
            let words = format!("The tax class of “{}” was removed. Choose another one.", charge.name);
            Err(AppError::invalid("", "unknown_class", words))
        }
    }
}

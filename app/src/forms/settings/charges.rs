//! The form of charges and tips.

use crate::{
    domain::{
        problem::Problem,
        terms::{Charge, Rate, ServiceMode, settings::ChargeSettings},
        text as texts, typed,
    },
    forms::settings::{
        Fields, Problems, Typing, all, entries, entry_field,
        limits::{self, LONGEST_NAME, MOST_CHARGES, MOST_TIPS, too_long, too_many},
        put, text,
    },
};

/// The list of charges in names of fields.
pub const LIST: &str = "charge";
pub const NAME: &str = "name";
/// Codes of modes; repeated.
pub const MODES: &str = "modes";
/// `fixed` or `percent`.
pub const KIND: &str = "kind";
pub const VALUE: &str = "value";
/// The code of a tax class; empty to follow the items.
pub const TAXED_AS: &str = "tax_class";
/// The fields of a charge.
pub const NAMES: &[&str] = &[NAME, MODES, KIND, VALUE, TAXED_AS];
pub const TIPS: &str = "tips";

pub fn read(fields: &Fields, typing: Typing<'_>) -> Result<ChargeSettings, Vec<Problem>> {
    let mut problems = Problems::default();
    let count = entries(fields, LIST, NAMES, MOST_CHARGES);
    if count > MOST_CHARGES {
        problems.0.push(too_many("", MOST_CHARGES, "charges"));
    }
    let charges = (0..count).filter_map(|at| charge(fields, at, typing, &mut problems)).collect();
    let tip_percents = tips(fields, &mut problems);
    problems.result(ChargeSettings { charges, tip_percents })
}

/// None for an entry that is left empty.
fn charge(fields: &Fields, at: usize, typing: Typing<'_>, problems: &mut Problems) -> Option<Charge> {
    let field = |name: &str| entry_field(LIST, at, name);
    let (name, value) = (texts::single_line(text(fields, &field(NAME))), text(fields, &field(VALUE)));
    let modes: Vec<_> = all(fields, &field(MODES)).iter().filter_map(|code| ServiceMode::from_code(code)).collect();
    if name.is_empty() && !typed::is_seen(value) && modes.is_empty() {
        return None;
    }
    if name.is_empty() {
        problems.add(field(NAME), "required", "Enter the name that guests see on the bill.");
    } else if texts::length(&name) > LONGEST_NAME {
        problems.0.push(too_long(&field(NAME), LONGEST_NAME));
    }
    if modes.is_empty() {
        problems.add(field(MODES), "required", "Choose for which orders it is charged.");
    }
    let rate = match text(fields, &field(KIND)) {
        "percent" => Rate::Percent(problems.whole(fields, &field(VALUE), limits::PERCENT)),
        _ => Rate::Fixed(problems.amount(fields, &field(VALUE), typing)),
    };
    let tax_class = Some(text(fields, &field(TAXED_AS)).to_owned()).filter(|class| !class.is_empty());
    Some(Charge { name, modes, rate, tax_class })
}

/// Percentages with commas or blanks between them.
fn tips(fields: &Fields, problems: &mut Problems) -> Vec<u32> {
    let typed = typed::plain(text(fields, TIPS)).replace('%', " ");
    let parts = typed.split([',', ';', ' ']).filter(|part| !part.is_empty() && *part != "0");
    let mut percents: Vec<_> = parts.map(|part| problems.or_default(limits::TIP.read(TIPS, part))).collect();
    percents.sort_unstable();
    percents.dedup();
    if percents.len() > MOST_TIPS {
        problems.0.push(too_many(TIPS, MOST_TIPS, "tips"));
    }
    percents
}

pub fn write(settings: &ChargeSettings, typing: Typing<'_>) -> Fields {
    let mut fields = Fields::new();
    for (at, charge) in settings.charges.iter().enumerate() {
        let field = |name: &str| entry_field(LIST, at, name);
        put(&mut fields, field(NAME), &charge.name);
        for mode in &charge.modes {
            put(&mut fields, field(MODES), mode.code());
        }
        let (kind, value) = match charge.rate {
            Rate::Fixed(amount) => ("fixed", amount.typed(typing.locale)),
            Rate::Percent(percent) => ("percent", percent.to_string()),
        };
        put(&mut fields, field(KIND), kind);
        put(&mut fields, field(VALUE), value);
        put(&mut fields, field(TAXED_AS), charge.tax_class.as_deref().unwrap_or_default());
    }
    let percents: Vec<_> = settings.tip_percents.iter().map(ToString::to_string).collect();
    put(&mut fields, TIPS, percents.join(", "));
    fields
}

//! The form of the legal name, the tax number and the taxes.

use crate::{
    domain::{
        date::Date,
        problem::Problem,
        tax::{
            MOST_CLASSES, MOST_COMPONENTS, MOST_RATES, Percentage, Rounded, Rounding, RulesProblem, TaxClass,
            TaxComponent, TaxRate, TaxRules, check,
        },
        terms::{ServiceMode, settings::TaxSettings},
        text as texts, typed,
    },
    forms::settings::{
        Fields, Problems, all, entries, entry_field,
        limits::{LONGEST_LEGAL_NAME, LONGEST_NAME, LONGEST_TAX_NUMBER, too_long, too_many},
        put, text,
    },
};

pub const LEGAL_NAME: &str = "legal_name";
pub const TAX_NUMBER: &str = "tax_number";
/// `inclusive` or `exclusive`.
pub const PRICES: &str = "prices";
/// `rate` or `line`.
pub const ROUNDED: &str = "rounded";
/// `half_up` or `down`.
pub const ROUNDING: &str = "rounding";
/// `1` for components that are rounded by themselves.
pub const SEPARATE: &str = "separate";
/// A code; empty to follow the items.
pub const DELIVERY_TAXED_AS: &str = "delivery_class";
/// The code of a preset: in the address of the page, to fill its form, and in the form that it filled.
pub const PRESET: &str = "preset";

/// The list of classes in names of fields.
pub const CLASS_ENTRIES: &str = "class";
pub const CLASS_NAME: &str = "name";
pub const CODE: &str = "code";
/// The fields of a class.
pub const CLASS_FIELDS: &[&str] = &[CLASS_NAME, CODE];

/// The list of rates in names of fields.
pub const RATES: &str = "rate";
/// The code of a class.
pub const TAXED_AS: &str = "class";
/// Codes of modes; repeated.
pub const MODES: &str = "modes";
pub const FROM: &str = "from";
pub const UNTIL: &str = "until";
/// A name and a percentage a line.
pub const COMPONENTS: &str = "components";
/// The fields of a rate.
pub const RATE_FIELDS: &[&str] = &[TAXED_AS, MODES, FROM, UNTIL, COMPONENTS];

/// Characters of the code of a class.
pub const LONGEST_CODE: usize = 20;
/// Problems of the same kind that are told.
const MOST_GAPS: usize = 6;

pub fn read(fields: &Fields, today: Date) -> Result<TaxSettings, Vec<Problem>> {
    let mut problems = Problems::default();
    let mut line = |name: &'static str, most: usize| {
        let line = texts::single_line(text(fields, name));
        let fits = texts::length(&line) <= most;
        problems.or_default(if fits { Ok(line) } else { Err(too_long(name, most)) })
    };
    let legal_name = line(LEGAL_NAME, LONGEST_LEGAL_NAME);
    let tax_number = line(TAX_NUMBER, LONGEST_TAX_NUMBER);
    let counts =
        [(CLASS_ENTRIES, CLASS_FIELDS, MOST_CLASSES, "tax classes"), (RATES, RATE_FIELDS, MOST_RATES, "tax rates")];
    for (list, names, most, of) in counts {
        if entries(fields, list, names, most) > most {
            problems.0.push(too_many("", most, of));
        }
    }
    let (classes, class_places) = class_entries(fields, &mut problems);
    let (rates, rate_places) = rates(fields, &mut problems);
    let delivery_class = Some(text(fields, DELIVERY_TAXED_AS).trim().to_owned()).filter(|code| !code.is_empty());
    let rules = TaxRules {
        inclusive: text(fields, PRICES) != "exclusive",
        rounded: if text(fields, ROUNDED) == "line" { Rounded::Line } else { Rounded::Rate },
        rounding: if text(fields, ROUNDING) == "down" { Rounding::Down } else { Rounding::HalfUp },
        separate: !text(fields, SEPARATE).is_empty(),
        classes,
        rates,
        delivery_class,
    };
    if problems.0.is_empty() {
        let found = check(&rules, today).into_iter().take(MOST_GAPS);
        problems.0.extend(found.map(|problem| at_field(&problem, &class_places, &rate_places)));
    }
    problems.result(TaxSettings { legal_name, tax_number, rules })
}

/// A problem of the rules at its field. `class_places` and `rate_places` are the positions in the form.
fn at_field(problem: &RulesProblem, class_places: &[usize], rate_places: &[usize]) -> Problem {
    let of_rate = |at: &usize, name: &str| entry_field(RATES, rate_places.get(*at).copied().unwrap_or(*at), name);
    let (field, code) = match problem {
        RulesProblem::ClassTwice { class, .. } => {
            (entry_field(CLASS_ENTRIES, class_places.get(*class).copied().unwrap_or(*class), CODE), "twice")
        }
        RulesProblem::UnknownClass { rate, .. } => (of_rate(rate, TAXED_AS), "unknown"),
        RulesProblem::UnknownDeliveryClass { .. } => (DELIVERY_TAXED_AS.to_owned(), "unknown"),
        RulesProblem::NoModes { rate } => (of_rate(rate, MODES), "required"),
        RulesProblem::NoComponents { rate } => (of_rate(rate, COMPONENTS), "required"),
        RulesProblem::TooHigh { rate } => (of_rate(rate, COMPONENTS), "out_of_range"),
        RulesProblem::Backwards { rate, .. } => (of_rate(rate, UNTIL), "range"),
        RulesProblem::Overlap { rate, .. } => (of_rate(rate, FROM), "overlap"),
        RulesProblem::Gap { .. } => (String::new(), "gap"),
    };
    Problem::new(field, code, problem.to_string())
}

/// The classes with their positions in the form. An entry that is left empty is none.
fn class_entries(fields: &Fields, problems: &mut Problems) -> (Vec<TaxClass>, Vec<usize>) {
    let (mut classes, mut places) = (Vec::new(), Vec::new());
    for at in 0..entries(fields, CLASS_ENTRIES, CLASS_FIELDS, MOST_CLASSES) {
        let field = |name: &str| entry_field(CLASS_ENTRIES, at, name);
        let (name, code) = class_entry(fields, at);
        if name.is_empty() && code.is_empty() {
            continue;
        }
        if name.is_empty() {
            problems.add(
                field(CLASS_NAME),
                "required",
                "Enter a name that your team knows the class by, such as Food.",
            );
        } else if texts::length(&name) > LONGEST_NAME {
            problems.0.push(too_long(&field(CLASS_NAME), LONGEST_NAME));
        }
        let is_code = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if code.len() > LONGEST_CODE || !code.bytes().all(is_code) {
            let words =
                format!("Use at most {LONGEST_CODE} small letters from a to z, digits and hyphens, such as food.");
            problems.add(field(CODE), "code", words);
        }
        classes.push(TaxClass { code, name });
        places.push(at);
    }
    (classes, places)
}

/// Name and code of the class at a position; a code that is left empty is made of the name.
pub fn class_entry(fields: &Fields, at: usize) -> (String, String) {
    let name = texts::single_line(text(fields, &entry_field(CLASS_ENTRIES, at, CLASS_NAME)));
    let code = typed::plain(text(fields, &entry_field(CLASS_ENTRIES, at, CODE))).trim().to_ascii_lowercase();
    if !code.is_empty() || name.is_empty() {
        return (name, code);
    }
    let words = name.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let mut code = words.collect::<Vec<_>>().join("-").to_ascii_lowercase();
    code.truncate(LONGEST_CODE);
    let code = code.trim_end_matches('-').to_owned();
    (name, if code.is_empty() { format!("class-{}", at + 1) } else { code })
}

/// The rates with their positions in the form. An entry of which only the class is chosen is none.
fn rates(fields: &Fields, problems: &mut Problems) -> (Vec<TaxRate>, Vec<usize>) {
    let (mut rates, mut places) = (Vec::new(), Vec::new());
    for at in 0..entries(fields, RATES, RATE_FIELDS, MOST_RATES) {
        let field = |name: &str| entry_field(RATES, at, name);
        let modes = all(fields, &field(MODES));
        let typed = [FROM, UNTIL, COMPONENTS].map(|name| typed::is_seen(text(fields, &field(name))));
        if modes.is_empty() && !typed.contains(&true) {
            continue;
        }
        rates.push(TaxRate {
            class: text(fields, &field(TAXED_AS)).to_owned(),
            modes: ServiceMode::ALL.into_iter().filter(|mode| modes.iter().any(|code| code == mode.code())).collect(),
            from: date(fields, &field(FROM), problems),
            until: date(fields, &field(UNTIL), problems),
            components: components(fields, &field(COMPONENTS), problems),
        });
        places.push(at);
    }
    (rates, places)
}

fn date(fields: &Fields, field: &str, problems: &mut Problems) -> Option<Date> {
    let typed = typed::plain(text(fields, field));
    let typed = typed.trim();
    if typed.is_empty() {
        return None;
    }
    let date = typed.parse().ok();
    if date.is_none() {
        problems.add(field, "date", "Enter a date such as 2026-01-31.");
    }
    date
}

fn components(fields: &Fields, field: &str, problems: &mut Problems) -> Vec<TaxComponent> {
    let mut components: Vec<TaxComponent> = Vec::new();
    for line in texts::lines(text(fields, field)).lines().map(texts::single_line).filter(|line| !line.is_empty()) {
        let Some(component) = component(&line) else {
            let words = format!("“{line}” is no tax. Enter a name and a percentage, such as VAT 7 or City 4.5.");
            problems.add(field, "component", words);
            return components;
        };
        if texts::length(&component.label) > LONGEST_NAME {
            problems.0.push(too_long(field, LONGEST_NAME));
        }
        if components.iter().any(|known| known.label == component.label) {
            let words = format!("“{}” is there twice. Enter it once, with the sum.", component.label);
            problems.add(field, "twice", words);
        }
        components.push(component);
    }
    if components.len() > MOST_COMPONENTS {
        problems.0.push(too_many(field, MOST_COMPONENTS, "components of a rate"));
    }
    components
}

/// `VAT 7 %` or `City 4.5`.
fn component(line: &str) -> Option<TaxComponent> {
    let line = line.trim_end_matches(['%', '％', '٪']).trim_end();
    let (label, percentage) = line.rsplit_once(char::is_whitespace)?;
    let label = label.trim().to_owned();
    Some(TaxComponent { percentage: Percentage::parse(percentage)?, label }).filter(|of| typed::is_seen(&of.label))
}

pub fn write(settings: &TaxSettings) -> Fields {
    let mut fields = Fields::new();
    put(&mut fields, LEGAL_NAME, &settings.legal_name);
    put(&mut fields, TAX_NUMBER, &settings.tax_number);
    write_rules(&mut fields, &settings.rules);
    fields
}

/// The fields of the rules.
fn write_rules(fields: &mut Fields, rules: &TaxRules) {
    put(fields, PRICES, if rules.inclusive { "inclusive" } else { "exclusive" });
    put(fields, ROUNDED, if rules.rounded == Rounded::Line { "line" } else { "rate" });
    put(fields, ROUNDING, if rules.rounding == Rounding::Down { "down" } else { "half_up" });
    if rules.separate {
        put(fields, SEPARATE, "1");
    }
    put(fields, DELIVERY_TAXED_AS, rules.delivery_class.as_deref().unwrap_or_default());
    for (at, class) in rules.classes.iter().enumerate() {
        put(fields, entry_field(CLASS_ENTRIES, at, CLASS_NAME), &class.name);
        put(fields, entry_field(CLASS_ENTRIES, at, CODE), &class.code);
    }
    for (at, rate) in rules.rates.iter().enumerate() {
        let field = |name: &str| entry_field(RATES, at, name);
        let date = |date: Option<Date>| date.map(|date| date.to_string()).unwrap_or_default();
        put(fields, field(TAXED_AS), &rate.class);
        for mode in &rate.modes {
            put(fields, field(MODES), mode.code());
        }
        put(fields, field(FROM), date(rate.from));
        put(fields, field(UNTIL), date(rate.until));
        let lines = rate.components.iter().map(|component| format!("{} {}", component.label, component.percentage));
        put(fields, field(COMPONENTS), lines.collect::<Vec<_>>().join("\n"));
    }
}

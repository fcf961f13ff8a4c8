//! Normalises CSS texts that differ and have the same meaning.
//!
//! - Spaces, letter case, quotes around attribute values and the zero before a point mean nothing; zero needs no unit.
//! - `calc(0.25rem * 6)` is `1.5rem`, `calc(1 / 3 * 100%)` is `33.333333%`, `calc(4px * -1)` is `-4px`: the official
//!   compiler leaves the sum to the browser.
//! - Prefixed properties are dropped (`-webkit-…`, `-moz-…`): Toast writes only those that browsers still need.
//! - The official compiler writes a colour with alpha twice, the second time for browsers that know `color-mix`;
//!   the second is what counts.
//! - In selectors `*::marker` is `::marker`, and a list is the same as its parts; in filters `100%` is `1`.
//! - Transitions list gradient variables and a prefixed filter, which Toast does not have.

use super::css::Flat;

const KNOWS_COLOR_MIX: &str = "@supports(color:color-mix(inlab,red,red))";

pub fn is_dropped(property: &str) -> bool {
    property.starts_with("-webkit-") || property.starts_with("-moz-")
}

pub fn condition(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_whitespace()).collect::<String>().to_lowercase()
}

pub fn selector(text: &str) -> String {
    let mut plain = text.trim().replace(['"', '\''], "").replace("*::", "::");
    for sign in [">", "~", "+", ",", "("] {
        for loose in [format!(" {sign} "), format!("{sign} "), format!(" {sign}")] {
            plain = plain.replace(&loose, sign);
        }
    }
    plain
}

pub fn value(text: &str) -> String {
    let mut value = text.trim().to_lowercase();
    for (loose, close) in
        [(", ", ","), ("( ", "("), (" )", ")"), (" / ", "/"), (" * ", "*"), (" !", "!"), ("(100%)", "(1)")]
    {
        value = value.replace(loose, close);
    }
    let value = value.split_whitespace().collect::<Vec<_>>().join(" ");
    let value: Vec<&str> = value.split(',').filter(|part| !is_of_no_use(part)).collect();
    let mut numbers = without_sums(&value.join(","));
    for lead in ["(", ",", " ", "-", "*", "/"] {
        numbers = numbers.replace(&format!("{lead}0."), &format!("{lead}."));
    }
    let numbers = numbers.strip_prefix("0.").map_or(numbers.clone(), |rest| format!(".{rest}"));
    if matches!(numbers.as_str(), "0rem" | "0px" | "-0rem" | "-0px" | "0%") { "0".into() } else { numbers }
}

/// Parts of lists of moved properties that never occur in Toast.
fn is_of_no_use(part: &str) -> bool {
    part.starts_with("--tw-gradient-") || part == "-webkit-backdrop-filter"
}

/// Works out `calc(…)` of plain products, from the inside.
fn without_sums(value: &str) -> String {
    let mut text = value.to_owned();
    let mut from = 0;
    while let Some(start) = text[from..].find("calc(").map(|at| at + from) {
        let inside = start + 5;
        let Some(length) = text[inside..].find([')', '(']) else { break };
        let product = product(&text[inside..inside + length]).filter(|_| text[inside + length..].starts_with(')'));
        match product {
            Some(product) => {
                text.replace_range(start..=inside + length, &product);
                from = 0;
            }
            None => from = inside,
        }
    }
    text
}

fn product(text: &str) -> Option<String> {
    let mut result = 1.0_f64;
    let mut unit = "";
    for factor in text.split('*') {
        for (at, part) in factor.split('/').enumerate() {
            let digits = part.trim_end_matches(|letter: char| letter.is_ascii_alphabetic() || letter == '%');
            let number: f64 = digits.trim().parse().ok()?;
            if digits.len() < part.len() {
                unit = &part[digits.len()..];
            }
            result = if at == 0 { result * number } else { result / number };
        }
    }
    Some(format!("{}{unit}", (result * 1e6).round() / 1e6))
}

/// Puts declarations that need `color-mix` in the place of those for browsers without it.
pub fn merged(rules: Vec<Flat>) -> Vec<Flat> {
    let mut merged: Vec<Flat> = Vec::new();
    for mut rule in rules {
        rule.conditions.remove(KNOWS_COLOR_MIX);
        let same = |known: &&mut Flat| known.conditions == rule.conditions && known.selector == rule.selector;
        match merged.iter_mut().find(same) {
            Some(known) => known.declarations.extend(rule.declarations),
            None => merged.push(rule),
        }
    }
    merged
}

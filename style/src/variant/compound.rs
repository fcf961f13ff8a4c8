//! Variants with a value or another variant inside: `aria-expanded`, `data-[state=late]`, `group-hover/card`, `has-checked`.

use super::{Variant, Wrap, rank, simple};

/// The content of `[…]`, with its underscores as spaces.
pub(super) fn inside(name: &str) -> Option<String> {
    let inside = name.strip_prefix('[')?.strip_suffix(']')?;
    (!inside.is_empty()).then(|| inside.replace('_', " "))
}

/// ARIA states that are true or false.
const ARIA: [&str; 10] =
    ["busy", "checked", "disabled", "expanded", "hidden", "invalid", "pressed", "readonly", "required", "selected"];

/// The variant of a name with parts.
pub(super) fn named(name: &str) -> Option<Variant> {
    if let Some(selector) = attribute(name) {
        let family = ["aria", "data"].iter().position(|family| name.starts_with(family)).unwrap_or(2);
        let order = (rank::ATTRIBUTE + family, i64::from(name.contains('[')));
        return Some(Variant::new(Wrap::selecting(selector), order));
    }
    if let Some(rest) = name.strip_prefix("supports-") {
        let condition = inside(rest).unwrap_or_else(|| format!("{rest}: var(--tw)"));
        return Some(Variant::new(Wrap::under(format!("@supports ({condition})")), (rank::SUPPORTS, 0)));
    }
    let (family, rest) = name.split_once('-')?;
    let (rest, label) = rest.split_once('/').map_or((rest, None), |(rest, label)| (rest, Some(label)));
    let target = |of: &str| label.map_or(format!(":where(.{of})"), |label| format!(":where(.{of}\\/{label})"));
    let (selector, place) = match family {
        "not" => (format!("&:not({})", of(rest, "")?), rank::AROUND),
        "group" => (format!("&:is({} *)", of(rest, &target("group"))?), rank::AROUND + 1),
        "peer" => (format!("&:is({} ~ *)", of(rest, &target("peer"))?), rank::AROUND + 2),
        "in" => (format!(":where({}) &", of(rest, "")?), rank::INSIDE),
        "has" => (format!("&:has({})", of(rest, "")?), rank::INSIDE + 1),
        _ => return None,
    };
    let mut wrap = Wrap::selecting(selector);
    if rest == "hover" && family != "not" {
        wrap.conditions.push("@media (hover: hover)".into());
    }
    Some(Variant::new(wrap, (place, inner_rank(rest))))
}

/// Variants of the same family are sorted by their content.
fn inner_rank(name: &str) -> i64 {
    super::named(name).and_then(|inner| i64::try_from(inner.rank.0).ok()).unwrap_or(i64::MAX)
}

/// The selector of the inner variant, put on `subject`.
fn of(name: &str, subject: &str) -> Option<String> {
    if let Some(inside) = inside(name) {
        return Some(if inside.contains('&') {
            inside.replace('&', if subject.is_empty() { "*" } else { subject })
        } else if inside.starts_with(['>', '+', '~']) {
            inside
        } else {
            format!("{subject}:is({inside})")
        });
    }
    if let Some(rest) = name.strip_prefix("has-") {
        return Some(format!("{subject}:has({})", of(rest, "")?));
    }
    if let Some(rest) = name.strip_prefix("not-") {
        return Some(format!("{subject}:not({})", of(rest, "")?));
    }
    let selector = simple::selector(name).map(str::to_owned).or_else(|| attribute(name))?;
    let fits = selector.starts_with('&') && !selector.contains("::") && !selector.contains(',') || name == "open";
    fits.then(|| selector.replacen('&', subject, 1))
}

fn attribute(name: &str) -> Option<String> {
    if let Some(rest) = name.strip_prefix("aria-") {
        return match inside(rest) {
            Some(state) => Some(format!("&[aria-{}]", quoted(&state))),
            None => ARIA.contains(&rest).then(|| format!("&[aria-{rest}=\"true\"]")),
        };
    }
    if let Some(rest) = name.strip_prefix("data-") {
        let state = inside(rest).unwrap_or_else(|| rest.to_owned());
        return Some(format!("&[data-{}]", quoted(&state)));
    }
    let (function, value) = ["nth-last-of-type", "nth-of-type", "nth-last", "nth"]
        .iter()
        .find_map(|function| Some((*function, name.strip_prefix(function)?.strip_prefix('-')?)))?;
    let function = if function.ends_with("type") { function.to_owned() } else { format!("{function}-child") };
    let value = inside(value).or_else(|| value.parse::<u32>().ok().map(|number| number.to_string()))?;
    Some(format!("&:{function}({value})"))
}

/// `state=late` as `state="late"`.
fn quoted(attribute: &str) -> String {
    match attribute.split_once('=') {
        Some((name, value)) if !value.starts_with(['"', '\'']) => format!("{name}=\"{value}\""),
        _ => attribute.to_owned(),
    }
}

//! Effects: the one shadow, and rings.

use super::{Claim, value};
use crate::{rule::Body, theme};

const LAYERS: &str = "var(--tw-inset-shadow), var(--tw-inset-ring-shadow), var(--tw-ring-offset-shadow), var(--tw-ring-shadow), var(--tw-shadow)";

pub(super) fn claim(utility: &str) -> Claim {
    match utility {
        "shadow-float" => {
            return shadow(&format!("{} var(--tw-shadow-color, {})", theme::SHADOW.0, theme::SHADOW.1));
        }
        "shadow-none" => return shadow("0 0 #0000"),
        _ if is_unwanted(utility) => return Claim::No,
        "ring-inset" => return Claim::Is(Body::of([("--tw-ring-inset", "inset")])),
        "ring" => return ring("1"),
        _ => {}
    }
    if let Some(percent) = utility.strip_prefix("opacity-").and_then(value::whole) {
        return Claim::Is(Body::of([("opacity", format!("{percent}%"))]));
    }
    if let Some(claim) = outline(utility).or_else(|| tone(utility)) {
        return claim;
    }
    let Some(name) = utility.strip_prefix("ring-") else {
        return Claim::Elsewhere;
    };
    if value::whole(name).is_some() {
        return ring(name);
    }
    match theme::COLOURS.iter().find(|colour| colour.name == name) {
        Some(colour) => Claim::Is(Body::of([("--tw-ring-color", format!("var(--color-{})", colour.name))])),
        None => Claim::Elsewhere,
    }
}

/// There is one shadow, no gradient, and the gap of a ring is made by `outline-offset`.
fn is_unwanted(utility: &str) -> bool {
    const PREFIXES: [&str; 8] =
        ["shadow-", "inset-shadow-", "ring-offset-", "from-", "via-", "bg-linear-", "bg-gradient-", "bg-conic"];
    utility == "shadow" || PREFIXES.iter().any(|prefix| utility.starts_with(prefix)) && !utility.starts_with("shadow-[")
}

fn outline(utility: &str) -> Option<Claim> {
    let negative = utility.starts_with('-');
    let rest = utility.strip_prefix('-').unwrap_or(utility).strip_prefix("outline")?;
    if let Some(width) = rest.strip_prefix("-offset-").and_then(value::whole) {
        let sign = if negative { "-" } else { "" };
        return Some(Claim::Is(Body::of([("outline-offset", format!("{sign}{width}px"))])));
    }
    let width = if rest.is_empty() { 1 } else { value::whole(rest.strip_prefix('-')?)? };
    Some(Claim::Is(Body::of([
        ("outline-style", "var(--tw-outline-style)".to_owned()),
        ("outline-width", format!("{width}px")),
    ])))
}

/// `bg-(--tone)`: the type of a variable is not known; for these families it is a colour.
fn tone(utility: &str) -> Option<Claim> {
    const FAMILIES: [(&str, &str); 5] = [
        ("bg-[var(--", "background-color"),
        ("text-[var(--", "color"),
        ("border-[var(--", "border-color"),
        ("fill-[var(--", "fill"),
        ("stroke-[var(--", "stroke"),
    ];
    let (prefix, property) = FAMILIES.iter().find(|(prefix, _)| utility.starts_with(prefix))?;
    let variable = utility.strip_prefix(prefix)?.strip_suffix(")]")?;
    Some(Claim::Is(Body::of([(*property, format!("var(--{variable})"))])))
}

fn shadow(value: &str) -> Claim {
    Claim::Is(Body::of([("--tw-shadow", value), ("box-shadow", LAYERS)]))
}

fn ring(width: &str) -> Claim {
    let value = format!(
        "var(--tw-ring-inset,) 0 0 0 calc({width}px + var(--tw-ring-offset-width)) var(--tw-ring-color, currentcolor)"
    );
    Claim::Is(Body::of([("--tw-ring-shadow", value.as_str()), ("box-shadow", LAYERS)]))
}

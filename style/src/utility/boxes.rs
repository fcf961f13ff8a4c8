//! Boxes: size, ratio, corners, borders, and the space between children.

use super::{Claim, value};
use crate::{rule::Body, theme};

/// Corner families: the prefix, and the corners it rounds.
const CORNERS: [(&str, &[&str]); 15] = [
    ("rounded-ss", &["border-start-start-radius"]),
    ("rounded-se", &["border-start-end-radius"]),
    ("rounded-ee", &["border-end-end-radius"]),
    ("rounded-es", &["border-end-start-radius"]),
    ("rounded-tl", &["border-top-left-radius"]),
    ("rounded-tr", &["border-top-right-radius"]),
    ("rounded-br", &["border-bottom-right-radius"]),
    ("rounded-bl", &["border-bottom-left-radius"]),
    ("rounded-s", &["border-start-start-radius", "border-end-start-radius"]),
    ("rounded-e", &["border-start-end-radius", "border-end-end-radius"]),
    ("rounded-t", &["border-top-left-radius", "border-top-right-radius"]),
    ("rounded-r", &["border-top-right-radius", "border-bottom-right-radius"]),
    ("rounded-b", &["border-bottom-right-radius", "border-bottom-left-radius"]),
    ("rounded-l", &["border-top-left-radius", "border-bottom-left-radius"]),
    ("rounded", &["border-radius"]),
];

/// Border families: the prefix, and the side in the names of its properties.
const SIDES: [(&str, &str); 9] = [
    ("border-x", "-inline"),
    ("border-y", "-block"),
    ("border-s", "-inline-start"),
    ("border-e", "-inline-end"),
    ("border-t", "-top"),
    ("border-r", "-right"),
    ("border-b", "-bottom"),
    ("border-l", "-left"),
    ("border", ""),
];

pub(super) fn claim(utility: &str) -> Claim {
    if let Some(rest) = utility.strip_prefix("size-") {
        return size(rest).into();
    }
    if let Some(rest) = utility.strip_prefix("aspect-") {
        return aspect(rest).map(|ratio| Body::of([("aspect-ratio", ratio)])).into();
    }
    if let Some(rest) = utility.strip_prefix("z-[") {
        return value::arbitrary(&format!("[{rest}")).map(|index| Body::of([("z-index", index)])).into();
    }
    if utility.starts_with("rounded") {
        return corners(utility).into();
    }
    if utility.starts_with("border") {
        return border(utility);
    }
    between(utility).or_else(|| divided(utility)).or_else(|| width(utility)).unwrap_or(Claim::Elsewhere)
}

fn size(rest: &str) -> Option<Body> {
    let length = match rest {
        "auto" => "auto".into(),
        "min" | "max" | "fit" => format!("{rest}-content"),
        _ => value::extent(rest, false)?,
    };
    Some(Body::each(&["width", "height"], &length))
}

fn aspect(rest: &str) -> Option<String> {
    match rest {
        "auto" => Some("auto".into()),
        "square" => Some("1 / 1".into()),
        "video" => Some("16 / 9".into()),
        _ => value::arbitrary(rest).or_else(|| {
            let (width, height) = rest.split_once('/')?;
            Some(format!("{}/{}", value::whole(width)?, value::whole(height)?))
        }),
    }
}

fn corners(utility: &str) -> Option<Body> {
    let (prefix, properties) = CORNERS.iter().find(|(prefix, _)| named(utility, prefix).is_some())?;
    let radius = match named(utility, prefix)? {
        "full" => "calc(infinity * 1px)".to_owned(),
        "none" => "0".to_owned(),
        name => theme::find(&theme::RADII, name).map(str::to_owned).or_else(|| value::arbitrary(name))?,
    };
    Some(Body::each(properties, &radius))
}

/// The text after `prefix` and its dash; empty for the bare prefix.
fn named<'a>(utility: &'a str, prefix: &str) -> Option<&'a str> {
    let rest = utility.strip_prefix(prefix)?;
    if rest.is_empty() { Some("") } else { rest.strip_prefix('-') }
}

fn border(utility: &str) -> Claim {
    let Some((side, name)) = SIDES.iter().find_map(|(prefix, side)| Some((side, named(utility, prefix)?))) else {
        return Claim::Elsewhere;
    };
    if let ("solid" | "dashed" | "dotted" | "double" | "hidden" | "none", "") = (name, *side) {
        return Claim::Is(Body::of([("--tw-border-style", name), ("border-style", name)]));
    }
    let width = if name.is_empty() { Some(1) } else { value::whole(name) };
    width.map_or(Claim::Elsewhere, |width| {
        Claim::Is(Body::of([
            (format!("border{side}-style"), "var(--tw-border-style)".to_owned()),
            (format!("border{side}-width"), format!("{width}px")),
        ]))
    })
}

const BETWEEN: &str = ":where(& > :not(:last-child))";

fn between(utility: &str) -> Option<Claim> {
    let negative = utility.starts_with('-');
    let rest = utility.strip_prefix('-').unwrap_or(utility).strip_prefix("space-")?;
    let (axis, steps) = rest.split_once('-')?;
    let (side, sort_as) = match axis {
        "x" => ("inline", "column-gap"),
        "y" => ("block", "row-gap"),
        _ => return Some(Claim::No),
    };
    let reverse = format!("--tw-space-{axis}-reverse");
    if steps == "reverse" {
        return Some(Claim::Is(Body::of([(reverse, "1")]).reaching(BETWEEN, sort_as)));
    }
    let body = value::spacing(steps, negative).map(|length| {
        let share = |part: &str| if length == "0px" { "0".to_owned() } else { format!("calc({length} * {part})") };
        Body::of([
            (reverse.clone(), "0".to_owned()),
            (format!("margin-{side}-start"), share(&format!("var({reverse})"))),
            (format!("margin-{side}-end"), share(&format!("calc(1 - var({reverse}))"))),
        ])
        .reaching(BETWEEN, sort_as)
    });
    Some(body.into())
}

fn divided(utility: &str) -> Option<Claim> {
    let rest = utility.strip_prefix("divide-")?;
    if let Some(colour) = theme::COLOURS.iter().find(|colour| colour.name == rest) {
        let value = format!("var(--color-{})", colour.name);
        return Some(Claim::Is(Body::of([("border-color", value)]).reaching(BETWEEN, "divide-color")));
    }
    if matches!(rest, "solid" | "dashed" | "dotted" | "double" | "none") {
        let body = Body::of([("--tw-border-style", rest), ("border-style", rest)]);
        return Some(Claim::Is(body.reaching(BETWEEN, "divide-style")));
    }
    let (axis, name) = rest.split_once('-').unwrap_or((rest, ""));
    let width = if name.is_empty() { 1 } else { value::whole(name)? };
    let reverse = format!("--tw-divide-{axis}-reverse");
    let (style, start, end) = match axis {
        "x" => ("border-inline-style", "border-inline-start-width", "border-inline-end-width"),
        "y" => ("border-bottom-style", "border-top-width", "border-bottom-width"),
        _ => return Some(Claim::No),
    };
    let mut pairs = vec![(reverse.clone(), "0".to_owned()), (style.into(), "var(--tw-border-style)".into())];
    if axis == "y" {
        pairs.push(("border-top-style".into(), "var(--tw-border-style)".into()));
    }
    pairs.push((start.into(), format!("calc({width}px * var({reverse}))")));
    pairs.push((end.into(), format!("calc({width}px * calc(1 - var({reverse})))")));
    let sort_as = if axis == "x" { "divide-x-width" } else { "divide-y-width" };
    Some(Claim::Is(Body::of(pairs).reaching(BETWEEN, sort_as)))
}

fn width(utility: &str) -> Option<Claim> {
    const FAMILIES: [(&str, &str); 4] =
        [("max-w-", "max-width"), ("min-w-", "min-width"), ("basis-", "flex-basis"), ("w-", "width")];
    let (name, property) =
        FAMILIES.iter().find_map(|(prefix, property)| Some((utility.strip_prefix(prefix)?, property)))?;
    let width = theme::find(&theme::CONTAINERS, name)?;
    Some(Claim::Is(Body::of([(*property, width)])))
}

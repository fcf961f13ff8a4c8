//! Variants, the parts of a class before its last colon: states, positions in the tree, widths and other conditions.

mod compound;
mod simple;

use crate::theme;

/// One way in which a variant wraps a rule.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Wrap {
    /// The selector, with `&` for what it wraps.
    pub(crate) selector: Option<String>,
    /// The conditions around the rule, outermost first.
    pub(crate) conditions: Vec<String>,
}

impl Wrap {
    fn selecting(selector: impl Into<String>) -> Self {
        Self { selector: Some(selector.into()), conditions: Vec::new() }
    }

    fn under(condition: impl Into<String>) -> Self {
        Self { selector: None, conditions: vec![condition.into()] }
    }
}

/// A variant: the ways it wraps (more than one only for `dark`), and its rank in the sheet.
#[derive(Debug, Clone)]
pub(crate) struct Variant {
    pub(crate) wraps: Vec<Wrap>,
    /// Later ranks win over earlier ones; the second number orders widths, and inner variants.
    pub(crate) rank: (usize, i64),
    /// Whether it makes a pseudo element that needs `content`.
    pub(crate) makes_content: bool,
}

impl Variant {
    fn new(wrap: Wrap, rank: (usize, i64)) -> Self {
        Self { wraps: vec![wrap], rank, makes_content: false }
    }
}

/// Ranks, in the order of the cascade.
mod rank {
    pub(super) const CHILDREN: usize = 0;
    pub(super) const AROUND: usize = 10;
    pub(super) const SIMPLE: usize = 100;
    pub(super) const INSIDE: usize = 200;
    pub(super) const ATTRIBUTE: usize = 300;
    pub(super) const SUPPORTS: usize = 400;
    pub(super) const MOTION: usize = 410;
    pub(super) const MAX: usize = 500;
    pub(super) const MIN: usize = 510;
    pub(super) const CONTAINER_MAX: usize = 520;
    pub(super) const CONTAINER_MIN: usize = 530;
    pub(super) const MEDIA: usize = 600;
    pub(super) const LATE: usize = 660;
    pub(super) const ARBITRARY: usize = 700;
}

/// The variant of this name, if there is one.
pub(crate) fn named(name: &str) -> Option<Variant> {
    arbitrary(name).or_else(|| simple::named(name)).or_else(|| width(name)).or_else(|| compound::named(name))
}

fn arbitrary(name: &str) -> Option<Variant> {
    let inside = crate::variant::compound::inside(name)?;
    let wrap = if inside.starts_with('@') {
        Wrap::under(inside)
    } else if inside.contains('&') {
        Wrap::selecting(inside)
    } else {
        Wrap::selecting(format!("&:is({inside})"))
    };
    Some(Variant::new(wrap, (rank::ARBITRARY, 0)))
}

/// `md`, `max-md`, `min-[820px]`, and the same for containers with `@`.
fn width(name: &str) -> Option<Variant> {
    let (container, bound) = name.strip_prefix('@').map_or((false, name), |bound| (true, bound));
    let (upper, size) = match bound.strip_prefix("max-") {
        Some(size) => (true, size),
        None => (false, bound.strip_prefix("min-").unwrap_or(bound)),
    };
    let table: &[(&'static str, &'static str)] = if container { &theme::CONTAINERS } else { &theme::BREAKPOINTS };
    let length = match compound::inside(size) {
        Some(length) if container || bound != size => length,
        Some(_) => return None,
        None => theme::find(table, size)?.to_owned(),
    };
    let kind = if container { "container" } else { "media" };
    let comparison = if upper { "<" } else { ">=" };
    let order = match (container, upper) {
        (false, true) => rank::MAX,
        (false, false) => rank::MIN,
        (true, true) => rank::CONTAINER_MAX,
        (true, false) => rank::CONTAINER_MIN,
    };
    let pixels = pixels(&length);
    let place = if upper { -pixels } else { pixels };
    Some(Variant::new(Wrap::under(format!("@{kind} (width {comparison} {length})")), (order, place)))
}

/// Lengths in thousandths of a pixel, only to sort by them.
fn pixels(length: &str) -> i64 {
    let digits = length.trim_end_matches(|letter: char| letter.is_ascii_alphabetic() || letter == '%');
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let whole: i64 = whole.parse().unwrap_or(0);
    let part: i64 = format!("{part:0<3}").get(..3).and_then(|part| part.parse().ok()).unwrap_or(0);
    let unit = if length.ends_with("px") { 1 } else { 16 };
    whole.saturating_mul(1000).saturating_add(part).saturating_mul(unit)
}

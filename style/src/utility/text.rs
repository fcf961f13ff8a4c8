//! Type: sizes with their line heights, leading, weight, tracking, fonts, and wrapping marks.

use super::{Claim, value};
use crate::{rule::Body, theme};

pub(crate) const WEIGHTS: [(&str, &str); 4] =
    [("normal", "400"), ("medium", "500"), ("semibold", "600"), ("bold", "700")];
/// Names of line heights.
pub(crate) const LEADINGS: [(&str, &str); 4] =
    [("tight", "1.2"), ("snug", "1.375"), ("normal", "1.5"), ("relaxed", "1.625")];
/// Names of letter spacings.
pub(crate) const TRACKINGS: [(&str, &str); 3] = [("tight", "-0.025em"), ("normal", "0em"), ("wide", "0.025em")];

pub(super) fn claim(utility: &str) -> Claim {
    if let Some(rest) = utility.strip_prefix("text-") {
        return size(rest);
    }
    if let Some(rest) = utility.strip_prefix("leading-") {
        return leading(rest)
            .map(|height| Body::of([("--tw-leading", height.clone()), ("line-height", height)]))
            .into();
    }
    if let Some(rest) = utility.strip_prefix("tracking-") {
        return theme::find(&TRACKINGS, rest)
            .map(str::to_owned)
            .or_else(|| value::arbitrary(rest))
            .map(|spacing| Body::of([("--tw-tracking", spacing.clone()), ("letter-spacing", spacing)]))
            .into();
    }
    if let Some(rest) = utility.strip_prefix("font-") {
        return font(rest).into();
    }
    if let Some(rest) = utility.strip_prefix("content-[") {
        return value::arbitrary(&format!("[{rest}"))
            .map(|text| Body::of([("--tw-content", text.as_str()), ("content", "var(--tw-content)")]))
            .into();
    }
    Claim::Elsewhere
}

fn size(rest: &str) -> Claim {
    let (name, height) = rest.split_once('/').map_or((rest, None), |(name, height)| (name, Some(height)));
    let Some((_, size, own_height)) = theme::TEXT.iter().find(|(known, _, _)| *known == name) else {
        return if matches!(name, "5xl" | "6xl" | "7xl" | "8xl" | "9xl") { Claim::No } else { Claim::Elsewhere };
    };
    let line_height = match height {
        None => Some(format!("var(--tw-leading, {own_height})")),
        Some(height) => leading(height),
    };
    line_height.map(|height| Body::of([("font-size", (*size).to_owned()), ("line-height", height)])).into()
}

fn leading(name: &str) -> Option<String> {
    if name == "none" {
        return Some("1".into());
    }
    theme::find(&LEADINGS, name).map(str::to_owned).or_else(|| value::spacing(name, false))
}

fn font(rest: &str) -> Option<Body> {
    if let Some(weight) = theme::find(&WEIGHTS, rest) {
        return Some(Body::of([("--tw-font-weight", weight), ("font-weight", weight)]));
    }
    theme::find(&theme::FONTS, rest).map(|family| Body::of([("font-family", family)]))
}

//! Motion: transitions, animations, and the transforms that they move.

use super::{Claim, value};
use crate::{rule::Body, theme};

/// The properties that each kind of transition animates.
const TRANSITIONS: [(&str, &str); 6] = [
    (
        "transition",
        "color, background-color, border-color, outline-color, text-decoration-color, fill, stroke, opacity, box-shadow, transform, translate, scale, rotate, filter, backdrop-filter, display, content-visibility, overlay, pointer-events",
    ),
    ("transition-colors", "color, background-color, border-color, outline-color, text-decoration-color, fill, stroke"),
    ("transition-opacity", "opacity"),
    ("transition-shadow", "box-shadow"),
    ("transition-transform", "transform, translate, scale, rotate"),
    ("transition-all", "all"),
];

pub(super) fn claim(utility: &str) -> Claim {
    if utility.starts_with("transition") {
        return transition(utility);
    }
    if let Some(rest) = utility.strip_prefix("duration-") {
        return value::whole(rest)
            .map(|time| format!("{time}ms"))
            .or_else(|| value::arbitrary(rest))
            .map(|time| Body::each(&["--tw-duration", "transition-duration"], &time))
            .into();
    }
    if let Some(rest) = utility.strip_prefix("ease-") {
        let curve = if rest == "linear" { Some("linear") } else { theme::find(&theme::EASES, rest) };
        return curve.map(|curve| Body::each(&["--tw-ease", "transition-timing-function"], curve)).into();
    }
    if let Some(rest) = utility.strip_prefix("animate-") {
        return animation(rest).into();
    }
    moved(utility).unwrap_or(Claim::Elsewhere)
}

fn transition(utility: &str) -> Claim {
    if utility == "transition-none" {
        return Claim::Is(Body::of([("transition-property", "none")]));
    }
    let properties = theme::find(&TRANSITIONS, utility)
        .map(str::to_owned)
        .or_else(|| value::arbitrary(utility.strip_prefix("transition-")?));
    match properties {
        Some(properties) => Claim::Is(Body::of([
            ("transition-property", properties.as_str()),
            ("transition-timing-function", "var(--tw-ease, cubic-bezier(0, 0, 0.2, 1))"),
            ("transition-duration", "var(--tw-duration, 150ms)"),
        ])),
        None => Claim::Elsewhere,
    }
}

fn animation(name: &str) -> Option<Body> {
    if name == "none" {
        return Some(Body::of([("animation", "none")]));
    }
    let (_, shorthand, keyframes) = theme::ANIMATIONS.iter().find(|(known, _, _)| *known == name)?;
    Some(Body { keyframes: Some(keyframes), ..Body::of([("animation", *shorthand)]) })
}

fn moved(utility: &str) -> Option<Claim> {
    let negative = utility.starts_with('-');
    let rest = utility.strip_prefix('-').unwrap_or(utility);
    let (family, name) = rest.split_once('-')?;
    let body = match family {
        "translate" => translate(name, negative),
        "scale" => scale(name),
        "rotate" => rotate(name, negative),
        _ => return None,
    };
    Some(body.into())
}

fn translate(name: &str, negative: bool) -> Option<Body> {
    let both = "var(--tw-translate-x) var(--tw-translate-y)";
    let axes: &[&str] = match name.split_once('-') {
        Some(("x", _)) => &["--tw-translate-x"],
        Some(("y", _)) => &["--tw-translate-y"],
        _ => &["--tw-translate-x", "--tw-translate-y"],
    };
    let steps = name.strip_prefix("x-").or_else(|| name.strip_prefix("y-")).unwrap_or(name);
    let distance = value::extent(steps, negative)?;
    Some(Body::of(axes.iter().map(|axis| (*axis, distance.as_str())).chain([("translate", both)])))
}

fn scale(name: &str) -> Option<Body> {
    if let Some(percent) = value::whole(name) {
        let axes =
            ["--tw-scale-x", "--tw-scale-y", "--tw-scale-z"].map(|axis| (axis.to_owned(), format!("{percent}%")));
        let both = ("scale".to_owned(), "var(--tw-scale-x) var(--tw-scale-y)".to_owned());
        return Some(Body::of(axes.into_iter().chain([both])));
    }
    let (axis, percent) = name.split_once('-').filter(|(axis, _)| matches!(*axis, "x" | "y"))?;
    let percent = value::whole(percent)?;
    Some(Body::of([
        (format!("--tw-scale-{axis}"), format!("{percent}%")),
        ("scale".to_owned(), "var(--tw-scale-x) var(--tw-scale-y)".to_owned()),
    ]))
}

fn rotate(name: &str, negative: bool) -> Option<Body> {
    let degrees = value::whole(name)?;
    let sign = if negative { "-" } else { "" };
    Some(Body::of([("rotate", format!("{sign}{degrees}deg"))]))
}

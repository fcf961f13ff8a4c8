//! Values at the end of a utility: steps of the spacing scale, fractions, and `[anything]`.

/// `p-(--gap)` is short for `p-[var(--gap)]`.
pub(crate) fn with_variables_spelled_out(utility: &str) -> String {
    match utility.split_once("-(--").map(|(name, rest)| (name, rest.strip_suffix(')'))) {
        Some((name, Some(variable))) => format!("{name}-[var(--{variable})]"),
        _ => utility.to_owned(),
    }
}

/// The inside of `[…]`, with its underscores as spaces.
pub(crate) fn arbitrary(value: &str) -> Option<String> {
    let inside = value.strip_prefix('[')?.strip_suffix(']')?;
    (!inside.is_empty()).then(|| spaced(inside))
}

/// Underscores are spaces, except escaped ones.
pub(crate) fn spaced(text: &str) -> String {
    text.replace("\\_", "\u{0}").replace('_', " ").replace('\u{0}', "_")
}

/// A number that is whole or ends in a quarter, as the spacing scale has them.
pub(super) fn step(value: &str) -> Option<f64> {
    let digits = value.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let number: f64 = value.parse().ok()?;
    (digits && (number * 4.0).fract() == 0.0).then_some(number)
}

/// A step of the spacing scale as a length: `4` is `1rem`.
pub(crate) fn spacing(value: &str, negative: bool) -> Option<String> {
    let sign = if negative { "-" } else { "" };
    match value {
        "0" => Some("0px".into()),
        "px" => Some(format!("{sign}1px")),
        _ => match arbitrary(value) {
            Some(inside) if negative => Some(format!("calc({inside} * -1)")),
            Some(inside) => Some(inside),
            None => step(value).map(|steps| format!("{sign}{}rem", steps / 4.0)),
        },
    }
}

/// `1/2` as `50%`, `full` as `100%`, or a step of the spacing scale.
pub(crate) fn extent(value: &str, negative: bool) -> Option<String> {
    let sign = if negative { "-" } else { "" };
    if value == "full" {
        return Some(format!("{sign}100%"));
    }
    let Some((part, whole)) = value.split_once('/').filter(|_| !value.starts_with('[')) else {
        return spacing(value, negative);
    };
    let (part, whole): (u16, u16) = (part.parse().ok()?, whole.parse().ok()?);
    (whole > 0).then(|| {
        let percent = (f64::from(part) / f64::from(whole) * 1e8).round() / 1e6;
        format!("{sign}{percent}%")
    })
}

/// A whole number.
pub(crate) fn whole(value: &str) -> Option<u32> {
    value.bytes().all(|byte| byte.is_ascii_digit()).then(|| value.parse().ok()).flatten()
}

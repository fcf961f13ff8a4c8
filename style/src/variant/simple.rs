//! Variants without a value.

use super::{Variant, Wrap, rank};

/// Selectors, in the order of the cascade.
const SELECTORS: &[(&str, &str)] = &[
    ("*", ":is(& > *)"),
    ("**", ":is(& *)"),
    ("first-letter", "&::first-letter"),
    ("first-line", "&::first-line"),
    ("marker", "& ::marker,&::marker,& ::-webkit-details-marker,&::-webkit-details-marker"),
    ("selection", "& ::selection,&::selection"),
    ("file", "&::file-selector-button"),
    ("placeholder", "&::placeholder"),
    ("backdrop", "&::backdrop"),
    ("details-content", "&::details-content"),
    ("before", "&::before"),
    ("after", "&::after"),
    ("first", "&:first-child"),
    ("last", "&:last-child"),
    ("only", "&:only-child"),
    ("odd", "&:nth-child(odd)"),
    ("even", "&:nth-child(even)"),
    ("first-of-type", "&:first-of-type"),
    ("last-of-type", "&:last-of-type"),
    ("only-of-type", "&:only-of-type"),
    ("visited", "&:visited"),
    ("target", "&:target"),
    ("open", "&:is([open],:popover-open,:open)"),
    ("default", "&:default"),
    ("checked", "&:checked"),
    ("indeterminate", "&:indeterminate"),
    ("placeholder-shown", "&:placeholder-shown"),
    ("autofill", "&:autofill"),
    ("optional", "&:optional"),
    ("required", "&:required"),
    ("valid", "&:valid"),
    ("invalid", "&:invalid"),
    ("user-valid", "&:user-valid"),
    ("user-invalid", "&:user-invalid"),
    ("in-range", "&:in-range"),
    ("out-of-range", "&:out-of-range"),
    ("read-only", "&:read-only"),
    ("empty", "&:empty"),
    ("focus-within", "&:focus-within"),
    ("hover", "&:hover"),
    ("focus", "&:focus"),
    ("focus-visible", "&:focus-visible"),
    ("active", "&:active"),
    ("enabled", "&:enabled"),
    ("disabled", "&:disabled"),
    ("inert", "&:is([inert],[inert] *)"),
];

/// Conditions, in the order of the cascade.
const CONDITIONS: &[(&str, usize, &str)] = &[
    ("motion-safe", rank::MOTION, "@media (prefers-reduced-motion: no-preference)"),
    ("motion-reduce", rank::MOTION, "@media (prefers-reduced-motion: reduce)"),
    ("contrast-more", rank::MOTION, "@media (prefers-contrast: more)"),
    ("contrast-less", rank::MOTION, "@media (prefers-contrast: less)"),
    ("portrait", rank::MEDIA, "@media (orientation: portrait)"),
    ("landscape", rank::MEDIA, "@media (orientation: landscape)"),
    ("starting", rank::LATE, "@starting-style"),
    ("print", rank::LATE, "@media print"),
    ("forced-colors", rank::LATE, "@media (forced-colors: active)"),
    ("pointer-coarse", rank::LATE, "@media (pointer: coarse)"),
    ("pointer-fine", rank::LATE, "@media (pointer: fine)"),
    ("any-pointer-coarse", rank::LATE, "@media (any-pointer: coarse)"),
    ("any-pointer-fine", rank::LATE, "@media (any-pointer: fine)"),
    ("noscript", rank::LATE, "@media (scripting: none)"),
];

/// The selector of a word such as `checked`, for variants made from other variants.
pub(super) fn selector(name: &str) -> Option<&'static str> {
    SELECTORS.iter().find(|(known, _)| *known == name).map(|(_, selector)| *selector)
}

/// The variant of a name without value.
pub(super) fn named(name: &str) -> Option<Variant> {
    if let Some(place) = SELECTORS.iter().position(|(known, _)| *known == name) {
        let mut wrap = Wrap::selecting(selector(name)?);
        if name == "hover" {
            wrap.conditions.push("@media (hover: hover)".into());
        }
        let base = if name.starts_with('*') { rank::CHILDREN } else { rank::SIMPLE };
        let mut variant = Variant::new(wrap, (base + place, 0));
        variant.makes_content = matches!(name, "before" | "after");
        return Some(variant);
    }
    if let Some(place) = CONDITIONS.iter().position(|(known, _, _)| *known == name) {
        let (_, base, condition) = CONDITIONS.get(place)?;
        return Some(Variant::new(Wrap::under(*condition), (base + place, 0)));
    }
    match name {
        "dark" => Some(dark()),
        "ltr" | "rtl" => Some(direction(name)),
        _ => None,
    }
}

/// The system's preference applies unless the page overrides it; two rules, since a condition cannot be "or" a selector.
fn dark() -> Variant {
    let by_system = Wrap {
        selector: Some("&:where(:root:not([data-theme=light]) *)".into()),
        conditions: vec!["@media (prefers-color-scheme: dark)".into()],
    };
    let by_page = Wrap::selecting("&:where([data-theme=dark] *)");
    Variant { wraps: vec![by_system, by_page], rank: (rank::MEDIA + 50, 0), makes_content: false }
}

fn direction(name: &str) -> Variant {
    let selector = format!("&:where(:dir({name}),[dir=\"{name}\"],[dir=\"{name}\"] *)");
    Variant::new(Wrap::selecting(selector), (rank::MEDIA + 40, 0))
}

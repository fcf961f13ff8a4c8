//! Utilities without a value, and `[property:value]`.

use super::{Claim, value};
use crate::rule::Body;

const PAN: &str = "var(--tw-pan-x,) var(--tw-pan-y,) var(--tw-pinch-zoom,)";

/// The utilities and their declarations.
const WORDS: &[(&str, &[(&str, &str)])] = &[
    ("scheme-normal", &[("color-scheme", "normal")]),
    ("scheme-light", &[("color-scheme", "light")]),
    ("scheme-dark", &[("color-scheme", "dark")]),
    ("scheme-light-dark", &[("color-scheme", "light dark")]),
    ("forced-color-adjust-auto", &[("forced-color-adjust", "auto")]),
    ("forced-color-adjust-none", &[("forced-color-adjust", "none")]),
    ("field-sizing-content", &[("field-sizing", "content")]),
    ("field-sizing-fixed", &[("field-sizing", "fixed")]),
    ("wrap-anywhere", &[("overflow-wrap", "anywhere")]),
    ("wrap-break-word", &[("overflow-wrap", "break-word")]),
    ("wrap-normal", &[("overflow-wrap", "normal")]),
    ("grid-cols-subgrid", &[("grid-template-columns", "subgrid")]),
    ("grid-rows-subgrid", &[("grid-template-rows", "subgrid")]),
    ("outline-none", &[("--tw-outline-style", "none"), ("outline-style", "none")]),
    ("items-baseline-last", &[("align-items", "last baseline")]),
    ("self-baseline-last", &[("align-self", "last baseline")]),
    ("flex-1", &[("flex", "1")]),
    ("flex-auto", &[("flex", "auto")]),
    ("flex-initial", &[("flex", "0 auto")]),
    ("flex-none", &[("flex", "none")]),
    ("overflow-clip", &[("overflow", "clip")]),
    ("overflow-x-clip", &[("overflow-x", "clip")]),
    ("overflow-y-clip", &[("overflow-y", "clip")]),
    ("collapse", &[("visibility", "collapse")]),
    (
        "line-clamp-none",
        &[
            ("overflow", "visible"),
            ("display", "block"),
            ("-webkit-box-orient", "horizontal"),
            ("-webkit-line-clamp", "unset"),
        ],
    ),
    ("contain-content", &[("contain", "content")]),
    ("hyphens-none", &[("hyphens", "none")]),
    ("hyphens-manual", &[("hyphens", "manual")]),
    ("hyphens-auto", &[("hyphens", "auto")]),
    ("touch-pan-x", &[("--tw-pan-x", "pan-x"), ("touch-action", PAN)]),
    ("touch-pan-y", &[("--tw-pan-y", "pan-y"), ("touch-action", PAN)]),
    ("fill-none", &[("fill", "none")]),
    ("stroke-none", &[("stroke", "none")]),
    ("stroke-0", &[("stroke-width", "0")]),
    ("stroke-1", &[("stroke-width", "1")]),
    ("stroke-2", &[("stroke-width", "2")]),
    ("stroke-3", &[("stroke-width", "3")]),
    ("content-none", &[("--tw-content", "none"), ("content", "none")]),
    ("container", &[]),
    ("outline-hidden", &[]),
    (
        "sr-only",
        &[
            ("position", "absolute"),
            ("width", "1px"),
            ("height", "1px"),
            ("padding", "0"),
            ("margin", "-1px"),
            ("overflow", "hidden"),
            ("clip-path", "inset(50%)"),
            ("white-space", "nowrap"),
            ("border-width", "0"),
        ],
    ),
    (
        "not-sr-only",
        &[
            ("position", "static"),
            ("width", "auto"),
            ("height", "auto"),
            ("padding", "0"),
            ("margin", "0"),
            ("overflow", "visible"),
            ("clip-path", "none"),
            ("white-space", "normal"),
        ],
    ),
];

/// The declarations of a fixed word, or of `[property:value]`.
pub(super) fn claim(utility: &str) -> Claim {
    if let Some((property, value)) = utility.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')?.split_once(':'))
    {
        return Claim::Is(Body::of([(property.to_owned(), value::spaced(value))]));
    }
    let Some((_, pairs)) = WORDS.iter().find(|(word, _)| *word == utility) else {
        return Claim::Elsewhere;
    };
    // Not available on purpose: pages use `max-w-page` instead of `container`, and do not hide focus rings.
    (!pairs.is_empty()).then(|| Body::of(pairs.iter().copied())).into()
}

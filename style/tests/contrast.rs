//! Contrast of all pairs of colours on pages, in both appearances.
#![expect(clippy::expect_used, reason = "the functions that tests share have to fail loudly")]

use style::theme::{COLOURS, Colour};

/// Texts and their backgrounds; at least 4.5.
const TEXTS: [(&str, &str); 30] = [
    ("ink", "page"),
    ("ink", "card"),
    ("ink", "brand-tint"),
    ("muted", "page"),
    ("muted", "card"),
    ("muted", "brand-tint"),
    ("brand", "page"),
    ("brand", "card"),
    ("brand", "brand-tint"),
    ("brand-strong", "page"),
    ("brand-strong", "card"),
    ("on-brand", "brand"),
    ("on-brand", "brand-strong"),
    ("page", "ink"),
    ("basil", "page"),
    ("basil", "card"),
    ("saffron", "page"),
    ("saffron", "card"),
    ("beet", "page"),
    ("beet", "card"),
    ("sky", "page"),
    ("sky", "card"),
    ("card", "basil"),
    ("card", "saffron"),
    ("card", "beet"),
    ("card", "sky"),
    ("page", "basil"),
    ("page", "saffron"),
    ("page", "beet"),
    ("page", "sky"),
];

/// Edges of controls and the ring of the focus; at least 3.
const EDGES: [(&str, &str); 7] = [
    ("edge", "page"),
    ("edge", "card"),
    ("edge", "brand-tint"),
    ("brand", "page"),
    ("brand", "card"),
    ("beet", "card"),
    ("brand", "brand-tint"),
];

/// States that are written on a tenth of their own colour.
const STATES: [&str; 5] = ["basil", "saffron", "beet", "sky", "brand"];

type Appearance = fn(&Colour) -> &'static str;
const APPEARANCES: [(&str, Appearance); 2] = [("light", |colour| colour.light), ("dark", |colour| colour.dark)];

#[test]
fn texts_can_be_read() {
    for (appearance, value) in APPEARANCES {
        for (text, ground) in TEXTS {
            let ratio = contrast(rgb(text, value), rgb(ground, value));
            assert!(ratio >= 4.5, "{appearance}: {text} on {ground} has {ratio:.2}");
        }
    }
}

#[test]
fn edges_can_be_seen() {
    for (appearance, value) in APPEARANCES {
        for (edge, ground) in EDGES {
            let ratio = contrast(rgb(edge, value), rgb(ground, value));
            assert!(ratio >= 3.0, "{appearance}: {edge} on {ground} has {ratio:.2}");
        }
    }
}

#[test]
fn states_can_be_read_on_a_tenth_of_themselves() {
    for (appearance, value) in APPEARANCES {
        for state in STATES {
            for ground in ["page", "card"] {
                let (colour, below) = (rgb(state, value), rgb(ground, value));
                let mixed = [0, 1, 2].map(|part| colour[part] * 0.1 + below[part] * 0.9);
                let ratio = contrast(colour, mixed);
                assert!(ratio >= 4.5, "{appearance}: {state} on {state}/10 over {ground} has {ratio:.2}");
            }
        }
    }
}

fn rgb(name: &str, value: Appearance) -> [f64; 3] {
    let colour = COLOURS.iter().find(|colour| colour.name == name).expect("the colour exists");
    let hex = value(colour).trim_start_matches('#');
    [0, 2, 4].map(|at| f64::from(u8::from_str_radix(&hex[at..at + 2], 16).expect("hexadecimal")) / 255.0)
}

/// WCAG 2.2, relative luminance and contrast ratio.
fn contrast(one: [f64; 3], other: [f64; 3]) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

fn luminance(colour: [f64; 3]) -> f64 {
    let linear = colour.map(|part| if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) });
    linear[0].mul_add(0.2126, linear[1].mul_add(0.7152, linear[2] * 0.0722))
}

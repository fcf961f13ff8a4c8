//! Registers the internal variables of utilities, so that they are not inherited.

use std::{collections::BTreeSet, fmt::Write};

/// Variables that need a first value; all others start without one.
const INITIAL: [(&str, &str); 19] = [
    ("--tw-border-style", "solid"),
    ("--tw-content", "\"\""),
    ("--tw-divide-x-reverse", "0"),
    ("--tw-divide-y-reverse", "0"),
    ("--tw-inset-ring-shadow", "0 0 #0000"),
    ("--tw-inset-shadow", "0 0 #0000"),
    ("--tw-outline-style", "solid"),
    ("--tw-ring-offset-shadow", "0 0 #0000"),
    ("--tw-ring-offset-width", "0px"),
    ("--tw-ring-shadow", "0 0 #0000"),
    ("--tw-scale-x", "1"),
    ("--tw-scale-y", "1"),
    ("--tw-scale-z", "1"),
    ("--tw-shadow", "0 0 #0000"),
    ("--tw-space-x-reverse", "0"),
    ("--tw-space-y-reverse", "0"),
    ("--tw-translate-x", "0"),
    ("--tw-translate-y", "0"),
    ("--tw-translate-z", "0"),
];

/// The registrations of the variables that `rules` mention.
pub(crate) fn registrations(rules: &str) -> String {
    let names: BTreeSet<String> = rules
        .split("--tw-")
        .skip(1)
        .map(|rest| rest.chars().take_while(|letter| letter.is_ascii_alphanumeric() || *letter == '-').collect())
        .collect();
    let mut text = String::new();
    for name in names {
        let name = format!("--tw-{name}");
        let _ = write!(text, "@property {name}{{syntax:\"*\";inherits:false");
        if let Some((_, initial)) = INITIAL.iter().find(|(known, _)| *known == name) {
            let _ = write!(text, ";initial-value:{initial}");
        }
        text.push('}');
    }
    text
}

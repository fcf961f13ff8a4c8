//! What a utility declares: Toast's own families first, everything else from encre-css.

mod boxes;
mod effects;
mod generated;
mod motion;
mod text;
mod value;
mod words;

pub(crate) use generated::Generator;
pub(crate) use text::{LEADINGS, TRACKINGS, WEIGHTS};

use crate::rule::Body;

/// The answer of a family to a utility.
pub(crate) enum Claim {
    /// The family knows it.
    Is(Body),
    /// The family owns the name, and there is no such utility.
    No,
    /// Somebody else's.
    Elsewhere,
}

impl From<Option<Body>> for Claim {
    fn from(body: Option<Body>) -> Self {
        body.map_or(Self::No, Self::Is)
    }
}

/// The families, asked in turn.
const FAMILIES: [fn(&str) -> Claim; 5] = [words::claim, text::claim, boxes::claim, effects::claim, motion::claim];

/// What `utility` (a class without its variants) declares, if it exists.
pub(crate) fn body(utility: &str, generator: &Generator) -> Option<Body> {
    let utility = value::with_variables_spelled_out(utility);
    for family in FAMILIES {
        match family(&utility) {
            Claim::Is(body) => return Some(body),
            Claim::No => return None,
            Claim::Elsewhere => {}
        }
    }
    generator.body(&utility)
}

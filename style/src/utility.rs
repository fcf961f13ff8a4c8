//! Declarations of utilities: Toast's own families first, all others from encre-css.

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

/// The result of a family for a utility.
pub(crate) enum Claim {
    /// The family has the utility.
    Is(Body),
    /// The family owns the name, and there is no such utility.
    No,
    /// Not a utility of this family.
    Elsewhere,
}

impl From<Option<Body>> for Claim {
    fn from(body: Option<Body>) -> Self {
        body.map_or(Self::No, Self::Is)
    }
}

/// The families, in the order in which they are tried.
const FAMILIES: [fn(&str) -> Claim; 5] = [words::claim, text::claim, boxes::claim, effects::claim, motion::claim];

/// The declarations of `utility` (a class without its variants), if it exists.
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

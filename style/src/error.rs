//! Errors of the stylesheet, with the source location to change.

use std::fmt;

/// Source location of a class.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    pub file: String,
    /// The line, counted from one.
    pub line: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}", self.file, self.line)
    }
}

/// One class, or one attribute, that cannot become CSS.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No utility of this name exists in the theme.
    #[error("{place}: class `{class}` generates nothing")]
    UnknownClass { class: String, place: Place },
    /// The name is concatenated at run time, so the stylesheet cannot contain it.
    #[error("{place}: class `{class}` is glued from parts; write whole names")]
    GluedClass { class: String, place: Place },
    /// A computed class whose end is ambiguous without braces.
    #[error("{place}: put the computed class into braces, `class={{…}}`")]
    BareExpression { place: Place },
    #[error("{place}: this is not Rust")]
    NotRust { place: Place },
}

/// The stylesheet could not be made.
#[derive(Debug, thiserror::Error)]
pub enum StyleError {
    /// All classes that have to change, in the order of the sources.
    #[error("{}", lines(.0))]
    Refused(Vec<Refusal>),
    /// A source or the sheet could not be read or written.
    #[error("cannot use {path}: {cause}")]
    File { path: String, cause: std::io::Error },
}

fn lines(refusals: &[Refusal]) -> String {
    refusals.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

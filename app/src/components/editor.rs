//! A menu edited where it stands: every row is a small form of its own.

pub mod availability;
pub mod item;
pub mod modifier;
pub mod row;
pub mod section;
pub mod zones;

use crate::domain::{locale::Locale, role::Role};

/// What every row of an editor shares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Editing {
    /// Whose menu.
    pub slug: String,
    /// The language of the menu, and how amounts are written.
    pub locale: Locale,
    /// Whose rows: what is not theirs to change is not shown.
    pub role: Role,
    /// The change that could not be made, whose row says why.
    pub attempt: Option<Attempt>,
}

/// A change that was sent and refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// What kind of change.
    pub change: String,
    /// Of what.
    pub target: String,
    /// The value as typed.
    pub value: String,
    /// The time as typed.
    pub until: String,
    /// Why it was refused.
    pub message: String,
}

impl Editing {
    /// The refused attempt at a row, if it was this one.
    pub fn attempt_at(&self, change: &str, target: &str) -> Option<&Attempt> {
        self.attempt.as_ref().filter(|attempt| attempt.change == change && attempt.target == target)
    }

    /// Whether the refused attempt was at one of these things.
    pub fn tried(&self, mut targets: impl Iterator<Item = String>) -> bool {
        self.attempt.as_ref().is_some_and(|attempt| targets.any(|target| target == attempt.target))
    }
}

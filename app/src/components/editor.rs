//! The menu editor: each row is a form.

pub mod addition;
pub mod availability;
pub mod item;
pub mod modifier;
pub mod row;
pub mod section;
pub mod tax_class;
pub mod zones;

use crate::domain::{locale::Locale, role::Role, tax::TaxClass};

/// Data that all rows of the editor share.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Editing {
    pub slug: String,
    pub locale: Locale,
    pub role: Role,
    /// The tax classes of the restaurant.
    pub tax_classes: Vec<TaxClass>,
    /// The idempotency key of forms that add something.
    pub key: String,
    /// The rejected change; its row shows the reason.
    pub attempt: Option<Attempt>,
}

/// A rejected change.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Attempt {
    pub change: String,
    /// The name of the thing, for screen readers.
    pub target: String,
    /// The value as typed.
    pub value: String,
    /// The time as typed.
    pub until: String,
    /// The name of a new item as typed, and that of its new section.
    pub name: String,
    pub section: String,
    /// Reason of the rejection.
    pub message: String,
}

impl Editing {
    /// The rejected change, if it was of this row.
    pub fn attempt_at(&self, change: &str, target: &str) -> Option<&Attempt> {
        self.attempt.as_ref().filter(|attempt| attempt.change == change && attempt.target == target)
    }

    /// Whether the rejected change was of one of these targets.
    pub fn tried(&self, mut targets: impl Iterator<Item = String>) -> bool {
        self.attempt.as_ref().is_some_and(|attempt| targets.any(|target| target == attempt.target))
    }
}

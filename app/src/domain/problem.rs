//! One thing to change in what somebody sent.

use serde::{Deserialize, Serialize};

/// One thing to change in what was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Problem {
    /// Where: a field's name, or a path such as `lines/0/modifiers`; empty for the whole.
    pub field: String,
    /// A stable word for programs.
    pub code: String,
    /// A sentence that says what to change.
    pub message: String,
}

impl Problem {
    /// A problem at a field.
    pub fn new(field: impl Into<String>, code: impl Into<String>, message: impl Into<String>) -> Self {
        Self { field: field.into(), code: code.into(), message: message.into() }
    }
}

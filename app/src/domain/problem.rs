//! A problem of a request.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A problem of a request, which the sender can correct.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Problem {
    /// A field's name, or a path such as `lines/0/modifiers`; empty for the whole request.
    pub field: String,
    /// A stable code for programs.
    pub code: String,
    /// A sentence that states what to change.
    pub message: String,
}

impl Problem {
    pub fn new(field: impl Into<String>, code: impl Into<String>, message: impl Into<String>) -> Self {
        Self { field: field.into(), code: code.into(), message: message.into() }
    }
}

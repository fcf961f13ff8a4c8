//! Shared screens: devices of a restaurant at which people say with a PIN who they are.

use crate::domain::role::Role;

/// A new shared screen, decoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewScreen {
    pub name: String,
    /// Kitchen or floor.
    pub role: Role,
    /// Minutes without an action after which a person is off the screen.
    pub idle_minutes: u32,
}

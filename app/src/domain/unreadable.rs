//! Stored orders with a part that cannot be read, such as one written by another version.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The part of a stored order that cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Unreadable {
    /// The bill; the order can be prepared.
    Bill,
    /// The items; the order can continue when staff have asked the guest.
    Dishes,
    /// The status; no transition is possible.
    State,
}

//! Stored orders of which a part cannot be read, as when another version wrote it.

use serde::{Deserialize, Serialize};

/// The part of a stored order that cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Unreadable {
    /// The bill; the order can be cooked.
    Bill,
    /// The dishes; the order can be moved on when the guest has been asked.
    Dishes,
    /// The state; the order cannot be moved.
    State,
}

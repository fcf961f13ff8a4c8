//! Whether guests see a restaurant.

use serde::{Deserialize, Serialize};

/// Who sees a restaurant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ListingStatus {
    /// Its team alone: it is being set up, or was taken offline.
    #[default]
    Draft,
    /// Its team alone, until an operator approves it.
    Review,
    /// All guests.
    Published,
    /// Its team alone, until an operator ends the suspension.
    Suspended,
}

impl ListingStatus {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Draft, Self::Review, Self::Published, Self::Suspended];

    /// The stored code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Review => "review",
            Self::Published => "published",
            Self::Suspended => "suspended",
        }
    }

    /// The status of a stored code; one of a later version is not shown to guests.
    pub fn from_code(code: &str) -> Self {
        Self::ALL.into_iter().find(|status| status.code() == code).unwrap_or_default()
    }

    /// As people read it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Draft => "Draft",
            Self::Review => "Waits for approval",
            Self::Published => "Published",
            Self::Suspended => "Suspended",
        }
    }

    /// Whether an operator can publish it.
    pub const fn can_be_approved(self) -> bool {
        matches!(self, Self::Review)
    }

    pub const fn can_be_suspended(self) -> bool {
        matches!(self, Self::Review | Self::Published)
    }

    pub const fn can_be_lifted(self) -> bool {
        matches!(self, Self::Suspended)
    }

    /// Whether guests see the restaurant and can order.
    pub const fn is_published(self) -> bool {
        matches!(self, Self::Published)
    }
}

/// A change by an operator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ListingChange {
    /// From review to published.
    Approve,
    /// With the reason, which the owner reads in the audit log.
    Suspend(String),
    /// Back to the status before the suspension.
    Lift,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_codes_are_hidden_from_guests() {
        for status in ListingStatus::ALL {
            assert_eq!(ListingStatus::from_code(status.code()), status);
        }
        assert!(!ListingStatus::from_code("featured").is_published());
    }
}

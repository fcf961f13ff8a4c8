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

    /// Whether guests see the restaurant and can order.
    pub const fn is_published(self) -> bool {
        matches!(self, Self::Published)
    }
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

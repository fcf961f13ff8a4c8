//! Instants and spans. Calendars and zones stay on the server; the browser only counts.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An instant: milliseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
pub struct Timestamp(#[serde(deserialize_with = "crate::domain::whole::deserialize")] i64);

impl Timestamp {
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    pub const fn millis(self) -> i64 {
        self.0
    }

    /// The instant a number of minutes later (earlier when negative).
    #[must_use]
    pub const fn plus_minutes(self, minutes: i64) -> Self {
        Self(self.0.saturating_add(minutes.saturating_mul(60_000)))
    }

    /// Whole minutes from `self` until `later`; negative when `later` is already past.
    pub const fn minutes_until(self, later: Self) -> i64 {
        (later.0 - self.0) / 60_000
    }
}

/// An instant with its text in the restaurant's time zone (`18:45`, `Mon 18:45`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LocalTime {
    /// The instant.
    pub at: Timestamp,
    /// The text, made by the server.
    pub text: String,
}

//! Opening hours for programs that read pages: which days, from when to when.

/// A span of time that a restaurant is open on weekdays, or on one date in the weekday's place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opening {
    pub on: OpeningDays,
    /// The first minute, as `18:00`.
    pub opens: String,
    /// The first minute after it, as `03:00`: on the next day when that is earlier. Equal to `opens` for a closed date.
    pub closes: String,
}

/// The days that an [`Opening`] begins on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OpeningDays {
    /// Days of each week, in English: `Monday`.
    Weekly(Vec<&'static str>),
    /// One date, as `2026-12-24`.
    Date(String),
}

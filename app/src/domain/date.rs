//! Calendar dates. Which date an instant has in a time zone is decided on the server.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// A date of the Gregorian calendar from 1900 to 2999, ordered by time, such as `2026-01-31`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Date {
    year: u16,
    month: u8,
    day: u8,
}

/// Text that is no date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a date such as 2026-01-31")]
pub struct NotADate;

impl Date {
    pub const FIRST: Self = Self { year: 1900, month: 1, day: 1 };
    pub const LAST: Self = Self { year: 2999, month: 12, day: 31 };

    /// The date, if the calendar has it.
    pub fn new(year: u16, month: u8, day: u8) -> Option<Self> {
        let exists = (1900..=2999).contains(&year) && day >= 1 && day <= days_of(year, month);
        exists.then_some(Self { year, month, day })
    }

    /// The day after; the last date stays.
    #[must_use]
    pub fn next(self) -> Self {
        let Self { year, month, day } = self;
        let later = Self::new(year, month, day + 1).or_else(|| Self::new(year, month + 1, 1));
        later.or_else(|| Self::new(year + 1, 1, 1)).unwrap_or(self)
    }

    /// The day before; the first date stays.
    #[must_use]
    pub fn previous(self) -> Self {
        let Self { year, month, day } = self;
        let (year, month) = match (day, month) {
            (1, 1) => (year - 1, 12),
            (1, _) => (year, month - 1),
            _ => return Self { day: day - 1, ..self },
        };
        Self::new(year, month, days_of(year, month)).unwrap_or(self)
    }
}

/// 0 of a month that does not exist.
const fn days_of(year: u16, month: u8) -> u8 {
    let is_leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if is_leap => 29,
        2 => 28,
        _ => 0,
    }
}

impl FromStr for Date {
    type Err = NotADate;

    fn from_str(text: &str) -> Result<Self, NotADate> {
        let mut parts = text.split('-');
        let mut number = |digits: usize| {
            let part =
                parts.next().filter(|part| part.len() == digits && part.bytes().all(|byte| byte.is_ascii_digit()));
            part.and_then(|part| part.parse::<u16>().ok()).ok_or(NotADate)
        };
        let (year, month, day) = (number(4)?, number(2)?, number(2)?);
        let small = |number| u8::try_from(number).map_err(|_| NotADate);
        let date = Self::new(year, small(month)?, small(day)?);
        date.filter(|_| parts.next().is_none()).ok_or(NotADate)
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

impl TryFrom<String> for Date {
    type Error = NotADate;

    fn try_from(text: String) -> Result<Self, NotADate> {
        text.parse()
    }
}

impl From<Date> for String {
    fn from(date: Date) -> Self {
        date.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> Date {
        text.parse().unwrap()
    }

    #[test]
    fn reads_what_the_calendar_has() {
        assert_eq!(date("2026-01-31").to_string(), "2026-01-31");
        assert_eq!(date("2028-02-29").next(), date("2028-03-01"));
        for bad in ["2026-02-29", "2100-02-29", "2026-13-01", "2026-1-1", "2026-01-01-01", "26-01-01", "+026-01-01", ""]
        {
            assert!(bad.parse::<Date>().is_err(), "{bad}");
        }
        assert!(serde_json::from_str::<Date>("\"2026-04-31\"").is_err());
    }

    #[test]
    fn days_follow_each_other() {
        let (mut day, mut count) = (date("2026-01-01"), 0);
        while day < date("2030-01-01") {
            assert_eq!(day.next().previous(), day);
            assert!(day.next() > day);
            (day, count) = (day.next(), count + 1);
        }
        // Four years with one leap day.
        assert_eq!(count, 1461);
    }
}

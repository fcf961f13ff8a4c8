//! A restaurant's own clock: between instants and what the clock on its wall shows.

use app::types::time::{LocalTime, Timestamp};
use jiff::{
    ToSpan,
    civil::{Date, DateTime, Time},
    tz::{AmbiguousOffset, TimeZone},
};

/// Minutes of a day on a clock that is not changed.
pub const DAY: u16 = 1440;

/// The clock of a zone.
#[derive(Debug, Clone)]
pub struct WallClock {
    zone: TimeZone,
}

impl WallClock {
    /// The clock of an IANA zone, if there is such a zone.
    pub fn of(zone: &str) -> Option<Self> {
        TimeZone::get(zone).ok().map(|zone| Self { zone })
    }

    /// What the clock shows.
    pub fn reading(&self, at: Timestamp) -> DateTime {
        self.zone.to_datetime(instant(at))
    }

    /// The date the clock shows.
    pub fn date(&self, at: Timestamp) -> Date {
        self.reading(at).date()
    }

    /// The first instant at which the clock shows this many minutes after the midnight of a date, or more.
    ///
    /// A time that the clock skips in spring is where it jumps; one that it shows twice in autumn is the first of both.
    pub fn first(&self, date: Date, minute: u16) -> Timestamp {
        let days = i64::from(minute / DAY);
        let date = date.checked_add(days.days()).unwrap_or(Date::MAX);
        let part = |part: u16| i8::try_from(part).unwrap_or_default();
        let time = Time::new(part(minute % DAY / 60), part(minute % 60), 0, 0).unwrap_or(Time::midnight());
        self.first_of(date.to_datetime(time))
    }

    /// The next midnight, at which words such as `Mon` change.
    pub fn midnight_after(&self, at: Timestamp) -> Timestamp {
        self.first(self.date(at), DAY)
    }

    /// An instant in words: `18:45`, `Mon 18:45` when not today, `24 Dec 18:45` beyond six days.
    pub fn words(&self, at: Timestamp, now: Timestamp) -> String {
        let (there, here) = (self.reading(at), self.reading(now));
        let days = here.date().until(there.date()).map_or(i32::MAX, |span| span.get_days());
        match days {
            0 => there.strftime("%H:%M").to_string(),
            -6..=6 => there.strftime("%a %H:%M").to_string(),
            _ => there.strftime("%-d %b %H:%M").to_string(),
        }
    }

    /// Only the time of day: `18:45`.
    pub fn time(&self, at: Timestamp) -> String {
        self.reading(at).strftime("%H:%M").to_string()
    }

    /// An instant with its words.
    pub fn local(&self, at: Timestamp, now: Timestamp) -> LocalTime {
        LocalTime { at, text: self.words(at, now) }
    }

    fn first_of(&self, reading: DateTime) -> Timestamp {
        let ambiguous = self.zone.to_ambiguous_timestamp(reading);
        let skipped = matches!(ambiguous.offset(), AmbiguousOffset::Gap { .. });
        let Ok(earlier) = ambiguous.earlier() else {
            return Timestamp::from_millis(jiff::Timestamp::MAX.as_millisecond());
        };
        let jump = skipped.then(|| self.zone.following(earlier).next()).flatten();
        let first = jump.map_or(earlier, |jump| jump.timestamp());
        Timestamp::from_millis(first.as_millisecond())
    }
}

/// Instants beyond the calendar are its ends.
fn instant(at: Timestamp) -> jiff::Timestamp {
    let end = if at.millis() < 0 { jiff::Timestamp::MIN } else { jiff::Timestamp::MAX };
    jiff::Timestamp::from_millisecond(at.millis()).unwrap_or(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::from_millis(text.parse::<jiff::Timestamp>().unwrap().as_millisecond())
    }

    fn berlin() -> WallClock {
        WallClock::of("Europe/Berlin").unwrap()
    }

    #[test]
    fn a_skipped_time_is_where_the_clock_jumps() {
        let spring = jiff::civil::date(2026, 3, 29);
        assert_eq!(berlin().first(spring, 120), at("2026-03-29T01:00:00Z"));
        assert_eq!(berlin().first(spring, 150), at("2026-03-29T01:00:00Z"));
        assert_eq!(berlin().first(spring, 180), at("2026-03-29T01:00:00Z"));
        assert_eq!(berlin().first(spring, 181), at("2026-03-29T01:01:00Z"));
    }

    #[test]
    fn a_repeated_time_is_the_first_of_both() {
        let autumn = jiff::civil::date(2026, 10, 25);
        assert_eq!(berlin().first(autumn, 150), at("2026-10-25T00:30:00Z"));
        assert_eq!(berlin().first(autumn, 180), at("2026-10-25T02:00:00Z"));
        assert_eq!(berlin().first(jiff::civil::date(2026, 10, 24), DAY + 150), at("2026-10-25T00:30:00Z"));
    }

    #[test]
    fn names_the_day_only_when_it_is_another() {
        let now = at("2026-11-20T17:00:00Z");
        assert_eq!(berlin().words(at("2026-11-20T17:45:00Z"), now), "18:45");
        assert_eq!(berlin().words(at("2026-11-23T10:00:00Z"), now), "Mon 11:00");
        assert_eq!(berlin().words(at("2026-12-24T17:45:00Z"), now), "24 Dec 18:45");
    }

    #[test]
    fn survives_instants_beyond_the_calendar() {
        for wild in [i64::MIN, i64::MAX] {
            berlin().words(Timestamp::from_millis(wild), at("2026-11-20T17:00:00Z"));
        }
        assert!(WallClock::of("Mars/Olympus").is_none());
    }
}

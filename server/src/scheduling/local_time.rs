//! A restaurant's time zone: conversion between instants and local time.

use crate::scheduling::zones;
use app::domain::{
    date::Date as CalendarDate,
    time::{LocalTime, Timestamp},
};
use jiff::{
    ToSpan,
    civil::{Date, DateTime, Time},
    tz::{AmbiguousOffset, TimeZone},
};
use std::iter;

/// Minutes of a day without a change of the clock.
pub const DAY: u16 = 1440;

/// A time zone.
#[derive(Debug, Clone)]
pub struct WallClock {
    zone: TimeZone,
}

impl WallClock {
    /// The zone of an IANA name, if it exists.
    pub fn of(zone: &str) -> Option<Self> {
        zones::named(zone).map(|zone| Self { zone })
    }

    /// Local date and time of an instant.
    pub fn reading(&self, at: Timestamp) -> DateTime {
        self.zone.to_datetime(instant(at))
    }

    /// Local date of an instant.
    pub fn date(&self, at: Timestamp) -> Date {
        self.reading(at).date()
    }

    /// Local date of an instant, for rules that are valid from a date to another.
    pub fn calendar_date(&self, at: Timestamp) -> CalendarDate {
        let date = self.date(at);
        let unsigned = |number: i8| u8::try_from(number).unwrap_or_default();
        let found = u16::try_from(date.year()).ok();
        let found = found.and_then(|year| CalendarDate::new(year, unsigned(date.month()), unsigned(date.day())));
        found.unwrap_or(if date.year() < 1900 { CalendarDate::FIRST } else { CalendarDate::LAST })
    }

    /// The first instant with a local time this many minutes after the midnight of a date, or later.
    ///
    /// A time that is skipped in spring becomes the instant of the change; of one that occurs twice in autumn it is
    /// the first.
    pub fn first(&self, date: Date, minute: u16) -> Timestamp {
        self.first_of(reading_of(date, minute))
    }

    /// The instants with a local time this many minutes after the midnight of a date: none when it is skipped in
    /// spring, two when it occurs twice in autumn.
    pub fn showings(&self, date: Date, minute: u16) -> impl Iterator<Item = Timestamp> + use<> {
        let ambiguous = self.zone.to_ambiguous_timestamp(reading_of(date, minute));
        let skipped = matches!(ambiguous.offset(), AmbiguousOffset::Gap { .. });
        let shown = [ambiguous.earlier().ok(), ambiguous.later().ok()];
        let [earlier, later] = shown.map(|at| at.filter(|_| !skipped));
        let again = later.filter(|later| Some(*later) != earlier);
        earlier.into_iter().chain(again).map(|at| Timestamp::from_millis(at.as_millisecond()))
    }

    /// The next instant with a local time of day; on a day that skips it, the instant of the change.
    pub fn next(&self, time: Time, now: Timestamp) -> Option<Timestamp> {
        let (today, minute) = (self.date(now), minute_of(time));
        let dates = iter::once(today).chain(today.tomorrow());
        let mut shown = dates.flat_map(|date| iter::once(self.first(date, minute)).chain(self.showings(date, minute)));
        shown.find(|at| *at > now)
    }

    /// The next local midnight, at which texts such as `Mon` change.
    pub fn midnight_after(&self, at: Timestamp) -> Timestamp {
        self.first(self.date(at), DAY)
    }

    /// An instant as text: `18:45`, `Mon 18:45` when not today, `24 Dec 18:45` beyond six days; `02:30 CET` when that
    /// local time occurs twice.
    pub fn words(&self, at: Timestamp, now: Timestamp) -> String {
        let (there, here) = (self.reading(at), self.reading(now));
        let days = here.date().until(there.date()).map_or(i32::MAX, |span| span.get_days());
        let time = self.time(at);
        match days {
            0 => time,
            -6..=6 => format!("{} {time}", there.strftime("%a")),
            _ => format!("{} {time}", there.strftime("%-d %b")),
        }
    }

    /// The time of day as text: `18:45`, or `02:30 CET` when that local time occurs twice.
    pub fn time(&self, at: Timestamp) -> String {
        let reading = self.reading(at);
        let time = reading.strftime("%H:%M").to_string();
        match self.zone.to_ambiguous_timestamp(reading).offset() {
            AmbiguousOffset::Fold { .. } => format!("{time} {}", self.offset_name(at)),
            _ => time,
        }
    }

    /// Date and time as text, for records: `Fri 20 Nov 2026, 18:45`.
    pub fn date_time(&self, at: Timestamp) -> String {
        format!("{}, {}", self.reading(at).strftime("%a %-d %b %Y"), self.time(at))
    }

    /// Date and time with the offset from UTC, after RFC 3339: `2026-11-20T18:45:00+01:00`.
    pub fn rfc3339(&self, at: Timestamp) -> String {
        instant(at).to_zoned(self.zone.clone()).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
    }

    /// An instant with its text.
    pub fn local(&self, at: Timestamp, now: Timestamp) -> LocalTime {
        LocalTime { at, text: self.words(at, now) }
    }

    /// `CET`, or `UTC+10:30` where the offset has no abbreviation.
    fn offset_name(&self, at: Timestamp) -> String {
        let info = self.zone.to_offset_info(instant(at));
        match info.abbreviation() {
            name if name.starts_with(|first: char| first.is_ascii_alphabetic()) => name.to_owned(),
            _ => format!("UTC{}", info.offset()),
        }
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

/// The minutes of a time of day.
pub fn minute_of(time: Time) -> u16 {
    let part = |part: i8| u16::try_from(part).unwrap_or_default();
    part(time.hour()) * 60 + part(time.minute())
}

/// The local time this many minutes after the midnight of a date, ignoring changes of the clock.
fn reading_of(date: Date, minute: u16) -> DateTime {
    let days = i64::from(minute / DAY);
    let date = date.checked_add(days.days()).unwrap_or(Date::MAX);
    let part = |part: u16| i8::try_from(part).unwrap_or_default();
    let time = Time::new(part(minute % DAY / 60), part(minute % 60), 0, 0).unwrap_or(Time::midnight());
    date.to_datetime(time)
}

/// Instants beyond the calendar are clamped.
fn instant(at: Timestamp) -> jiff::Timestamp {
    let end = if at.millis() < 0 { jiff::Timestamp::MIN } else { jiff::Timestamp::MAX };
    jiff::Timestamp::from_millisecond(at.millis()).unwrap_or(end)
}

#[cfg(test)]
mod tests;

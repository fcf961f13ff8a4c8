//! Opening hours: weekly spans of wall-clock time, dates that differ, and the stretches of time they make.

use crate::scheduling::local_time::{DAY, WallClock};
use app::domain::time::Timestamp;
use jiff::{ToSpan, civil::Date};
use std::collections::BTreeMap;

/// Beyond so many days of being open without a break, a place is open day and night.
const ALWAYS_DAYS: u16 = 8;
/// How far ahead an opening is looked for: a year's holiday and a day.
const HORIZON_DAYS: i64 = 366;

/// Minutes after midnight; `closes` beyond [`DAY`] is after the next midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    /// The first minute that is open.
    pub opens: u16,
    /// The first minute that is not.
    pub closes: u16,
}

/// The spans of each weekday, Monday first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Week([Vec<Span>; 7]);

/// A date with hours of its own.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Exception {
    /// Instead of the weekday's; none is closed.
    pub spans: Vec<Span>,
    /// Why; may be empty.
    pub note: String,
}

/// When a place is open, by the clock on its wall.
#[derive(Debug, Clone)]
pub struct Hours {
    /// The clock.
    pub clock: WallClock,
    /// An ordinary week.
    pub week: Week,
    /// Dates that differ: they replace what begins on them; what began the day before still runs.
    pub exceptions: BTreeMap<Date, Exception>,
}

/// One span of one date, as instants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opening {
    /// The business day it belongs to.
    pub date: Date,
    /// The minutes it comes from.
    pub span: Span,
    /// Its first instant.
    pub from: Timestamp,
    /// The first instant after it.
    pub to: Timestamp,
}

/// Time without a break; `to` is none when the break is more than a week away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch {
    /// The first instant after it.
    pub to: Option<Timestamp>,
}

impl Week {
    /// Sorts spans by their weekday, 1 for Monday to 7 for Sunday.
    pub fn of(rows: impl IntoIterator<Item = (i16, Span)>) -> Self {
        let mut week = Self::default();
        for (weekday, span) in rows {
            let day = usize::try_from(weekday - 1).ok().and_then(|day| week.0.get_mut(day));
            if let Some(day) = day {
                day.push(span);
                day.sort_unstable();
            }
        }
        week
    }

    /// The spans of each day, Monday first.
    pub fn days(&self) -> &[Vec<Span>; 7] {
        &self.0
    }

    fn on(&self, date: Date) -> &[Span] {
        let day = usize::try_from(date.weekday().to_monday_zero_offset()).unwrap_or_default();
        self.0.get(day).map_or(&[], Vec::as_slice)
    }
}

impl Hours {
    /// Hours without dates that differ.
    pub fn weekly(clock: WallClock, week: Week) -> Self {
        Self { clock, week, exceptions: BTreeMap::new() }
    }

    /// What begins on a date, in order.
    pub fn on(&self, date: Date) -> impl Iterator<Item = Opening> {
        let spans = self.exceptions.get(&date).map_or_else(|| self.week.on(date), |exception| &exception.spans);
        let openings = spans.iter().map(move |span| Opening {
            date,
            span: *span,
            from: self.clock.first(date, span.opens),
            to: self.clock.first(date, span.closes),
        });
        // A span that the clock jumps over in spring is empty.
        openings.filter(|opening| opening.from < opening.to)
    }

    /// What begins on a date or in the days after it, in order.
    pub fn from(&self, date: Date) -> impl Iterator<Item = Opening> {
        let dates = (0..=HORIZON_DAYS).map_while(move |days| date.checked_add(days.days()).ok());
        dates.flat_map(|date| self.on(date))
    }

    /// What runs at an instant or begins after it, in order of beginning.
    pub fn running_or_later(&self, now: Timestamp) -> impl Iterator<Item = Opening> {
        let today = self.clock.date(now);
        let yesterday = today.yesterday().unwrap_or(today);
        self.from(yesterday).filter(move |opening| opening.to > now)
    }

    /// The stretch around an instant; none when closed.
    pub fn stretch(&self, now: Timestamp) -> Option<Stretch> {
        // From midnight, so that the answer changes at midnight only.
        let always = self.clock.first(self.clock.date(now), ALWAYS_DAYS * DAY);
        let mut end: Option<Timestamp> = None;
        for opening in self.running_or_later(now) {
            if opening.from > end.unwrap_or(now) {
                break;
            }
            end = end.max(Some(opening.to));
            if end > Some(always) {
                return Some(Stretch { to: None });
            }
        }
        end.map(|to| Stretch { to: Some(to) })
    }

    /// The first opening that begins after an instant.
    pub fn next_opening(&self, now: Timestamp) -> Option<Timestamp> {
        let mut later = self.running_or_later(now).filter(|opening| opening.from > now);
        later.next().map(|opening| opening.from)
    }

    /// The next instant at which being open may change.
    pub fn boundary(&self, now: Timestamp) -> Option<Timestamp> {
        match self.stretch(now) {
            Some(stretch) => stretch.to.or_else(|| Some(self.clock.midnight_after(now))),
            None => self.next_opening(now),
        }
    }

    /// When the next business day begins: what is sold out today is back then.
    ///
    /// The small hours belong to the day before, unless that day's hours are over and today's have begun.
    pub fn next_business_day(&self, now: Timestamp) -> Option<Timestamp> {
        const SMALL_HOURS: i8 = 4;
        let reading = self.clock.reading(now);
        let running = self.running_or_later(now).find(|opening| opening.from <= now);
        let today = match running {
            Some(opening) => opening.date,
            None if reading.hour() < SMALL_HOURS => reading.date().yesterday().unwrap_or(reading.date()),
            None => reading.date(),
        };
        let mut later = self.from(today.tomorrow().ok()?);
        later.find(|opening| opening.from > now).map(|opening| opening.from)
    }
}

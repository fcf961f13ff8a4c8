//! Opening hours: weekly spans of local time, exceptional dates, and the intervals they form.

use crate::scheduling::local_time::{DAY, WallClock};
use app::domain::time::Timestamp;
use jiff::{ToSpan, civil::Date};
use std::{collections::BTreeMap, ops::Range};

/// Days of being open without a break from which a restaurant counts as always open.
const ALWAYS_DAYS: u16 = 8;
/// Limit of the search for an opening: a year's holiday and a day.
const HORIZON_DAYS: i64 = 366;

/// Minutes after midnight; `closes` beyond [`DAY`] is after the next midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    /// The first open minute.
    pub opens: u16,
    /// The first closed minute.
    pub closes: u16,
}

/// The spans of each weekday, Monday first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Week([Vec<Span>; 7]);

/// A date with its own hours.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Exception {
    /// They replace the weekday's; none is closed.
    pub spans: Vec<Span>,
    /// May be empty.
    pub note: String,
}

/// Opening hours in local time.
#[derive(Debug, Clone)]
pub struct Hours {
    pub clock: WallClock,
    pub week: Week,
    /// The hours of one service mode: openings are cut to them; none for the restaurant's own hours.
    pub within: Option<Week>,
    /// Exceptional dates: they replace the openings that begin on them; those of the day before continue.
    pub exceptions: BTreeMap<Date, Exception>,
}

/// One span of one date, as instants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opening {
    /// The business day it belongs to.
    pub date: Date,
    /// The span it was computed from.
    pub span: Span,
    /// The first instant.
    pub from: Timestamp,
    /// The first instant after it.
    pub to: Timestamp,
}

/// An open interval without a break; `to` is none when it ends after eight days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch {
    /// The first instant after it.
    pub to: Option<Timestamp>,
}

impl Span {
    /// Its minutes counted from another day's midnight; may be negative.
    fn shifted(self, by: i32) -> (i32, i32) {
        (i32::from(self.opens) + by, i32::from(self.closes) + by)
    }

    /// The minutes that it has in common with others.
    fn common(self, (opens, closes): (i32, i32)) -> Option<Self> {
        let opens = self.opens.max(u16::try_from(opens).unwrap_or_default());
        let closes = self.closes.min(u16::try_from(closes).unwrap_or_default());
        (opens < closes).then_some(Self { opens, closes })
    }
}

impl Week {
    /// Groups spans by weekday, 1 for Monday to 7 for Sunday.
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

    /// The parts of a date's spans that are in this week, in order. The hours after midnight of the day before and of the
    /// date itself count, since a span may last past midnight.
    fn cut(&self, date: Date, spans: &[Span]) -> Vec<Span> {
        let days = [(date.yesterday().ok(), -i32::from(DAY)), (Some(date), 0), (date.tomorrow().ok(), i32::from(DAY))];
        let own: Vec<_> = days
            .into_iter()
            .filter_map(|(day, shift)| Some((self.on(day?), shift)))
            .flat_map(|(spans, shift)| spans.iter().map(move |span| span.shifted(shift)))
            .collect();
        let common = |span: &Span| own.iter().filter_map(|own| span.common(*own)).collect::<Vec<_>>();
        let mut parts: Vec<_> = spans.iter().flat_map(common).collect();
        parts.sort_unstable();
        parts
    }

    /// Whether no day has hours.
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(Vec::is_empty)
    }

    fn on(&self, date: Date) -> &[Span] {
        let day = usize::try_from(date.weekday().to_monday_zero_offset()).unwrap_or_default();
        self.0.get(day).map_or(&[], Vec::as_slice)
    }
}

impl Hours {
    /// Hours without exceptional dates.
    pub fn weekly(clock: WallClock, week: Week) -> Self {
        Self { clock, week, within: None, exceptions: BTreeMap::new() }
    }

    /// The openings that begin on a date, in order.
    pub fn on(&self, date: Date) -> impl Iterator<Item = Opening> {
        let spans = self.exceptions.get(&date).map_or_else(|| self.week.on(date), |exception| &exception.spans);
        let spans = match &self.within {
            Some(week) => week.cut(date, spans),
            None => spans.to_vec(),
        };
        let openings = spans.into_iter().map(move |span| Opening {
            date,
            span,
            from: self.clock.first(date, span.opens),
            to: self.clock.first(date, span.closes),
        });
        // A span in the hour that is skipped in spring is empty.
        openings.filter(|opening| opening.from < opening.to)
    }

    /// The openings that begin on a date or in the days after it, in order.
    pub fn from(&self, date: Date) -> impl Iterator<Item = Opening> {
        let dates = (0..=HORIZON_DAYS).map_while(move |days| date.checked_add(days.days()).ok());
        dates.flat_map(|date| self.on(date))
    }

    /// The openings that include an instant or begin after it, in order.
    pub fn running_or_later(&self, now: Timestamp) -> impl Iterator<Item = Opening> {
        let today = self.clock.date(now);
        let yesterday = today.yesterday().unwrap_or(today);
        self.from(yesterday).filter(move |opening| opening.to > now)
    }

    /// The open interval around an instant; none when closed.
    pub fn stretch(&self, now: Timestamp) -> Option<Stretch> {
        // From midnight, so that the result changes at midnight only.
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

    /// The business day of an instant.
    ///
    /// The hours after midnight belong to the day before, unless that day's hours are over and today's have begun.
    pub fn business_day(&self, at: Timestamp) -> Date {
        const SMALL_HOURS: i8 = 4;
        let reading = self.clock.reading(at);
        match self.running_or_later(at).next().filter(|opening| opening.from <= at) {
            Some(opening) => opening.date,
            None if reading.hour() < SMALL_HOURS => reading.date().yesterday().unwrap_or(reading.date()),
            None => reading.date(),
        }
    }

    /// Instants between which the business days from `first` to `last` are, and no more than parts of others.
    pub fn around(&self, first: Date, last: Date) -> Range<Timestamp> {
        // A span ends a day after the end of its date at most.
        self.clock.first(first, 0)..self.clock.first(last, 2 * DAY)
    }

    /// The start of the next business day, when items sold out today are available again.
    pub fn next_business_day(&self, now: Timestamp) -> Option<Timestamp> {
        let today = self.business_day(now);
        let mut later = self.from(today.tomorrow().ok()?);
        later.find(|opening| opening.from > now).map(|opening| opening.from)
    }
}

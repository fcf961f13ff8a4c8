//! When an order can be had: as soon as possible, or at a time of the grid.

use crate::catalogue::{
    hours::Opening,
    state::{Refusal, Service},
    wall::DAY,
};
use app::{
    error::AppError,
    types::{
        order::Due,
        pricing::PriceProblem,
        problem::Problem,
        terms::ServiceMode,
        time::{LocalTime, Timestamp},
    },
};
use jiff::civil::Date;

/// More times than this are thinned out; those of the next day first, which need not be as exact.
const MOST_SLOTS: usize = 40;
/// So many times of the next day are offered in any case.
const LEAST_SLOTS: usize = 12;
/// Times are offered today and on the next day with an opening.
const DAYS_OFFERED: usize = 2;

/// How a mode is served.
#[derive(Debug, Clone)]
pub struct ModeRules {
    /// Which mode.
    pub mode: ServiceMode,
    /// Minutes from order to ready, or to the door.
    pub lead_minutes: u32,
    /// Minutes between two offered times.
    pub slot_minutes: u16,
    /// Most orders per offered time.
    pub orders_per_slot: Option<u32>,
}

/// When an order will be there, and which part of the kitchen's capacity it takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Promise {
    /// When it will be ready, or at the door.
    pub estimated_at: Timestamp,
    /// When the guest asked for; none for as soon as possible.
    pub wanted_at: Option<Timestamp>,
    /// The time of the grid whose capacity it takes.
    pub slot_at: Timestamp,
    /// Most orders for that time.
    pub slot_limit: Option<u32>,
}

/// A time of the grid.
#[derive(Debug, Clone, Copy)]
struct Slot {
    /// The business day it belongs to.
    date: Date,
    /// Minutes after that day's midnight.
    minute: u16,
    /// The instant.
    at: Timestamp,
}

/// When one mode of a restaurant can be had.
#[derive(Debug, Clone, Copy)]
pub struct Timetable<'a> {
    /// When orders are taken.
    pub service: &'a Service,
    /// How the mode is served.
    pub rules: &'a ModeRules,
}

impl Timetable<'_> {
    /// What can be promised for a wish, or why nothing can.
    pub fn promise(&self, due: Due, now: Timestamp) -> Result<Promise, AppError> {
        match due {
            Due::Asap => self.at_once(now),
            Due::At(at) if self.offers(at, now) => Ok(self.promised(at, Some(at))),
            Due::At(_) => Err(AppError::Invalid { problems: vec![self.not_offered(now)] }),
        }
    }

    /// The times that can be chosen: today and on the next day with an opening, at most some forty.
    pub fn slots(&self, now: Timestamp) -> Vec<LocalTime> {
        let grid: Vec<_> = self.grid(now).collect();
        let mut times: Vec<Timestamp> = Vec::new();
        for day in grid.chunk_by(|left, right| left.date == right.date) {
            times.extend(self.thinned(day, MOST_SLOTS.saturating_sub(times.len()).max(LEAST_SLOTS)));
        }
        times.sort_unstable();
        times.dedup();
        times.into_iter().map(|at| self.service.hours.clock.local(at, now)).collect()
    }

    /// At most so many times of a day: the first one, and those of a coarser grid.
    fn thinned(&self, day: &[Slot], most: usize) -> Vec<Timestamp> {
        let mut kept: Vec<_> = day.iter().collect();
        let mut step = self.rules.slot_minutes.max(1);
        while kept.len() > most && step < DAY {
            step *= 2;
            let first = kept.first().map(|slot| slot.minute);
            kept.retain(|slot| Some(slot.minute) == first || slot.minute.is_multiple_of(step));
        }
        kept.into_iter().map(|slot| slot.at).collect()
    }

    fn at_once(&self, now: Timestamp) -> Result<Promise, AppError> {
        let state = self.service.state(now);
        match self.service.refusal(now) {
            None => Ok(self.promised(self.service.ready(self.rules.lead_minutes, now), None)),
            Some(refusal) => Err(refused(refusal, &state.text)),
        }
    }

    fn promised(&self, at: Timestamp, wanted_at: Option<Timestamp>) -> Promise {
        Promise { estimated_at: at, wanted_at, slot_at: self.slot_of(at), slot_limit: self.rules.orders_per_slot }
    }

    /// Every time of the grid counts, also one that the list left out to be short.
    fn offers(&self, at: Timestamp, now: Timestamp) -> bool {
        self.grid(now).any(|offered| offered.at == at)
    }

    fn not_offered(&self, now: Timestamp) -> Problem {
        let first = self.slots(now).into_iter().next();
        let message = match first {
            Some(first) => format!("That time is not offered any more. The first one is {}.", first.text),
            None => "No times can be chosen at the moment.".to_owned(),
        };
        Problem::new("due", "time_not_offered", message)
    }

    fn grid(&self, now: Timestamp) -> impl Iterator<Item = Slot> {
        let first = self.service.ready(self.rules.lead_minutes, self.service.pause(now).unwrap_or(now));
        let mut days: Vec<Date> = Vec::with_capacity(DAYS_OFFERED);
        let openings = self.service.hours.running_or_later(now);
        openings
            .map(move |opening| self.slots_of(opening, first))
            .take_while(move |slots| {
                let new = slots.first().map(|slot| slot.date).filter(|date| !days.contains(date));
                days.extend(new);
                days.len() <= DAYS_OFFERED
            })
            .flatten()
    }

    /// The times of one opening: ready after the kitchen had its lead, before the doors close, and ordered (a lead
    /// before) while orders are taken.
    fn slots_of(&self, opening: Opening, first: Timestamp) -> Vec<Slot> {
        let (lead, step) = (i64::from(self.rules.lead_minutes), self.rules.slot_minutes.max(1));
        let earliest = first.max(opening.from.plus_minutes(lead));
        let last_order = opening.to.plus_minutes(-self.service.last_order_minutes);
        let begin = opening.span.opens.div_ceil(step) * step;
        let minutes = (begin..=opening.span.closes.min(2 * DAY)).step_by(usize::from(step));
        let slots = minutes.map(|minute| {
            let at = self.service.hours.clock.first(opening.date, minute);
            Slot { date: opening.date, minute, at }
        });
        let offered = slots
            .filter(|slot| slot.at >= earliest && slot.at <= opening.to && slot.at.plus_minutes(-lead) < last_order);
        offered.collect()
    }

    /// The time of the grid at or before an instant.
    fn slot_of(&self, at: Timestamp) -> Timestamp {
        let (clock, step) = (&self.service.hours.clock, i32::from(self.rules.slot_minutes.max(1)));
        let reading = clock.reading(at);
        let minute = i32::from(reading.hour()) * 60 + i32::from(reading.minute());
        let slot = clock.first(reading.date(), u16::try_from(minute / step * step).unwrap_or_default());
        slot.min(at)
    }
}

/// The refusal of a mode that is not offered.
pub fn mode_not_offered(mode: ServiceMode) -> AppError {
    let problem = PriceProblem::ModeNotOffered(mode);
    AppError::invalid("mode", problem.code(), problem.to_string())
}

fn refused(refusal: Refusal, state: &str) -> AppError {
    let (code, why) = match refusal {
        Refusal::Closed => ("closed", "The restaurant takes no orders for now"),
        Refusal::Paused => ("paused", "The kitchen has paused new orders"),
    };
    let message = format!("{why}: {}. Choose one of the offered times.", lower_first(state));
    AppError::Conflict { problem: Problem::new("due", code, message) }
}

fn lower_first(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests;

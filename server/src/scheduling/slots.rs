//! When an order can be had: as soon as possible, or at a time of the grid.

use crate::scheduling::{
    availability::{Refusal, Service},
    hours::Opening,
    local_time::{DAY, minute_of},
};
use app::domain::{
    error::AppError,
    order::Due,
    pricing::PriceProblem,
    problem::Problem,
    terms::ServiceMode,
    time::{LocalTime, Timestamp},
};
use jiff::civil::Date;

/// More times than this are thinned out; those of the next day first, which need not be as exact.
const MOST_SLOTS: usize = 40;
/// So many times of the next day are offered in any case.
const LEAST_SLOTS: usize = 12;
/// Minutes that a clock shows twice at most: Antarctica/Troll goes back by two hours.
const LONGEST_REPETITION: u16 = 2 * 60;
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
    /// Minutes after that day's midnight, by the clock.
    minute: u16,
    /// The instant.
    at: Timestamp,
}

/// Openings that follow each other without a break.
#[derive(Debug, Clone, Copy)]
struct Run {
    /// The first instant of the first one.
    from: Timestamp,
    /// The first instant after all of them so far.
    to: Timestamp,
}

impl Run {
    /// Goes on with an opening, or begins with it after a break.
    fn with(before: Option<Self>, opening: &Opening) -> Self {
        let before = before.filter(|before| opening.from <= before.to);
        Self {
            from: before.map_or(opening.from, |before| before.from),
            to: before.map_or(opening.to, |before| before.to.max(opening.to)),
        }
    }
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
            Due::At(at) => Err(not_offered(&self.service.hours.clock.local(at, now), self.slots(now).first())),
        }
    }

    /// The promise in the place of a time that is full: as soon as possible takes the next one before closing
    /// that has room, a time that was chosen none.
    pub fn instead_of(
        &self,
        full: &Promise,
        now: Timestamp,
        has_room: impl Fn(&Promise) -> bool,
    ) -> Result<Promise, AppError> {
        let closing = self.service.closing(now);
        let later = full.wanted_at.is_none().then(|| self.grid(now)).into_iter().flatten();
        let mut later = later
            .map(|slot| slot.at)
            .filter(|at| *at > full.estimated_at)
            .take_while(|at| closing.is_none_or(|closing| *at <= closing))
            .map(|at| self.promised(at, None));
        later.find(has_room).ok_or_else(|| self.no_room(full, now))
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
        if let Some(refusal) = self.service.refusal(now) {
            return Err(refused(refusal, &state.text));
        }
        let ready = self.service.ready(self.rules.lead_minutes, now);
        match self.service.closing(now).filter(|closing| *closing < ready) {
            Some(closing) => Err(self.too_late(closing)),
            None => Ok(self.promised(ready, None)),
        }
    }

    fn promised(&self, at: Timestamp, wanted_at: Option<Timestamp>) -> Promise {
        Promise { estimated_at: at, wanted_at, slot_at: self.slot_of(at), slot_limit: self.rules.orders_per_slot }
    }

    /// Every time of the grid counts, also one that the list left out to be short.
    fn offers(&self, at: Timestamp, now: Timestamp) -> bool {
        self.grid(now).any(|offered| offered.at == at)
    }

    fn too_late(&self, closing: Timestamp) -> AppError {
        let (minutes, closing) = (self.rules.lead_minutes, self.service.hours.clock.time(closing));
        let words = format!(
            "This takes {minutes} minutes, and the restaurant closes at {closing}. Choose one of the offered times."
        );
        AppError::Conflict { problem: Problem::new("due", "too_late", words) }
    }

    fn no_room(&self, full: &Promise, now: Timestamp) -> AppError {
        let clock = &self.service.hours.clock;
        let words = match (full.wanted_at, self.service.closing(now)) {
            (None, Some(closing)) => {
                format!(
                    "The kitchen has no place left before it closes at {}. Choose another time.",
                    clock.time(closing)
                )
            }
            (None, None) => "The kitchen has no place left today or tomorrow. Try again later.".to_owned(),
            (Some(wanted), _) => return full_at(&clock.local(wanted, now)),
        };
        AppError::Conflict { problem: Problem::new("due", "slot_full", words) }
    }

    fn grid(&self, now: Timestamp) -> impl Iterator<Item = Slot> {
        let first = self.service.ready(self.rules.lead_minutes, self.service.pause(now).unwrap_or(now));
        let lead = i64::from(self.rules.lead_minutes);
        let mut days: Vec<Date> = Vec::with_capacity(DAYS_OFFERED);
        let (mut run, mut listed) = (None, None);
        let openings = self.service.hours.running_or_later(now);
        openings
            .map(move |opening| {
                let doors = Run::with(run, &opening);
                let mut slots = self.slots_of(opening, first.max(doors.from.plus_minutes(lead)));
                // Openings that touch or overlap share times.
                slots.retain(|slot| listed.is_none_or(|listed| slot.at > listed));
                (run, listed) = (Some(doors), slots.last().map(|slot| slot.at).or(listed));
                slots
            })
            .take_while(move |slots| {
                let new = slots.first().map(|slot| slot.date).filter(|date| !days.contains(date));
                days.extend(new);
                days.len() <= DAYS_OFFERED
            })
            .flatten()
    }

    /// The times of one opening, from an instant on: before the doors close, and ordered (a lead before) while orders are
    /// taken. Doors that stay open from one opening to the next do not close there.
    fn slots_of(&self, opening: Opening, earliest: Timestamp) -> Vec<Slot> {
        let (clock, lead) = (&self.service.hours.clock, i64::from(self.rules.lead_minutes));
        let closing = self.service.hours.stretch(opening.from).and_then(|stretch| stretch.to);
        let last_order = closing.map(|closing| closing.plus_minutes(-self.service.last_order_minutes));
        let offered = |at: Timestamp| {
            (opening.from..=opening.to).contains(&at)
                && at >= earliest
                && last_order.is_none_or(|last_order| at.plus_minutes(-lead) < last_order)
        };
        let slots = self.minutes_of(opening).flat_map(|minute| {
            clock.showings(opening.date, minute).map(move |at| Slot { date: opening.date, minute, at })
        });
        let mut slots: Vec<_> = slots.filter(|slot| offered(slot.at)).collect();
        // The two showings of an hour come in turns.
        slots.sort_unstable_by_key(|slot| slot.at);
        slots
    }

    /// The minutes of the grid that the clock may show during an opening: one that begins in an hour that is shown twice
    /// shows earlier minutes again.
    fn minutes_of(&self, opening: Opening) -> impl Iterator<Item = u16> + use<> {
        let step = self.rules.slot_minutes.max(1);
        let begin = opening.span.opens.saturating_sub(LONGEST_REPETITION).div_ceil(step) * step;
        (begin..=opening.span.closes.min(2 * DAY)).step_by(usize::from(step))
    }

    /// The latest time of the grid at or before an instant; where the clock skips it, the instant at which it jumps.
    fn slot_of(&self, at: Timestamp) -> Timestamp {
        let (clock, step) = (&self.service.hours.clock, self.rules.slot_minutes.max(1));
        let reading = clock.reading(at);
        let minute = minute_of(reading.time()) / step * step;
        let shown = clock.showings(reading.date(), minute).filter(|shown| *shown <= at).last();
        shown.unwrap_or_else(|| clock.first(reading.date(), minute).min(at))
    }
}

/// The refusal of a time that is not on offer, with the first that is.
pub fn not_offered(time: &LocalTime, first: Option<&LocalTime>) -> AppError {
    let time = &time.text;
    let words = match first {
        Some(first) => format!("{time} is not offered any more. The first one is {}.", first.text),
        None => format!("{time} is not offered any more, and no other time at the moment. Try again later."),
    };
    AppError::invalid("due", "time_not_offered", words)
}

/// The refusal of a chosen time all of whose places are taken.
pub fn full_at(time: &LocalTime) -> AppError {
    let words = format!("The time you chose, {}, is full. Choose another.", time.text);
    AppError::Conflict { problem: Problem::new("due", "slot_full", words) }
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

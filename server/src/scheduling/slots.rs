//! Times of orders: as soon as possible, or a slot.

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

/// With more slots than this the list is thinned, the next day first, which needs less precision.
const MOST_SLOTS: usize = 40;
/// Slots of the next day that are always listed.
const LEAST_SLOTS: usize = 12;
/// Minutes of local time that can occur twice: Antarctica/Troll changes by two hours.
const LONGEST_REPETITION: u16 = 2 * 60;
/// Slots are offered today and on the next day with an opening.
const DAYS_OFFERED: usize = 2;

/// The settings of a mode.
#[derive(Debug, Clone)]
pub struct ModeRules {
    /// The mode of these settings.
    pub mode: ServiceMode,
    /// Minutes from order to ready, or to delivery.
    pub lead_minutes: u32,
    /// Minutes between two slots.
    pub slot_minutes: u16,
    /// Most orders per slot.
    pub orders_per_slot: Option<u32>,
}

/// The times of an order, and the slot whose capacity it takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Promise {
    /// When it will be ready, or delivered.
    pub estimated_at: Timestamp,
    /// The requested time; none for ASAP.
    pub wanted_at: Option<Timestamp>,
    /// The slot whose capacity it takes.
    pub slot_at: Timestamp,
    /// Most orders of that slot.
    pub slot_limit: Option<u32>,
}

impl Promise {
    /// When the guest gets it: the requested time, else the estimated one.
    pub fn supplied_at(&self) -> Timestamp {
        self.wanted_at.unwrap_or(self.estimated_at)
    }
}

/// A time at which orders are offered.
#[derive(Debug, Clone, Copy)]
struct Slot {
    /// The business day it belongs to.
    date: Date,
    /// Minutes after that day's midnight, in local time.
    minute: u16,
    at: Timestamp,
}

/// Consecutive openings without a break.
#[derive(Debug, Clone, Copy)]
struct Run {
    /// The first instant of the first one.
    from: Timestamp,
    /// The first instant after the last one.
    to: Timestamp,
}

impl Run {
    /// Extends the run with an opening, or begins a new one after a break.
    fn with(before: Option<Self>, opening: &Opening) -> Self {
        let before = before.filter(|before| opening.from <= before.to);
        Self {
            from: before.map_or(opening.from, |before| before.from),
            to: before.map_or(opening.to, |before| before.to.max(opening.to)),
        }
    }
}

/// The times of one mode of a restaurant.
#[derive(Debug, Clone, Copy)]
pub struct Timetable<'a> {
    /// When orders are taken.
    pub service: &'a Service,
    /// How the mode is served.
    pub rules: &'a ModeRules,
}

impl Timetable<'_> {
    /// The promise for a requested time, or why there is none.
    pub fn promise(&self, due: Due, now: Timestamp) -> Result<Promise, AppError> {
        match due {
            Due::Asap => self.at_once(now),
            Due::At(at) if self.offers(at, now) => Ok(self.promised(at, Some(at))),
            Due::At(at) => Err(not_offered(&self.service.hours.clock.local(at, now), self.slots(now).first())),
        }
    }

    /// The promise in place of a full one: ASAP takes the next slot before closing with capacity, a requested time
    /// has no alternative.
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

    /// The slots that can be chosen: today and on the next day with an opening, about forty at most.
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

    /// Thins the slots of a day: the first one, and those of a coarser grid.
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
            return Err(self.rejection(refusal, &state.text));
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

    /// Slots that the list omits are offered as well.
    fn offers(&self, at: Timestamp, now: Timestamp) -> bool {
        self.grid(now).any(|offered| offered.at == at)
    }

    fn rejection(&self, refusal: Refusal, state: &str) -> AppError {
        let (code, why) = match refusal {
            Refusal::Closed if self.service.hours.within.is_some() => {
                ("closed", format!("The restaurant takes no orders for {} now", self.rules.mode.label().to_lowercase()))
            }
            Refusal::Closed => ("closed", "The restaurant takes no orders for now".to_owned()),
            Refusal::Paused => ("paused", "The kitchen has paused new orders".to_owned()),
        };
        let message = format!("{why}: {}. Choose one of the offered times.", lower_first(state));
        AppError::Conflict { problem: Problem::new("due", code, message) }
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
                // Openings that touch or overlap share slots.
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

    /// The slots of one opening, from an instant on: before closing, and with the time of order (a lead before) while
    /// orders are taken. Openings without a break between them count as one.
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
        // Local times that occur twice are not in order.
        slots.sort_unstable_by_key(|slot| slot.at);
        slots
    }

    /// The slot minutes that may occur during an opening: one that begins in the hour that occurs twice has earlier
    /// minutes again, one that ends in the hour that is skipped ends at a later minute.
    fn minutes_of(&self, opening: Opening) -> impl Iterator<Item = u16> + use<> {
        let step = self.rules.slot_minutes.max(1);
        let begin = opening.span.opens.saturating_sub(LONGEST_REPETITION).div_ceil(step) * step;
        (begin..=(opening.span.closes + LONGEST_REPETITION).min(2 * DAY)).step_by(usize::from(step))
    }

    /// The latest slot at or before an instant; the instant of the change when its local time is skipped.
    fn slot_of(&self, at: Timestamp) -> Timestamp {
        let (clock, step) = (&self.service.hours.clock, self.rules.slot_minutes.max(1));
        let reading = clock.reading(at);
        let minute = minute_of(reading.time()) / step * step;
        let shown = clock.showings(reading.date(), minute).filter(|shown| *shown <= at).last();
        shown.unwrap_or_else(|| clock.first(reading.date(), minute).min(at))
    }
}

/// The error for a time that is not offered, with the first that is.
pub fn not_offered(time: &LocalTime, first: Option<&LocalTime>) -> AppError {
    let time = &time.text;
    let words = match first {
        Some(first) => format!("{time} is not offered any more. The first one is {}.", first.text),
        None => format!("{time} is not offered any more, and no other time at the moment. Try again later."),
    };
    AppError::invalid("due", "time_not_offered", words)
}

/// The error for a requested time without capacity.
pub fn full_at(time: &LocalTime) -> AppError {
    let words = format!("The time you chose, {}, is full. Choose another.", time.text);
    AppError::Conflict { problem: Problem::new("due", "slot_full", words) }
}

/// The error for a mode that is not offered.
pub fn mode_not_offered(mode: ServiceMode) -> AppError {
    let problem = PriceProblem::ModeNotOffered(mode);
    AppError::invalid("mode", problem.code(), problem.to_string())
}

fn lower_first(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests;

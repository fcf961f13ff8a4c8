//! Whether orders are taken now, as text: the one rule of pages, lists and the API.

use crate::scheduling::hours::Hours;
use app::domain::{
    restaurant::{EarliestTime, ServiceState},
    terms::ServiceMode,
    time::Timestamp,
};

/// The inputs of that rule.
#[derive(Debug, Clone)]
pub struct Service {
    pub hours: Hours,
    /// Minutes between last orders and closing.
    pub last_order_minutes: i64,
    /// No orders are taken before.
    pub paused_until: Option<Timestamp>,
    /// Each mode that has these hours, with its lead in minutes.
    pub leads: Vec<(ServiceMode, u32)>,
    /// Modes with hours of their own within the restaurant's: each by the same rule, with its hours and itself alone.
    pub own: Vec<(ServiceMode, Self)>,
}

/// Whether an order for now is taken by modes with the same hours.
struct Answer {
    refusal: Option<Refusal>,
    text: String,
    /// The instant at which refusal and text change.
    change: Option<Timestamp>,
    /// Of several answers the lowest is the restaurant's: open until the latest closing, then paused, then the next opening.
    rank: (u8, i64),
}

/// Why no order for now is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// Outside the hours, after last orders, or too late for the fastest mode to be ready before closing.
    Closed,
    Paused,
}

impl Service {
    /// Whether an order for now is taken, as text.
    pub fn state(&self, now: Timestamp) -> ServiceState {
        let midnight = self.hours.clock.midnight_after(now);
        let Answer { refusal, text, change, .. } = self.answer(now);
        let open = refusal.is_none();
        let until = Some(change.map_or(midnight, |change| change.min(midnight)));
        let earliest = if open { self.earliest(now) } else { Vec::new() };
        ServiceState { open, text, until, earliest }
    }

    /// Why no order for now is taken; none when one is.
    pub fn refusal(&self, now: Timestamp) -> Option<Refusal> {
        self.answer(now).refusal
    }

    /// The rule of a mode: its own, else the restaurant's.
    pub fn of(&self, mode: ServiceMode) -> &Self {
        self.own.iter().find(|(own, _)| *own == mode).map_or(self, |(_, service)| service)
    }

    /// Shortest and longest lead of the modes that take orders for now.
    pub fn leads_now(&self, now: Timestamp) -> Option<(u32, u32)> {
        let open = self.parts().filter(|part| part.own_answer(now).refusal.is_none());
        let leads: Vec<_> = open.flat_map(|part| part.leads.iter().map(|(_, minutes)| *minutes)).collect();
        leads.iter().copied().min().zip(leads.iter().copied().max())
    }

    /// The end of the current pause.
    pub fn pause(&self, now: Timestamp) -> Option<Timestamp> {
        self.paused_until.filter(|until| *until > now)
    }

    /// The next closing; none for day and night, or when closed.
    pub fn closing(&self, now: Timestamp) -> Option<Timestamp> {
        self.hours.stretch(now).and_then(|stretch| stretch.to)
    }

    /// Ready time of an order placed now: whole minutes, rounded up.
    pub fn ready(&self, lead_minutes: u32, now: Timestamp) -> Timestamp {
        const MINUTE: i64 = 60_000;
        let millis = now.plus_minutes(i64::from(lead_minutes)).millis();
        Timestamp::from_millis(millis.saturating_add(MINUTE - 1).div_euclid(MINUTE).saturating_mul(MINUTE))
    }

    /// The modes with the restaurant's hours as one, and each mode with its own.
    fn parts(&self) -> impl Iterator<Item = &Self> {
        let shared = (!self.leads.is_empty() || self.own.is_empty()).then_some(self);
        shared.into_iter().chain(self.own.iter().map(|(_, service)| service))
    }

    /// The restaurant's answer: an order is taken while any mode takes one.
    fn answer(&self, now: Timestamp) -> Answer {
        let answers = || self.parts().map(|part| part.own_answer(now));
        let change = answers().filter_map(|answer| answer.change).min();
        let best = answers().min_by_key(|answer| answer.rank);
        Answer { change, ..best.unwrap_or_else(|| self.own_answer(now)) }
    }

    /// The answer of the modes with these hours.
    fn own_answer(&self, now: Timestamp) -> Answer {
        let clock = &self.hours.clock;
        let Some(stretch) = self.hours.stretch(now) else { return self.closed(now) };
        let last_order = stretch.to.map(|to| self.last_order(to));
        if last_order.is_some_and(|last| last <= now) {
            return self.after_last_orders(stretch.to.unwrap_or(now), now);
        }
        if let Some(until) = self.pause(now) {
            let text = format!("Paused until {}", clock.words(until, now));
            return Answer { refusal: Some(Refusal::Paused), text, change: Some(until), rank: (1, 0) };
        }
        let (text, change) = match stretch.to {
            None => ("Open 24 hours".to_owned(), None),
            // A closing time within 24 hours needs no weekday: `Open until 03:00` is the coming night.
            Some(to) if to <= now.plus_minutes(24 * 60 - 1) => (format!("Open until {}", clock.time(to)), last_order),
            Some(to) => {
                let within_a_day = to.plus_minutes(1 - 24 * 60);
                (format!("Open until {}", clock.words(to, now)), last_order.min(Some(within_a_day)))
            }
        };
        let latest = stretch.to.map_or(i64::MAX, Timestamp::millis);
        Answer { refusal: None, text, change, rank: (0, latest.saturating_neg()) }
    }

    /// The first instant before a closing at which no order for now is taken: at last orders, or when even the
    /// fastest mode would be ready after closing.
    fn last_order(&self, closes: Timestamp) -> Timestamp {
        let last_order = closes.plus_minutes(-self.last_order_minutes);
        let fastest = self.leads.iter().map(|(_, minutes)| i64::from(*minutes)).min();
        // An order ready at the minute of closing is in time; a millisecond later, [`Self::ready`] returns the next
        // minute.
        let too_late =
            fastest.map(|lead| Timestamp::from_millis(closes.plus_minutes(-lead).millis().saturating_add(1)));
        too_late.map_or(last_order, |too_late| too_late.min(last_order))
    }

    fn closed(&self, now: Timestamp) -> Answer {
        let clock = &self.hours.clock;
        let Some(next) = self.hours.next_opening(now) else { return Answer::closed("Closed".to_owned(), None, None) };
        let text = match self.pause(now).filter(|until| *until > next) {
            Some(until) => format!("Paused until {}", clock.words(until, now)),
            None => format!("Opens {}", clock.words(next, now)),
        };
        Answer::closed(text, Some(next), Some(next))
    }

    fn after_last_orders(&self, closes: Timestamp, now: Timestamp) -> Answer {
        let next = self.hours.next_opening(closes);
        let text = match next {
            Some(next) => format!("Last orders are in, opens {}", self.hours.clock.words(next, now)),
            None => "Last orders are in".to_owned(),
        };
        Answer::closed(text, next, Some(closes))
    }

    /// The modes that take orders for now, in the order in which they are offered.
    fn earliest(&self, now: Timestamp) -> Vec<EarliestTime> {
        let open = self.parts().filter(|part| part.own_answer(now).refusal.is_none());
        let mut earliest: Vec<_> = open.flat_map(|part| part.own_earliest(now)).collect();
        earliest.sort_by_key(|earliest| earliest.mode);
        earliest
    }

    fn own_earliest(&self, now: Timestamp) -> impl Iterator<Item = EarliestTime> {
        let closing = self.closing(now);
        let ready = self.leads.iter().map(move |(mode, minutes)| (*mode, *minutes, self.ready(*minutes, now)));
        ready
            .filter(move |(_, _, at)| closing.is_none_or(|closing| *at <= closing))
            .map(move |(mode, minutes, at)| EarliestTime { mode, minutes, time: self.hours.clock.local(at, now) })
    }
}

impl Answer {
    fn closed(text: String, next: Option<Timestamp>, change: Option<Timestamp>) -> Self {
        let rank = (2, next.map_or(i64::MAX, Timestamp::millis));
        Self { refusal: Some(Refusal::Closed), text, change, rank }
    }
}

#[cfg(test)]
mod own_hours;
#[cfg(test)]
mod tests;

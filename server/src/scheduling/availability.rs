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
    /// Each mode with its lead in minutes.
    pub leads: Vec<(ServiceMode, u32)>,
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
        let (refusal, text, change) = self.answer(now);
        let open = refusal.is_none();
        let until = Some(change.map_or(midnight, |change| change.min(midnight)));
        let earliest = if open { self.earliest(now) } else { Vec::new() };
        ServiceState { open, text, until, earliest }
    }

    /// Why no order for now is taken; none when one is.
    pub fn refusal(&self, now: Timestamp) -> Option<Refusal> {
        self.answer(now).0
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

    /// The rejection, its text, and the instant at which they change.
    fn answer(&self, now: Timestamp) -> (Option<Refusal>, String, Option<Timestamp>) {
        let clock = &self.hours.clock;
        let Some(stretch) = self.hours.stretch(now) else { return self.closed(now) };
        let last_order = stretch.to.map(|to| self.last_order(to));
        if last_order.is_some_and(|last| last <= now) {
            return self.after_last_orders(stretch.to.unwrap_or(now), now);
        }
        if let Some(until) = self.pause(now) {
            return (Some(Refusal::Paused), format!("Paused until {}", clock.words(until, now)), Some(until));
        }
        match stretch.to {
            None => (None, "Open 24 hours".to_owned(), None),
            // A closing time within 24 hours needs no weekday: `Open until 03:00` is the coming night.
            Some(to) if to <= now.plus_minutes(24 * 60 - 1) => {
                (None, format!("Open until {}", clock.time(to)), last_order)
            }
            Some(to) => {
                let within_a_day = to.plus_minutes(1 - 24 * 60);
                (None, format!("Open until {}", clock.words(to, now)), last_order.min(Some(within_a_day)))
            }
        }
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

    fn closed(&self, now: Timestamp) -> (Option<Refusal>, String, Option<Timestamp>) {
        let clock = &self.hours.clock;
        let Some(next) = self.hours.next_opening(now) else {
            return (Some(Refusal::Closed), "Closed".to_owned(), None);
        };
        let text = match self.pause(now).filter(|until| *until > next) {
            Some(until) => format!("Paused until {}", clock.words(until, now)),
            None => format!("Opens {}", clock.words(next, now)),
        };
        (Some(Refusal::Closed), text, Some(next))
    }

    fn after_last_orders(&self, closes: Timestamp, now: Timestamp) -> (Option<Refusal>, String, Option<Timestamp>) {
        let next = self.hours.next_opening(closes);
        let text = match next {
            Some(next) => format!("Last orders are in, opens {}", self.hours.clock.words(next, now)),
            None => "Last orders are in".to_owned(),
        };
        (Some(Refusal::Closed), text, Some(closes))
    }

    fn earliest(&self, now: Timestamp) -> Vec<EarliestTime> {
        let closing = self.closing(now);
        let ready = self.leads.iter().map(|(mode, minutes)| (*mode, *minutes, self.ready(*minutes, now)));
        ready
            .filter(|(_, _, at)| closing.is_none_or(|closing| *at <= closing))
            .map(|(mode, minutes, at)| EarliestTime { mode, minutes, time: self.hours.clock.local(at, now) })
            .collect()
    }
}

#[cfg(test)]
mod tests;

//! Which restaurants take orders now, kept for all of them, since asking each for every page would be slow.

use crate::restaurants::listing::Listing;
use app::domain::time::Timestamp;
use std::{cmp::Reverse, collections::BinaryHeap, sync::Arc};

/// Milliseconds by which a clock may be set back without all restaurants being computed again.
const CLOCK_STEP: i64 = 60_000;

/// Opening states by the number of the restaurant.
#[derive(Debug, Default)]
pub struct OpenNow {
    states: Vec<State>,
    /// The next change of each restaurant. Entries that differ from the restaurant's `until` are outdated.
    changes: BinaryHeap<Reverse<(Timestamp, u32)>>,
    /// The latest instant that states were computed for.
    now: Option<Timestamp>,
}

#[derive(Debug, Clone, Copy, Default)]
struct State {
    open: bool,
    until: Option<Timestamp>,
}

impl OpenNow {
    /// Whether the restaurant of a number takes orders.
    pub fn is_open(&self, restaurant: u32) -> bool {
        usize::try_from(restaurant).is_ok_and(|at| self.states.get(at).is_some_and(|state| state.open))
    }

    /// Whether the states are those of an instant.
    pub fn is_current(&self, now: Timestamp) -> bool {
        !self.is_set_back(now) && self.changes.peek().is_none_or(|Reverse((until, _))| *until > now)
    }

    /// Computes the states that changed until an instant.
    pub fn advance(&mut self, entries: &[Option<Arc<Listing>>], now: Timestamp) {
        if self.is_set_back(now) {
            self.now = None;
            self.changes.clear();
            for (number, entry) in (0..).zip(entries) {
                if let Some(entry) = entry {
                    self.put(number, entry, now);
                }
            }
        }
        while let Some(Reverse((until, number))) = self.changes.peek().copied().filter(|next| next.0.0 <= now) {
            self.changes.pop();
            let at = usize::try_from(number).unwrap_or(usize::MAX);
            let is_outdated = self.states.get(at).is_none_or(|state| state.until != Some(until));
            if let Some(Some(entry)) = entries.get(at).filter(|_| !is_outdated) {
                self.put(number, entry, now);
            }
        }
    }

    /// Computes the state of a restaurant.
    pub fn put(&mut self, number: u32, entry: &Listing, now: Timestamp) {
        let (open, until) = entry.open_until(now);
        let at = usize::try_from(number).unwrap_or(usize::MAX);
        if self.states.len() <= at {
            self.states.resize(at + 1, State::default());
        }
        if let Some(state) = self.states.get_mut(at) {
            *state = State { open, until };
        }
        // A change that is not in the future would be computed without end.
        self.changes.extend(until.filter(|until| *until > now).map(|until| Reverse((until, number))));
        self.now = self.now.max(Some(now));
    }

    fn is_set_back(&self, now: Timestamp) -> bool {
        self.now.is_some_and(|last| now.millis() < last.millis() - CLOCK_STEP)
    }
}

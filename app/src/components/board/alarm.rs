//! The alarm for new orders: rings at once, then every four seconds until the orders are acknowledged.

use crate::domain::{id::OrderId, time::Timestamp};
use std::collections::BTreeSet;

/// Milliseconds between two rings.
const PAUSE: i64 = 4_000;

/// Signals to give at one tick.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Signal {
    pub ring: bool,
    /// Orders to announce to screen readers, each once.
    pub announce: Vec<OrderId>,
}

/// State of the alarm between two ticks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Alarm {
    told: BTreeSet<OrderId>,
    silenced: BTreeSet<OrderId>,
    waiting: BTreeSet<OrderId>,
    last_ring: Option<Timestamp>,
}

impl Alarm {
    /// Decides which signals to give, from the orders that are not acknowledged.
    pub fn observe(&mut self, unacknowledged: &[OrderId], now: Timestamp) -> Signal {
        let unacknowledged: BTreeSet<_> = unacknowledged.iter().copied().collect();
        // An order that returns to "new" after an undo is announced again.
        self.told.retain(|order| unacknowledged.contains(order));
        self.silenced.retain(|order| unacknowledged.contains(order));
        self.waiting = unacknowledged.difference(&self.silenced).copied().collect();

        let announce: Vec<_> = self.waiting.iter().copied().filter(|order| self.told.insert(*order)).collect();
        if self.waiting.is_empty() {
            self.last_ring = None;
            return Signal::default();
        }
        let rested = self.last_ring.is_none_or(|last| now.millis() - last.millis() >= PAUSE);
        let ring = rested || !announce.is_empty();
        if ring {
            self.last_ring = Some(now);
        }
        Signal { ring, announce }
    }

    /// Silences all waiting orders on this screen, before the server confirms.
    pub fn silence(&mut self) {
        self.silenced.extend(std::mem::take(&mut self.waiting));
        self.last_ring = None;
    }

    /// The server confirmed. Orders that it does not count as acknowledged ring again, such as one that arrived
    /// at the moment of the tap.
    pub fn answered(&mut self) {
        self.silenced.clear();
    }

    /// Whether an order waits for acknowledgement.
    pub fn is_ringing(&self) -> bool {
        !self.waiting.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn order(number: u128) -> OrderId {
        OrderId::from_uuid(Uuid::from_u128(number))
    }

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millis(millis)
    }

    #[test]
    fn rings_at_once_and_every_four_seconds() {
        let mut alarm = Alarm::default();
        assert_eq!(alarm.observe(&[order(1)], at(0)), Signal { ring: true, announce: vec![order(1)] });
        assert_eq!(alarm.observe(&[order(1)], at(3_999)), Signal::default());
        assert_eq!(alarm.observe(&[order(1)], at(4_000)), Signal { ring: true, announce: vec![] });
        assert!(alarm.is_ringing());
    }

    #[test]
    fn a_second_order_rings_without_waiting() {
        let mut alarm = Alarm::default();
        alarm.observe(&[order(1)], at(0));
        assert_eq!(alarm.observe(&[order(1), order(2)], at(500)), Signal { ring: true, announce: vec![order(2)] });
    }

    #[test]
    fn silence_lasts_until_the_next_order() {
        let mut alarm = Alarm::default();
        alarm.observe(&[order(1)], at(0));
        alarm.silence();
        assert!(!alarm.is_ringing());
        assert_eq!(alarm.observe(&[order(1)], at(9_000)), Signal::default());
        assert!(alarm.observe(&[order(1), order(2)], at(9_500)).ring);
    }

    #[test]
    fn orders_the_server_does_not_know_as_acknowledged_ring_again() {
        let mut alarm = Alarm::default();
        alarm.observe(&[order(1), order(2)], at(0));
        alarm.silence();
        assert!(!alarm.observe(&[order(1), order(2)], at(4_500)).ring);
        alarm.answered();
        assert_eq!(alarm.observe(&[order(2)], at(5_000)), Signal { ring: true, announce: vec![] });
    }

    #[test]
    fn handling_every_order_ends_it() {
        let mut alarm = Alarm::default();
        alarm.observe(&[order(1)], at(0));
        assert_eq!(alarm.observe(&[], at(100)), Signal::default());
        assert!(!alarm.is_ringing());
        assert_eq!(alarm.observe(&[order(1)], at(200)), Signal { ring: true, announce: vec![order(1)] });
    }
}

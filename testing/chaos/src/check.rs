//! The checker: compares the acknowledgements of a history with the final state of the database.

mod events;
#[cfg(test)]
mod fixture;
mod nodes;
mod orders;

use crate::{final_state::FinalState, history::History};
use serde::{Deserialize, Serialize};
use std::fmt;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Violation {
    pub kind: Kind,
    /// A sentence.
    pub text: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// An acknowledged order does not exist.
    Lost,
    /// One operation or one idempotency key became more than one order.
    Doubled,
    /// Two keys refer to one order.
    SharedOrder,
    WrongTotal,
    /// An acknowledgement names another order or restaurant.
    WrongOrder,
    /// An order that was rejected or never requested.
    Unrequested,
    /// A gap in a restaurant's log, or an order that differs from its events.
    Events,
    IllegalTransition,
    /// An acknowledged transition does not exist.
    LostTransition,
    /// A rejected transition exists.
    RejectedTransition,
    /// A prepared transaction remains.
    Prepared,
    /// The coordinator and Patroni name different leaders.
    Roles,
    /// Too few standbys stream.
    Standbys,
    /// Pending outbox messages do not decrease.
    Outbox,
}

impl Kind {
    /// As in reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Lost => "lost",
            Self::Doubled => "doubled",
            Self::SharedOrder => "shared order",
            Self::WrongTotal => "wrong total",
            Self::WrongOrder => "wrong order",
            Self::Unrequested => "unrequested",
            Self::Events => "events",
            Self::IllegalTransition => "illegal transition",
            Self::LostTransition => "lost transition",
            Self::RejectedTransition => "rejected transition",
            Self::Prepared => "prepared",
            Self::Roles => "roles",
            Self::Standbys => "standbys",
            Self::Outbox => "outbox",
        }
    }

    /// Whether a promise to customers is broken; otherwise a recovery may only be incomplete.
    pub const fn is_hard(self) -> bool {
        !matches!(self, Self::Standbys | Self::Outbox)
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.kind.name(), self.text)
    }
}

/// Requirements on nodes.
#[derive(Debug, Clone, Copy, Default)]
pub struct Expected {
    /// [`FinalState::query_patroni`] was called.
    pub patroni: bool,
    /// Streaming standbys of each leader.
    pub standbys: usize,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Requests sent.
    pub requests: u64,
    /// Operations dropped by an overloaded load generator.
    pub dropped: u64,
    /// Operations that place an order.
    pub attempted: u64,
    /// Orders.
    pub acknowledged: u64,
    /// Orders.
    pub rejected: u64,
    /// Orders without a response that tells their result.
    pub unknown: u64,
    /// Of these, the ones that exist.
    pub unknown_placed: u64,
    /// Orders acknowledged only by a retry.
    pub retried: u64,
    /// Acknowledged transitions.
    pub transitions: u64,
    /// Events in the database.
    pub events: u64,
    /// Orders in the database, including those of earlier runs.
    pub orders: u64,
    pub shards: u64,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckReport {
    pub violations: Vec<Violation>,
    pub counts: Counts,
}

impl CheckReport {
    fn add(&mut self, kind: Kind, text: impl Into<String>) {
        self.violations.push(Violation { kind, text: text.into() });
    }

    pub fn passed(&self) -> bool {
        self.violations.is_empty()
    }

    /// Adds the report of another load generator that ran at the same time.
    pub fn merge(&mut self, other: Self) {
        // Both read the same database: equal violations are one.
        let new: Vec<_> = other.violations.into_iter().filter(|one| !self.violations.contains(one)).collect();
        self.violations.extend(new);
        self.counts.requests += other.counts.requests;
        self.counts.attempted += other.counts.attempted;
        self.counts.acknowledged += other.counts.acknowledged;
        self.counts.rejected += other.counts.rejected;
        self.counts.unknown += other.counts.unknown;
        self.counts.retried += other.counts.retried;
    }

    pub fn count(&self, kind: Kind) -> usize {
        self.violations.iter().filter(|violation| violation.kind == kind).count()
    }
}

pub fn check(history: &History, state: &FinalState, expected: Expected) -> CheckReport {
    let mut report = CheckReport::default();
    report.counts.shards = u64::try_from(state.shards).unwrap_or_default();
    orders::check(history, state, &mut report);
    events::check(history, state, &mut report);
    nodes::check(state, expected, &mut report);
    report
}

#[cfg(test)]
#[path = "check/tests.rs"]
mod tests;

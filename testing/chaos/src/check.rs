//! The checker: what the history promises against what the census found.

mod events;
mod nodes;
mod orders;

use crate::{census::Census, history::History};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Something that must never be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Violation {
    /// Which promise it breaks.
    pub kind: Kind,
    /// What was found, in a sentence.
    pub text: String,
}

/// The promises.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// An acknowledged order is not there.
    Lost,
    /// One wish, or one key, became more than one order.
    Doubled,
    /// Two keys name one order.
    Shared,
    /// The total is not what it must be.
    WrongTotal,
    /// The acknowledgement names another order, or another restaurant.
    WrongOrder,
    /// An order that was refused, or that nobody asked for.
    Unasked,
    /// A restaurant's log has a gap, or an order and its events disagree.
    Events,
    /// A move that nobody may make.
    Transition,
    /// An acknowledged move is not there.
    LostMove,
    /// A refused move was made.
    RefusedMove,
    /// A two-phase commit hangs.
    Prepared,
    /// The coordinator and Patroni name different leaders.
    Roles,
    /// Too few standbys follow.
    Standbys,
    /// Messages wait and become no fewer.
    Outbox,
}

impl Kind {
    /// The word in reports.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Lost => "lost",
            Self::Doubled => "doubled",
            Self::Shared => "shared",
            Self::WrongTotal => "wrong total",
            Self::WrongOrder => "wrong order",
            Self::Unasked => "unasked",
            Self::Events => "events",
            Self::Transition => "transition",
            Self::LostMove => "lost move",
            Self::RefusedMove => "refused move",
            Self::Prepared => "prepared",
            Self::Roles => "roles",
            Self::Standbys => "standbys",
            Self::Outbox => "outbox",
        }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.kind.word(), self.text)
    }
}

/// What else must be so, apart from orders.
#[derive(Debug, Clone, Copy, Default)]
pub struct Expected {
    /// Each leader was asked who its members are.
    pub patroni: bool,
    /// So many standbys stream from each leader.
    pub standbys: usize,
}

/// How much was looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Requests that were sent.
    pub requests: u64,
    /// Wishes that were dropped by an overloaded driver.
    pub shed: u64,
    /// Wishes for an order.
    pub wishes: u64,
    /// Acknowledged orders.
    pub acknowledged: u64,
    /// Refused orders.
    pub refused: u64,
    /// Orders of which nobody said what became of them.
    pub unknown: u64,
    /// Of these, the ones that are there.
    pub unknown_placed: u64,
    /// Acknowledged only when asked again.
    pub retried: u64,
    /// Acknowledged moves of staff.
    pub moves: u64,
    /// Events that were read.
    pub events: u64,
    /// Orders that were read, those of earlier runs included.
    pub orders: u64,
    /// Pieces of tables that were read.
    pub shards: u64,
}

/// What the check came to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// What is wrong.
    pub violations: Vec<Violation>,
    /// How much was looked at.
    pub counts: Counts,
}

impl Verdict {
    fn add(&mut self, kind: Kind, text: impl Into<String>) {
        self.violations.push(Violation { kind, text: text.into() });
    }

    /// Whether nothing is wrong.
    pub fn is_green(&self) -> bool {
        self.violations.is_empty()
    }

    /// Adds what became of others who came at the same time: what was found wrong with their orders, and how many they are.
    pub fn join(&mut self, other: Self) {
        // Both looked at the same nodes, and what was found there is one finding.
        let new: Vec<_> = other.violations.into_iter().filter(|one| !self.violations.contains(one)).collect();
        self.violations.extend(new);
        self.counts.requests += other.counts.requests;
        self.counts.wishes += other.counts.wishes;
        self.counts.acknowledged += other.counts.acknowledged;
        self.counts.refused += other.counts.refused;
        self.counts.unknown += other.counts.unknown;
        self.counts.retried += other.counts.retried;
    }

    /// How many violations of a kind.
    pub fn count(&self, kind: Kind) -> usize {
        self.violations.iter().filter(|violation| violation.kind == kind).count()
    }
}

/// Compares.
pub fn check(history: &History, census: &Census, expected: Expected) -> Verdict {
    let mut verdict = Verdict::default();
    verdict.counts.shards = u64::try_from(census.shards).unwrap_or_default();
    orders::check(history, census, &mut verdict);
    events::check(history, census, &mut verdict);
    nodes::check(census, expected, &mut verdict);
    verdict
}

#[cfg(test)]
#[path = "check/tests.rs"]
mod tests;

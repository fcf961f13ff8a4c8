//! The final state of the database: every shard read directly from the leader that holds it.

mod nodes;
mod read;
mod reader;
mod terms;

pub use nodes::Leader;

use crate::menu::Terms;
use uuid::Uuid;

#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct OrderRow {
    pub restaurant_id: Uuid,
    pub order_id: Uuid,
    /// Shown to the customer.
    pub number: i64,
    /// Incremented by each transition.
    pub version: i64,
    pub status: String,
    pub subtotal_minor: i64,
    pub total_minor: i64,
    pub menu_version: i64,
    /// Starts with the marker of the run.
    pub note: String,
}

/// The sum of an order's lines.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct LinesRow {
    pub restaurant_id: Uuid,
    pub order_id: Uuid,
    pub total_minor: i64,
}

/// An idempotency key.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct KeyRow {
    pub restaurant_id: Uuid,
    /// `place` or `move`.
    pub scope: String,
    pub key: String,
    pub order_id: Uuid,
}

#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct EventRow {
    pub restaurant_id: Uuid,
    /// Position in the restaurant's log.
    pub seq: i64,
    pub order_id: Uuid,
    /// The order's version after it.
    pub version: i64,
    pub verb: String,
    pub from_status: Option<String>,
    pub to_status: String,
    pub actor: String,
}

#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct CounterRow {
    pub restaurant_id: Uuid,
    /// Of the newest order.
    pub last_number: i64,
    /// Of the newest event.
    pub last_seq: i64,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FinalState {
    pub terms: Vec<Terms>,
    pub orders: Vec<OrderRow>,
    pub lines: Vec<LinesRow>,
    pub keys: Vec<KeyRow>,
    pub events: Vec<EventRow>,
    pub counters: Vec<CounterRow>,
    /// Pending outbox messages and restaurants with undelivered orders, when first and when last counted.
    pub outbox: (i64, i64),
    pub leaders: Vec<Leader>,
    /// Number of shards that were read.
    pub shards: usize,
}

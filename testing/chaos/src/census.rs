//! What is really in the database: every shard read on the node that leads it, past everything that could cover it up.

mod gather;
mod nodes;

pub use nodes::{Leader, Member};

use crate::menu::Terms;
use uuid::Uuid;

/// An order as it stands.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct OrderRow {
    /// Whose.
    pub restaurant_id: Uuid,
    /// Which.
    pub order_id: Uuid,
    /// What is called out.
    pub number: i64,
    /// Grows with every move.
    pub version: i64,
    /// Where it stands.
    pub status: String,
    /// The items.
    pub subtotal_minor: i64,
    /// What the guest pays.
    pub total_minor: i64,
    /// By which menu it was priced.
    pub menu_version: i64,
    /// Words of the guest; here the mark of the run.
    pub note: String,
}

/// The lines of an order, added up.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct LinesRow {
    /// Whose.
    pub restaurant_id: Uuid,
    /// Of which order.
    pub order_id: Uuid,
    /// Their sum.
    pub total_minor: i64,
}

/// An idempotency key.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct KeyRow {
    /// Whose.
    pub restaurant_id: Uuid,
    /// `place` or `move`.
    pub scope: String,
    /// As it was sent.
    pub key: String,
    /// What it did.
    pub order_id: Uuid,
}

/// An event of an order.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct EventRow {
    /// Whose.
    pub restaurant_id: Uuid,
    /// Its place in the restaurant's log.
    pub seq: i64,
    /// Which order.
    pub order_id: Uuid,
    /// The order's version after it.
    pub version: i64,
    /// What was done.
    pub verb: String,
    /// Before.
    pub from_status: Option<String>,
    /// After.
    pub to_status: String,
    /// By whom.
    pub actor: String,
}

/// How far a restaurant has counted.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct CounterRow {
    /// Whose.
    pub restaurant_id: Uuid,
    /// The last number called out.
    pub last_number: i64,
    /// The last event.
    pub last_seq: i64,
}

/// A whole reading.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Census {
    /// What orders cost besides the dishes.
    pub terms: Vec<Terms>,
    /// Orders.
    pub orders: Vec<OrderRow>,
    /// Sums of their lines.
    pub lines: Vec<LinesRow>,
    /// Keys.
    pub keys: Vec<KeyRow>,
    /// Events.
    pub events: Vec<EventRow>,
    /// Counters.
    pub counters: Vec<CounterRow>,
    /// Messages that wait, at the first and at the last look.
    pub outbox: (i64, i64),
    /// The nodes that lead, and what they say of themselves.
    pub leaders: Vec<Leader>,
    /// How many pieces of tables were read.
    pub shards: usize,
}

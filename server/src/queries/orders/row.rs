//! The rows of orders, and their decoding.

use crate::{
    db::{
        timestamp,
        unreadable::{Unreadable, document, word},
    },
    error::ServerError,
};
use app::domain::{
    bill::{Bill, PricedLine},
    id::OrderId,
    location::Location,
    order::{Actor, OrderStatus, PaymentStatus, Reason, Verb},
    terms::ServiceMode,
    time::Timestamp,
};
use serde_json::Value;
use sqlx::types::time::OffsetDateTime;
use uuid::Uuid;

/// An order with its kitchen lines and its latest event.
#[derive(Debug, Clone)]
pub(crate) struct Order {
    pub(crate) id: OrderId,
    pub(crate) token: String,
    pub(crate) number: i64,
    pub(crate) version: i64,
    pub(crate) seq: i64,
    pub(crate) status: OrderStatus,
    pub(crate) payment: PaymentStatus,
    pub(crate) mode: ServiceMode,
    pub(crate) placed_at: Timestamp,
    pub(crate) wanted_at: Option<Timestamp>,
    pub(crate) estimated_at: Timestamp,
    pub(crate) slot_at: Option<Timestamp>,
    pub(crate) promised_at: Option<Timestamp>,
    pub(crate) moved_at: Timestamp,
    pub(crate) acknowledged: bool,
    pub(crate) guest_name: String,
    pub(crate) guest_phone: String,
    pub(crate) guest_email: String,
    pub(crate) place: String,
    /// Where the address is, if the guest said so.
    pub(crate) location: Option<Location>,
    pub(crate) note: String,
    bill: Document<Bill>,
    lines: Document<Vec<PricedLine>>,
    pub(crate) reason: Option<Reason>,
    pub(crate) reason_words: String,
    /// Days after which the guest's data was removed; none while it is stored.
    pub(crate) removed_after_days: Option<i32>,
    pub(crate) last: LastMove,
}

/// A JSON column, possibly written by another version in a format that this one cannot decode. Such an order still
/// has transitions and a number.
type Document<T> = Result<T, Unreadable>;

/// The readable part of an order whose state cannot be decoded, so that the kitchen learns that it exists.
#[derive(Debug, Clone)]
pub(crate) struct Torn {
    pub(crate) id: OrderId,
    pub(crate) token: String,
    pub(crate) number: i64,
    pub(crate) version: i64,
    pub(crate) seq: i64,
    /// None when the status is unreadable.
    pub(crate) status: Option<OrderStatus>,
    pub(crate) placed_at: Timestamp,
    pub(crate) due_at: Timestamp,
    pub(crate) moved_at: Timestamp,
    pub(crate) acknowledged: bool,
    pub(crate) guest_name: String,
    pub(crate) guest_phone: String,
    pub(crate) guest_email: String,
    pub(crate) place: String,
    pub(crate) location: Option<Location>,
    pub(crate) note: String,
    pub(crate) removed_after_days: Option<i32>,
    /// None when it is unreadable, too.
    pub(crate) bill: Option<Bill>,
    pub(crate) why: Unreadable,
}

impl Order {
    pub(crate) fn bill(&self) -> Result<&Bill, &Unreadable> {
        self.bill.as_ref()
    }

    /// The lines with kitchen names.
    pub(crate) fn lines(&self) -> Result<&Vec<PricedLine>, &Unreadable> {
        self.lines.as_ref()
    }

    pub(crate) fn due_at(&self) -> Timestamp {
        due(self.promised_at, self.wanted_at, self.estimated_at)
    }

    /// All columns that cannot be decoded.
    pub(crate) fn unreadable(&self) -> impl Iterator<Item = &Unreadable> {
        self.bill.as_ref().err().into_iter().chain(self.lines.as_ref().err())
    }
}

impl From<Box<Torn>> for ServerError {
    fn from(torn: Box<Torn>) -> Self {
        torn.why.into()
    }
}

/// The latest event of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct LastMove {
    /// None for the placing itself.
    pub(crate) verb: Option<Verb>,
    pub(crate) from: Option<OrderStatus>,
    pub(crate) to: OrderStatus,
    pub(crate) actor: Actor,
    pub(crate) at: Timestamp,
}

/// Reads orders of the restaurant `$1`; the argument narrows them down.
///
/// Each table is restricted to the restaurant, so that one shard executes the statement.
macro_rules! select_orders {
    ($narrowing:literal, $($argument:expr),+) => {
        sqlx::query_as!(
            OrderRow,
            "SELECT o.order_id, o.token, o.number, o.version, o.seq, o.status, o.payment, o.mode, o.placed_at,
                 o.wanted_at, o.estimated_at, o.slot_at, o.promised_at, o.moved_at, o.acknowledged_at, o.guest_name,
                 o.guest_phone, o.guest_email, o.place, o.latitude, o.longitude, o.note, o.bill, o.reason, o.reason_words,
                 o.removed_after_days,
                 (SELECT jsonb_agg(l.snapshot ORDER BY l.position) FROM order_lines l
                  WHERE l.restaurant_id = $1 AND l.order_id = o.order_id) AS lines,
                 e.verb, e.from_status, e.to_status, e.actor, e.at
             FROM orders o
             JOIN order_events e ON e.restaurant_id = $1 AND e.order_id = o.order_id AND e.version = o.version
             WHERE o.restaurant_id = $1 "
            + $narrowing,
            $($argument),+
        )
    };
}
pub(crate) use select_orders;

/// The columns of [`select_orders`].
pub(crate) struct OrderRow {
    pub(crate) order_id: Uuid,
    pub(crate) token: String,
    pub(crate) number: i64,
    pub(crate) version: i64,
    pub(crate) seq: i64,
    pub(crate) status: String,
    pub(crate) payment: String,
    pub(crate) mode: String,
    pub(crate) placed_at: OffsetDateTime,
    pub(crate) wanted_at: Option<OffsetDateTime>,
    pub(crate) estimated_at: OffsetDateTime,
    pub(crate) slot_at: Option<OffsetDateTime>,
    pub(crate) promised_at: Option<OffsetDateTime>,
    pub(crate) moved_at: OffsetDateTime,
    pub(crate) acknowledged_at: Option<OffsetDateTime>,
    pub(crate) guest_name: String,
    pub(crate) guest_phone: String,
    pub(crate) guest_email: String,
    pub(crate) place: String,
    pub(crate) latitude: Option<f64>,
    pub(crate) longitude: Option<f64>,
    pub(crate) note: String,
    pub(crate) bill: Value,
    pub(crate) reason: Option<String>,
    pub(crate) reason_words: String,
    pub(crate) removed_after_days: Option<i32>,
    pub(crate) lines: Option<Value>,
    pub(crate) verb: String,
    pub(crate) from_status: Option<String>,
    pub(crate) to_status: String,
    pub(crate) actor: String,
    pub(crate) at: OffsetDateTime,
}

/// The decoded codes of a row.
struct Words {
    status: OrderStatus,
    payment: PaymentStatus,
    mode: ServiceMode,
    reason: Option<Reason>,
    last: LastMove,
}

impl Words {
    fn of(row: &OrderRow) -> Result<Self, Unreadable> {
        let status = |code: &str| word(code, "order status", OrderStatus::from_code);
        Ok(Self {
            status: status(&row.status)?,
            payment: word(&row.payment, "payment status", PaymentStatus::from_code)?,
            mode: word(&row.mode, "service mode", ServiceMode::from_code)?,
            reason: row.reason.as_deref().map(|code| word(code, "reason", Reason::from_code)).transpose()?,
            last: LastMove {
                verb: Verb::from_code(&row.verb),
                from: row.from_status.as_deref().map(status).transpose()?,
                to: status(&row.to_status)?,
                actor: word(&row.actor, "actor", Actor::from_code)?,
                at: timestamp(row.at),
            },
        })
    }
}

impl TryFrom<OrderRow> for Order {
    type Error = Box<Torn>;

    fn try_from(row: OrderRow) -> Result<Self, Box<Torn>> {
        let Words { status, payment, mode, reason, last } = match Words::of(&row) {
            Ok(words) => words,
            Err(why) => return Err(Box::new(torn(row, why))),
        };
        Ok(Self {
            id: OrderId::from_uuid(row.order_id),
            token: row.token,
            number: row.number,
            version: row.version,
            seq: row.seq,
            status,
            payment,
            mode,
            placed_at: timestamp(row.placed_at),
            wanted_at: row.wanted_at.map(timestamp),
            estimated_at: timestamp(row.estimated_at),
            slot_at: row.slot_at.map(timestamp),
            promised_at: row.promised_at.map(timestamp),
            moved_at: timestamp(row.moved_at),
            acknowledged: row.acknowledged_at.is_some(),
            guest_name: row.guest_name,
            guest_phone: row.guest_phone,
            guest_email: row.guest_email,
            location: location(row.latitude, row.longitude),
            place: row.place,
            note: row.note,
            bill: document(row.bill, "bill"),
            lines: document(row.lines.unwrap_or_else(|| Value::Array(Vec::new())), "order lines"),
            reason,
            reason_words: row.reason_words,
            removed_after_days: row.removed_after_days,
            last,
        })
    }
}

fn torn(row: OrderRow, why: Unreadable) -> Torn {
    Torn {
        id: OrderId::from_uuid(row.order_id),
        token: row.token,
        number: row.number,
        version: row.version,
        seq: row.seq,
        status: OrderStatus::from_code(&row.status),
        placed_at: timestamp(row.placed_at),
        due_at: timestamp(due(row.promised_at, row.wanted_at, row.estimated_at)),
        moved_at: timestamp(row.moved_at),
        acknowledged: row.acknowledged_at.is_some(),
        guest_name: row.guest_name,
        guest_phone: row.guest_phone,
        guest_email: row.guest_email,
        location: location(row.latitude, row.longitude),
        place: row.place,
        note: row.note,
        removed_after_days: row.removed_after_days,
        bill: document(row.bill, "bill").ok(),
        why,
    }
}

fn location(latitude: Option<f64>, longitude: Option<f64>) -> Option<Location> {
    Location::new(latitude?, longitude?)
}

/// The due time: promised, else requested, else estimated.
fn due<T>(promised: Option<T>, wanted: Option<T>, estimated: T) -> T {
    promised.or(wanted).unwrap_or(estimated)
}

//! An order as the kitchen sees it.

use crate::{
    catalogue::Snapshot,
    ordering::{moves::undo_until, reason_words},
    store::orders::Order,
};
use app::types::{board::Ticket, time::Timestamp};

/// The ticket of an order at an instant.
pub(super) fn of(snapshot: &Snapshot, order: &Order, now: Timestamp) -> Ticket {
    Ticket {
        id: order.id,
        number: order.number,
        version: order.version,
        status: order.status,
        payment: order.payment,
        mode: order.mode,
        placed: snapshot.local(order.placed_at, now),
        moved_at: order.moved_at,
        due: snapshot.local(due_at(order), now),
        scheduled: order.wanted_at.is_some(),
        guest: order.guest_name.clone(),
        contact: contact(order),
        place: order.place.clone(),
        note: order.note.clone(),
        lines: order.lines.clone(),
        total: order.bill.total,
        reason: reason_words(order),
        undo_until: undo_until(order).filter(|until| *until > now),
        acknowledged: order.acknowledged,
    }
}

/// When an order is due: promised, else wanted, else the earliest it could be.
pub(super) fn due_at(order: &Order) -> Timestamp {
    order.due_at()
}

/// Kitchens call first and write second.
fn contact(order: &Order) -> String {
    if order.guest_phone.is_empty() { order.guest_email.clone() } else { order.guest_phone.clone() }
}

//! An order as the kitchen sees it.

use crate::{
    menus::Snapshot,
    orders::{reason_words, transitions::undo_until},
    queries::orders::{Order, Stored, Torn},
};
use app::domain::{
    board::Ticket,
    money::Money,
    order::{OrderStatus, PaymentStatus},
    terms::ServiceMode,
    time::Timestamp,
    unreadable::Unreadable,
};

/// The ticket of an order, with as much as can be decoded.
pub(super) fn of(snapshot: &Snapshot, order: &Stored, now: Timestamp) -> Ticket {
    match order {
        Ok(order) => read(snapshot, order, now),
        Err(torn) => remains(snapshot, torn, now),
    }
}

/// The ticket of an order at an instant.
pub(super) fn read(snapshot: &Snapshot, order: &Order, now: Timestamp) -> Ticket {
    let nothing = Money::zero(snapshot.restaurant.currency);
    Ticket {
        id: order.id,
        number: order.number,
        version: order.version,
        status: order.status,
        payment: order.payment,
        mode: order.mode,
        placed: snapshot.local(order.placed_at, now),
        moved_at: order.moved_at,
        due: snapshot.local(order.due_at(), now),
        scheduled: order.wanted_at.is_some(),
        guest: order.guest_name.clone(),
        contact: contact(&order.guest_phone, &order.guest_email),
        place: order.place.clone(),
        location: order.location,
        note: order.note.clone(),
        lines: order.lines().cloned().unwrap_or_default(),
        total: order.bill().map_or(nothing, |bill| bill.total),
        reason: reason_words(order),
        undo_until: undo_until(order).filter(|until| *until > now),
        acknowledged: order.acknowledged,
        unreadable: match (order.lines(), order.bill()) {
            (Err(_), _) => Some(Unreadable::Dishes),
            (Ok(_), Err(_)) => Some(Unreadable::Bill),
            (Ok(_), Ok(_)) => None,
        },
    }
}

/// The ticket of an unreadable order. One whose state is unknown is shown among the new ones, where staff notice it.
fn remains(snapshot: &Snapshot, torn: &Torn, now: Timestamp) -> Ticket {
    Ticket {
        id: torn.id,
        number: torn.number,
        version: torn.version,
        status: torn.status.unwrap_or(OrderStatus::Placed),
        payment: PaymentStatus::Due,
        mode: ServiceMode::Pickup,
        placed: snapshot.local(torn.placed_at, now),
        moved_at: torn.moved_at,
        due: snapshot.local(torn.due_at, now),
        scheduled: false,
        guest: torn.guest_name.clone(),
        contact: contact(&torn.guest_phone, &torn.guest_email),
        place: torn.place.clone(),
        location: torn.location,
        note: torn.note.clone(),
        lines: Vec::new(),
        total: Money::zero(snapshot.restaurant.currency),
        reason: None,
        undo_until: None,
        acknowledged: torn.acknowledged,
        unreadable: Some(Unreadable::State),
    }
}

/// Kitchens prefer the phone.
fn contact(phone: &str, email: &str) -> String {
    if phone.is_empty() { email.to_owned() } else { phone.to_owned() }
}

//! One plain sentence about where an order stands.

use crate::{menus::Snapshot, queries::orders::Order};
use app::domain::{
    order::{Actor, OrderStatus},
    terms::ServiceMode,
    time::Timestamp,
};

/// The sentence, without a full stop, with local times. The reason of a rejection is a separate field.
pub(crate) fn of(snapshot: &Snapshot, order: &Order, now: Timestamp) -> String {
    let name = &snapshot.restaurant.name;
    match order.status {
        OrderStatus::Placed => waiting(snapshot, order, now),
        OrderStatus::Accepted => format!("Confirmed, {}", expected(snapshot, order, now)),
        OrderStatus::InPreparation => format!("Being prepared, {}", expected(snapshot, order, now)),
        OrderStatus::Ready => ready(order),
        OrderStatus::OutForDelivery => format!("On its way, {}", expected(snapshot, order, now)),
        OrderStatus::Completed => completed(snapshot, order, now),
        OrderStatus::Rejected => format!("{name} could not take this order"),
        OrderStatus::Cancelled if order.last.actor == Actor::Guest => {
            format!("You cancelled this order at {}", snapshot.local(order.moved_at, now).text)
        }
        OrderStatus::Cancelled => format!("{name} cancelled this order"),
    }
}

fn waiting(snapshot: &Snapshot, order: &Order, now: Timestamp) -> String {
    let name = &snapshot.restaurant.name;
    match order.wanted_at {
        Some(wanted) => format!("Sent to {name} for {}, waiting for them to confirm", snapshot.local(wanted, now).text),
        None => format!("Sent to {name}, waiting for them to confirm"),
    }
}

/// `ready about 18:45`; a promise that has passed is not repeated.
fn expected(snapshot: &Snapshot, order: &Order, now: Timestamp) -> String {
    let promised = order.due_at();
    let what = match order.mode {
        ServiceMode::Pickup => "ready",
        ServiceMode::Delivery => "with you",
        ServiceMode::DineIn => "at your table",
    };
    if promised < now {
        format!("{what} any minute now")
    } else {
        format!("{what} about {}", snapshot.local(promised, now).text)
    }
}

fn ready(order: &Order) -> String {
    match order.mode {
        ServiceMode::Pickup => format!("Ready, ask for number {} at the counter", order.number),
        ServiceMode::Delivery => "Ready, waiting for the courier".to_owned(),
        ServiceMode::DineIn => "Ready, on its way to your table".to_owned(),
    }
}

fn completed(snapshot: &Snapshot, order: &Order, now: Timestamp) -> String {
    let at = snapshot.local(order.moved_at, now).text;
    match order.mode {
        ServiceMode::Pickup => format!("Picked up at {at}"),
        ServiceMode::Delivery => format!("Delivered at {at}"),
        ServiceMode::DineIn => format!("Served at {at}"),
    }
}

//! An order as its guest sees it.

use crate::orders::{status_text, transitions::is_settled};
use crate::{
    context::AppContext,
    error::ServerError,
    menus::Snapshot,
    queries::{
        events::{self, Reached},
        orders::{Order, Torn},
    },
};
use app::domain::{
    id::{OrderRef, RestaurantId},
    order::{Actor, OrderStatus, OrderStep, OrderView, PaymentStatus, Verb, moves_of},
    terms::ServiceMode,
    time::Timestamp,
    unreadable::Unreadable,
};

/// The guest's view of an order, including its latest event.
pub(crate) async fn of(
    context: &AppContext,
    restaurant: RestaurantId,
    order: &Order,
) -> Result<OrderView, ServerError> {
    // With an unreadable bill the guest still gets the number, the status and the restaurant's phone.
    let bill = order.bill().inspect_err(|part| context.store.unreadable().tell(restaurant, order.id.uuid(), part)).ok();
    let snapshot = context.catalogue.by_id(restaurant).await?;
    let happened = events::of_order(&context.store, OrderRef { restaurant, order: order.id }).await?;
    let now = context.clock.now();
    let local = |at: Timestamp| snapshot.local(at, now);
    Ok(OrderView {
        token: order.token.clone(),
        number: order.number,
        version: order.version,
        seq: order.seq,
        status: order.status,
        headline: status_text::of(&snapshot, order, now),
        payment: order.payment,
        mode: order.mode,
        placed: local(order.placed_at),
        promised: order.promised_at.map(local),
        wanted: order.wanted_at.map(local),
        history: history(&snapshot, &happened, now),
        reason: reason_words(order),
        bill: bill.cloned(),
        unreadable: bill.is_none().then_some(Unreadable::Bill),
        note: order.note.clone(),
        guest: order.guest_name.clone(),
        removed_after_days: order.removed_after_days,
        place: order.place.clone(),
        can_cancel: moves_of(order.status, order.mode, Actor::Guest).any(|row| row.verb == Verb::Cancel),
        settled: is_settled(order, now),
        restaurant_slug: snapshot.restaurant.slug.clone(),
        restaurant_name: snapshot.restaurant.name.clone(),
        restaurant_phone: snapshot.restaurant.phone.clone(),
        restaurant_address: snapshot.restaurant.address.clone(),
        locale: snapshot.restaurant.locale.clone(),
    })
}

/// The guest's view of an order whose state cannot be read.
pub(crate) async fn remains(
    context: &AppContext,
    restaurant: RestaurantId,
    torn: &Torn,
) -> Result<OrderView, ServerError> {
    let snapshot = context.catalogue.by_id(restaurant).await?;
    let now = context.clock.now();
    Ok(OrderView {
        token: torn.token.clone(),
        number: torn.number,
        version: torn.version,
        seq: torn.seq,
        status: torn.status.unwrap_or(OrderStatus::Placed),
        headline: "The status of this order cannot be shown".to_owned(),
        payment: PaymentStatus::Due,
        mode: ServiceMode::Pickup,
        placed: snapshot.local(torn.placed_at, now),
        promised: None,
        wanted: None,
        history: Vec::new(),
        reason: None,
        bill: torn.bill.clone(),
        unreadable: Some(Unreadable::State),
        note: torn.note.clone(),
        guest: torn.guest_name.clone(),
        removed_after_days: torn.removed_after_days,
        place: torn.place.clone(),
        can_cancel: false,
        settled: false,
        restaurant_slug: snapshot.restaurant.slug.clone(),
        restaurant_name: snapshot.restaurant.name.clone(),
        restaurant_phone: snapshot.restaurant.phone.clone(),
        restaurant_address: snapshot.restaurant.address.clone(),
        locale: snapshot.restaurant.locale.clone(),
    })
}

/// The reason of a rejection or cancellation, as both sides read it.
pub(crate) fn reason_words(order: &Order) -> Option<String> {
    let reason = order.reason?;
    let words = order.reason_words.trim();
    Some(if words.is_empty() { reason.label().to_owned() } else { format!("{}: {words}", reason.label()) })
}

fn history(snapshot: &Snapshot, happened: &[Reached], now: Timestamp) -> Vec<OrderStep> {
    states(happened).iter().map(|step| OrderStep { status: step.to, time: snapshot.local(step.at, now) }).collect()
}

/// The states that an order has reached, without undone ones.
fn states(happened: &[Reached]) -> Vec<Reached> {
    let mut states: Vec<Reached> = Vec::new();
    // A new time, and its undo, lead from a state to itself.
    for event in happened.iter().filter(|event| event.from != Some(event.to)) {
        if event.verb == Some(Verb::Undo) {
            states.pop();
        } else {
            states.push(*event);
        }
    }
    states
}

#[cfg(test)]
mod tests {
    use super::*;
    use app::domain::order::OrderStatus::{Accepted, InPreparation, Placed};

    #[test]
    fn undone_slips_leave_no_trace() {
        let event = |verb, from, to| Reached { verb, from, to, at: Timestamp::from_millis(0) };
        let happened = [
            event(None, None, Placed),
            event(Some(Verb::Accept), Some(Placed), Accepted),
            event(Some(Verb::Undo), Some(Accepted), Placed),
            event(Some(Verb::Accept), Some(Placed), InPreparation),
            event(Some(Verb::Postpone), Some(InPreparation), InPreparation),
            event(Some(Verb::Undo), Some(InPreparation), InPreparation),
        ];
        let reached: Vec<_> = states(&happened).iter().map(|state| state.to).collect();
        assert_eq!(reached, [Placed, InPreparation]);
    }
}

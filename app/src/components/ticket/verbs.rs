//! Labels of the transitions that staff can make, from the table of transitions.

use crate::domain::{
    board::Ticket,
    order::{Actor, OrderStatus, Reason, Transition, Verb, moves_of},
    terms::ServiceMode,
};

/// Minutes offered when accepting.
pub const LEADS: [u32; 5] = [10, 15, 20, 30, 45];

/// The transitions that staff can make: the primary one, and the rest in a menu.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// The primary transition; none when the order is finished.
    pub first: Option<&'static Transition>,
    pub rest: Vec<&'static Transition>,
}

/// The verbs that the table of transitions allows, each once.
pub fn offer(status: OrderStatus, mode: ServiceMode) -> Offer {
    let mut rest = Vec::<&Transition>::new();
    for row in moves_of(status, mode, Actor::Staff) {
        if rest.iter().all(|known| known.verb != row.verb) {
            rest.push(row);
        }
    }
    let next = rest.iter().position(|row| !row.needs_reason && row.verb != Verb::Postpone);
    let first = next.map(|position| rest.remove(position));
    Offer { first, rest }
}

/// Label of the button.
pub fn label(verb: Verb, ticket: &Ticket) -> String {
    match verb {
        Verb::Accept if ticket.scheduled => format!("Accept for {}", ticket.due.text),
        Verb::Accept => "Accept".to_owned(),
        Verb::Reject => "Reject order".to_owned(),
        Verb::Start => "Start".to_owned(),
        Verb::Finish => "Ready".to_owned(),
        Verb::SendOut => "Sent out".to_owned(),
        Verb::HandOver if ticket.mode == ServiceMode::Delivery => "Delivered".to_owned(),
        Verb::HandOver if ticket.mode == ServiceMode::DineIn => "Served".to_owned(),
        Verb::HandOver => "Handed over".to_owned(),
        Verb::Cancel => "Cancel order".to_owned(),
        Verb::Postpone => "Set new time".to_owned(),
        Verb::Undo => "Undo".to_owned(),
    }
}

/// Label of a final status.
pub const fn outcome(status: OrderStatus, mode: ServiceMode) -> &'static str {
    match (status, mode) {
        (OrderStatus::Placed, _) => "New",
        (OrderStatus::Accepted, _) => "For later",
        (OrderStatus::InPreparation, _) => "Being prepared",
        (OrderStatus::Ready, _) => "Ready",
        (OrderStatus::OutForDelivery, _) => "On its way",
        (OrderStatus::Completed, ServiceMode::Delivery) => "Delivered",
        (OrderStatus::Completed, ServiceMode::DineIn) => "Served",
        (OrderStatus::Completed, ServiceMode::Pickup) => "Handed over",
        (OrderStatus::Rejected, _) => "Rejected",
        (OrderStatus::Cancelled, _) => "Cancelled",
    }
}

/// The reasons that apply to a rejection or cancellation.
pub fn reasons(verb: Verb, mode: ServiceMode) -> impl Iterator<Item = Reason> {
    let fits = move |reason: &Reason| match reason {
        Reason::OutsideArea => mode == ServiceMode::Delivery,
        Reason::CustomerRequest | Reason::NoShow => verb == Verb::Cancel,
        _ => true,
    };
    Reason::ALL.iter().copied().filter(fits)
}

/// The minutes on offer, with the restaurant's own among them.
pub fn leads(lead_minutes: u32) -> Vec<u32> {
    let mut leads = LEADS.to_vec();
    if lead_minutes > 0 && !leads.contains(&lead_minutes) {
        leads.push(lead_minutes);
        leads.sort_unstable();
    }
    leads
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::order::TRANSITIONS;

    #[test]
    fn everything_the_table_allows_is_offered_once() {
        for status in OrderStatus::ALL {
            for mode in ServiceMode::ALL {
                let offer = offer(*status, mode);
                let mut offered: Vec<_> = offer.first.iter().chain(&offer.rest).map(|row| row.verb).collect();
                let mut allowed: Vec<_> = TRANSITIONS
                    .iter()
                    .filter(|row| row.from == *status && row.actor == Actor::Staff)
                    .filter(|row| row.modes.is_empty() || row.modes.contains(&mode))
                    .map(|row| row.verb)
                    .collect();
                offered.sort_unstable();
                allowed.sort_unstable();
                allowed.dedup();
                assert_eq!(offered, allowed, "{status:?} {mode:?}");
                // Statuses that no order of the mode can reach have no next step.
                let reachable = *status != OrderStatus::OutForDelivery || mode == ServiceMode::Delivery;
                assert_eq!(offer.first.is_some(), reachable && !status.is_final(), "{status:?} {mode:?}");
            }
        }
    }

    #[test]
    fn the_restaurants_own_lead_is_on_offer() {
        assert_eq!(leads(20), LEADS);
        assert_eq!(leads(25), [10, 15, 20, 25, 30, 45]);
        assert_eq!(leads(0), LEADS);
    }

    #[test]
    fn no_show_is_no_reason_to_reject() {
        assert!(reasons(Verb::Reject, ServiceMode::Pickup).all(|reason| reason != Reason::NoShow));
        assert!(reasons(Verb::Cancel, ServiceMode::Pickup).any(|reason| reason == Reason::NoShow));
        assert!(reasons(Verb::Reject, ServiceMode::Pickup).all(|reason| reason != Reason::OutsideArea));
    }
}

//! Orders: statuses, transitions, and the views of guest and staff.

mod labels;
mod requests;

pub use requests::{Address, Contact, NewOrder, OrderStep, OrderView, PlacedOrder, Quote, QuoteRequest};

use crate::domain::{terms::ServiceMode, time::Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

macro_rules! codes {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident $code:tt),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
        pub enum $name {
            $($(#[$vdoc])* #[serde(rename = $code)] $variant,)+
        }

        impl $name {
            /// All values.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The stored and sent code.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)+ }
            }

            /// The member with this code.
            pub fn from_code(code: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|member| member.code() == code)
            }
        }
    };
}

codes! {
    /// The status of an order (axis A of the domain model).
    OrderStatus {
        /// Waiting for the restaurant.
        Placed "placed",
        /// Promised for later; not begun.
        Accepted "accepted",
        /// Being cooked.
        InPreparation "in_preparation",
        /// Waiting for the guest, the waiter or the courier.
        Ready "ready",
        /// On its way to the guest.
        OutForDelivery "out_for_delivery",
        /// Received by the guest.
        Completed "completed",
        /// Rejected by the restaurant.
        Rejected "rejected",
        /// Cancelled by the guest or the restaurant.
        Cancelled "cancelled",
    }
}

codes! {
    /// Whether the order is paid (axis B). Cards have values of their own once they are taken.
    PaymentStatus {
        /// To be paid at pickup, at the door or at the table.
        Due "due",
        /// Paid there.
        Collected "collected",
        /// Nothing to pay: the order was rejected or cancelled.
        Void "void",
    }
}

codes! {
    /// The actor of a transition.
    Actor {
        /// The guest: any holder of the order's token.
        Guest "guest",
        /// Staff of the restaurant.
        Staff "staff",
        /// The system.
        System "system",
    }
}

codes! {
    /// The reason of a rejection or cancellation.
    Reason {
        /// Something ran out.
        ItemUnavailable "item_unavailable",
        /// The kitchen closes.
        KitchenClosed "kitchen_closed",
        /// Too much to do.
        TooBusy "too_busy",
        /// The address cannot be reached.
        OutsideArea "outside_area",
        /// The note cannot be followed.
        CannotMeetNote "cannot_meet_note",
        /// An allergy makes it unsafe.
        AllergyRisk "allergy_risk",
        /// The guest asked for it.
        CustomerRequest "customer_request",
        /// The guest did not come.
        NoShow "no_show",
        /// Another reason, as text.
        Other "other",
    }
}

codes! {
    /// The verb of a transition.
    Verb {
        /// The restaurant accepts it.
        Accept "accept",
        /// The restaurant rejects it.
        Reject "reject",
        /// The kitchen begins an order for later.
        Start "start",
        /// The kitchen is done.
        Finish "finish",
        /// It leaves with a courier.
        SendOut "send_out",
        /// The guest has it.
        HandOver "hand_over",
        /// The guest or the restaurant cancels it.
        Cancel "cancel",
        /// The restaurant promises another time.
        Postpone "postpone",
        /// Staff undo the last transition.
        Undo "undo",
    }
}

impl OrderStatus {
    /// Whether no transition follows, except an undo.
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Completed | Self::Rejected | Self::Cancelled)
    }
}

impl Reason {
    /// The label for guest and staff.
    pub const fn label(self) -> &'static str {
        match self {
            Self::ItemUnavailable => "Something ran out",
            Self::KitchenClosed => "The kitchen is closing",
            Self::TooBusy => "Too busy right now",
            Self::OutsideArea => "The address is too far",
            Self::CannotMeetNote => "The note cannot be followed",
            Self::AllergyRisk => "An allergy makes it unsafe",
            Self::CustomerRequest => "Cancelled by the guest",
            Self::NoShow => "The guest did not come",
            Self::Other => "Another reason",
        }
    }
}

/// A row of the transition table: who may move an order from one state to another, and how long it can be undone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Transition {
    pub verb: Verb,
    pub from: OrderStatus,
    pub to: OrderStatus,
    pub actor: Actor,
    /// For these modes only; empty means all.
    pub modes: &'static [ServiceMode],
    /// Whether a reason must be given.
    pub needs_reason: bool,
    /// Minutes within which staff may undo it; 0 is never.
    pub undo_minutes: i64,
}

const ALL_MODES: &[ServiceMode] = &[];
const DELIVERY: &[ServiceMode] = &[ServiceMode::Delivery];
const COUNTER: &[ServiceMode] = &[ServiceMode::Pickup, ServiceMode::DineIn];

macro_rules! transitions {
    ($($verb:ident: $from:ident -> $to:ident by $actor:ident, $modes:ident, reason $reason:literal, undo $undo:literal;)+) => {
        /// All legal transitions of an order. Others are rejected.
        pub const TRANSITIONS: &[Transition] = &[$(Transition {
            verb: Verb::$verb, from: OrderStatus::$from, to: OrderStatus::$to, actor: Actor::$actor,
            modes: $modes, needs_reason: $reason, undo_minutes: $undo,
        }),+];
    };
}

transitions! {
    Accept: Placed -> InPreparation by Staff, ALL_MODES, reason false, undo 2;
    Accept: Placed -> Accepted by Staff, ALL_MODES, reason false, undo 2;
    Reject: Placed -> Rejected by Staff, ALL_MODES, reason true, undo 2;
    Start: Accepted -> InPreparation by Staff, ALL_MODES, reason false, undo 10;
    Finish: InPreparation -> Ready by Staff, ALL_MODES, reason false, undo 10;
    Finish: Accepted -> Ready by Staff, ALL_MODES, reason false, undo 10;
    SendOut: Ready -> OutForDelivery by Staff, DELIVERY, reason false, undo 10;
    HandOver: OutForDelivery -> Completed by Staff, DELIVERY, reason false, undo 10;
    HandOver: Ready -> Completed by Staff, COUNTER, reason false, undo 10;
    Postpone: Accepted -> Accepted by Staff, ALL_MODES, reason false, undo 10;
    Postpone: InPreparation -> InPreparation by Staff, ALL_MODES, reason false, undo 10;
    Cancel: Accepted -> Cancelled by Staff, ALL_MODES, reason true, undo 2;
    Cancel: InPreparation -> Cancelled by Staff, ALL_MODES, reason true, undo 2;
    Cancel: Ready -> Cancelled by Staff, ALL_MODES, reason true, undo 2;
    Cancel: OutForDelivery -> Cancelled by Staff, DELIVERY, reason true, undo 2;
    Cancel: Placed -> Cancelled by Guest, ALL_MODES, reason false, undo 0;
    Cancel: Accepted -> Cancelled by Guest, ALL_MODES, reason false, undo 0;
}

/// The transitions that an actor may make, for an order in a status and a mode.
pub fn moves_of(status: OrderStatus, mode: ServiceMode, actor: Actor) -> impl Iterator<Item = &'static Transition> {
    TRANSITIONS.iter().filter(move |row| {
        row.from == status && row.actor == actor && (row.modes.is_empty() || row.modes.contains(&mode))
    })
}

/// The instant from which minutes of a postponement count: the requested time while it is in the future, else
/// now.
pub fn postponed_from(scheduled: bool, due: Timestamp, now: Timestamp) -> Timestamp {
    if scheduled && due > now { due } else { now }
}

/// The requested time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Due {
    /// As soon as possible.
    #[default]
    Asap,
    /// At one of the offered times.
    At(Timestamp),
}

impl Due {
    /// Parses the text in forms and addresses: `asap`, or an instant in milliseconds of at most 15 digits.
    pub fn from_field(text: &str) -> Option<Self> {
        match text {
            "asap" => Some(Self::Asap),
            millis if millis.len() <= 15 && millis.bytes().all(|byte| byte.is_ascii_digit()) => {
                Some(Self::At(Timestamp::from_millis(millis.parse().ok()?)))
            }
            _ => None,
        }
    }

    /// Its text in a form or an address.
    pub fn field(self) -> String {
        match self {
            Self::Asap => "asap".to_owned(),
            Self::At(at) => at.millis().to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn final_states_have_no_way_out() {
        for row in TRANSITIONS {
            assert!(!row.from.is_final(), "{row:?}");
        }
    }

    #[test]
    fn every_state_can_be_reached_and_left() {
        for status in OrderStatus::ALL {
            let reached = *status == OrderStatus::Placed || TRANSITIONS.iter().any(|row| row.to == *status);
            let left = status.is_final() || TRANSITIONS.iter().any(|row| row.from == *status && row.to != *status);
            assert!(reached && left, "{status:?}");
        }
    }

    proptest! {
        #[test]
        fn no_walk_gets_past_a_final_state(choices in proptest::collection::vec(0usize..32, 0..20)) {
            for mode in ServiceMode::ALL {
                let mut status = OrderStatus::Placed;
                for choice in &choices {
                    let open: Vec<_> = [Actor::Guest, Actor::Staff]
                        .into_iter().flat_map(|actor| moves_of(status, mode, actor)).collect();
                    if open.is_empty() {
                        prop_assert!(status.is_final());
                        break;
                    }
                    status = open[choice % open.len()].to;
                }
            }
        }
    }
}

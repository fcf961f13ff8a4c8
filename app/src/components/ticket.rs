//! An order as the kitchen reads it from two metres: number, when, what, and the one thing to do next.

pub mod head;
pub mod lines;
pub mod moves;
pub mod verbs;

use crate::{
    components::{
        board::state::Column,
        ticket::{
            head::{TicketHead, TicketPeople},
            lines::TicketLines,
            moves::TicketMoves,
        },
    },
    domain::{board::Ticket, id::OrderId, locale::Locale, time::Timestamp, unreadable::Unreadable},
};
use leptos::prelude::*;

/// What every ticket of a board shares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TicketDesk {
    /// Where moves are sent to.
    pub slug: String,
    /// How amounts are written.
    pub locale: Locale,
    /// Minutes offered first when accepting.
    pub lead_minutes: u32,
    /// Names this rendering of the page; each form's key begins with it.
    pub page_key: String,
}

/// A move on its way to the server, or refused by it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pending {
    /// Sent, or to be sent again when the connection is back.
    Sending {
        /// Whether an attempt has failed already.
        waiting: bool,
    },
    /// Refused, with the sentence that says why.
    Refused(String),
}

/// The card of an order.
#[component]
pub fn TicketCard(
    /// The order.
    ticket: Ticket,
    /// What all cards share.
    desk: StoredValue<TicketDesk>,
    /// The restaurant's clock.
    now: Signal<Timestamp>,
    /// Whether a move of it is under way.
    pending: Signal<Option<Pending>>,
) -> impl IntoView {
    let done = Column::of(ticket.status) == Column::Done;
    let (anchor, heading) = (format!("order-{}", ticket.number), heading_id(ticket.id));
    let sending = move || matches!(pending.get(), Some(Pending::Sending { .. }));
    let unreadable = ticket.unreadable;
    // A move would be refused: it is decided on a state that is not known.
    let movable = unreadable != Some(Unreadable::State);
    view! {
        <article
            id=anchor
            aria-labelledby=heading
            aria-busy=move || sending().then_some("true")
            class="flex flex-col gap-3 rounded-card border border-line bg-card p-3"
        >
            <TicketHead ticket=ticket.clone() now=now/>
            <TicketPeople ticket=ticket.clone()/>
            {unreadable.map(|what| view! { <UnreadableNotice what=what/> })}
            {(!done).then(|| view! { <TicketLines lines=ticket.lines.clone() note=ticket.note.clone()/> })}
            <PendingNotice pending=pending/>
            {movable
                .then(|| {
                    view! {
                        <fieldset disabled=sending class="flex min-w-0 flex-col gap-3">
                            <TicketMoves ticket=ticket desk=desk now=now/>
                        </fieldset>
                    }
                })}
        </article>
    }
}

/// The id of a ticket's heading, for the parts that it labels.
pub fn heading_id(order: OrderId) -> String {
    format!("head-{order}")
}

/// What of an order cannot be read, and what the kitchen does about it.
#[component]
fn UnreadableNotice(
    /// What.
    what: Unreadable,
) -> impl IntoView {
    let words = match what {
        Unreadable::Bill => {
            "The bill of this order cannot be read. Cook it as it stands here, and add its price up from the menu."
        }
        Unreadable::Dishes => "The dishes of this order cannot be read. Ask the guest what they ordered.",
        Unreadable::State => {
            "This order cannot be read and cannot be moved here. Ask the guest what they ordered, and report its \
             number to the operator of your Toast server."
        }
    };
    view! { <p class="rounded-control bg-beet/10 p-2 text-base font-bold text-beet">{words}</p> }
}

/// What became of a move that is not done yet.
#[component]
fn PendingNotice(
    /// The move.
    pending: Signal<Option<Pending>>,
) -> impl IntoView {
    move || {
        pending.get().map(|pending| match pending {
            Pending::Sending { waiting: false } => {
                view! { <p role="status" class="text-sm text-muted">"Saving…"</p> }.into_any()
            }
            Pending::Sending { waiting: true } => view! {
                <p role="status" class="rounded-control bg-saffron/10 p-2 text-sm font-medium text-saffron">
                    "Not saved yet. It is sent as soon as the connection is back."
                </p>
            }
            .into_any(),
            Pending::Refused(reason) => view! {
                <p role="alert" class="rounded-control bg-beet/10 p-2 text-sm font-medium text-beet">{reason}</p>
            }
            .into_any(),
        })
    }
}

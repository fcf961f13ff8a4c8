//! A ticket, made to be read from two metres: number, time, items, and the next action.

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

/// Data that all tickets of a board share.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoardContext {
    pub slug: String,
    pub locale: Locale,
    /// The default lead time in minutes.
    pub lead_minutes: u32,
    /// Names this rendering of the page; each form's key begins with it.
    pub page_key: String,
}

/// A transition that the server has not confirmed or has rejected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pending {
    /// Sent, or waiting to be sent again.
    Sending {
        /// Whether an attempt has failed.
        waiting: bool,
    },
    /// Rejected, with the reason as a sentence.
    Refused(String),
}

#[component]
pub fn TicketCard(
    ticket: Ticket,
    context: StoredValue<BoardContext>,
    now: Signal<Timestamp>,
    pending: Signal<Option<Pending>>,
) -> impl IntoView {
    let done = Column::of(ticket.status) == Column::Done;
    let (anchor, heading) = (format!("order-{}", ticket.number), heading_id(ticket.id));
    let sending = move || matches!(pending.get(), Some(Pending::Sending { .. }));
    let unreadable = ticket.unreadable;
    // No buttons: the server would reject a transition of a ticket whose status is not known.
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
                            <TicketMoves ticket=ticket context=context now=now/>
                        </fieldset>
                    }
                })}
        </article>
    }
}

/// The id of a ticket's heading, for `aria-labelledby`.
pub fn heading_id(order: OrderId) -> String {
    format!("head-{order}")
}

/// The parts of an order that cannot be read, and what the kitchen should do.
#[component]
fn UnreadableNotice(what: Unreadable) -> impl IntoView {
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

/// State of a pending or rejected transition.
#[component]
fn PendingNotice(pending: Signal<Option<Pending>>) -> impl IntoView {
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

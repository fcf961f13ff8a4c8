//! The top of a ticket: number, mode and time, and below it the guest.

use crate::{
    components::{
        board::{
            clock::{Pressure, due_words, pressure},
            state::Column,
        },
        ticket::{heading_id, verbs::outcome},
    },
    domain::{board::Ticket, order::OrderStatus, terms::ServiceMode, time::Timestamp, typed::dialled},
};
use leptos::prelude::*;

/// Number, mode, and when it is due.
#[component]
pub fn TicketHead(ticket: Ticket, now: Signal<Timestamp>) -> impl IntoView {
    let done = Column::of(ticket.status) == Column::Done;
    view! {
        <header class="flex flex-wrap items-start justify-between gap-x-3 gap-y-1">
            <h3 id=heading_id(ticket.id) class="text-4xl font-bold leading-none tabular-nums" tabindex="-1">
                <span class="sr-only">"Order "</span>
                {ticket.number}
            </h3>
            <div class="flex flex-col items-end gap-1">
                <span class=mode_class(ticket.mode)>{ticket.mode.label()}</span>
                {if done { over(&ticket).into_any() } else { view! { <DueTime ticket=ticket now=now/> }.into_any() }}
            </div>
        </header>
    }
}

/// The countdown. Its text says all that its colour says.
#[component]
fn DueTime(ticket: Ticket, now: Signal<Timestamp>) -> impl IntoView {
    let due = ticket.due.clone();
    let at = due.at;
    let words = due_words(now.get_untracked(), &due);
    let clock = (words != due.text).then(|| due.text.clone());
    view! {
        <p class="text-end text-xl font-bold leading-tight tabular-nums">
            <span class="sr-only">"Due "</span>
            <span class={move || due_class(pressure(now.get(), at))}>{move || due_words(now.get(), &due)}</span>
            {clock.map(|clock| view! { <span class="block text-sm font-normal text-muted">{clock}</span> })}
        </p>
    }
}

fn over(ticket: &Ticket) -> impl IntoView + use<> {
    let time = ticket.placed.text.clone();
    view! {
        <p class="text-end text-sm">
            <span class=outcome_class(ticket.status)>{outcome(ticket.status, ticket.mode)}</span>
            <span class="block text-muted">"placed "{time}</span>
        </p>
    }
}

/// Guest, address or table, contact, and special conditions.
#[component]
pub fn TicketPeople(ticket: Ticket) -> impl IntoView {
    let waits = matches!(ticket.status, OrderStatus::Accepted | OrderStatus::OutForDelivery);
    let state = waits.then(|| outcome(ticket.status, ticket.mode));
    let wanted = (ticket.scheduled && ticket.status == OrderStatus::Placed).then_some("Wants it at that time");
    let call = ticket.contact.chars().all(|letter| letter.is_ascii_digit() || " +-()./".contains(letter));
    let contact = (!ticket.contact.is_empty()).then(|| {
        let target = if call { dialled(&ticket.contact) } else { format!("mailto:{}", ticket.contact) };
        view! { <a href=target class="break-all text-brand underline">{ticket.contact}</a> }
    });
    let place = (!ticket.place.is_empty()).then(|| {
        let what = if ticket.mode == ServiceMode::DineIn { "Table " } else { "" };
        let words = ticket.place.strip_prefix("Table ").unwrap_or(&ticket.place).to_owned();
        view! { <p dir="auto" class="font-semibold">{what}{words}</p> }
    });
    let map = ticket.location.map(|at| {
        let words = at.to_string();
        let target = format!("geo:{}", words.replace(' ', ""));
        view! { <p>"Location: " <a href=target class="text-brand underline tabular-nums">{words}</a></p> }
    });
    view! {
        <div class="flex flex-col gap-1 text-sm">
            <p class="flex flex-wrap items-baseline gap-x-3">
                <bdi class="text-base font-semibold">{ticket.guest}</bdi>
                {contact}
            </p>
            {place}
            {map}
            {state.or(wanted).map(|words| view! { <p class="font-medium text-sky">{words}</p> })}
            {ticket.reason.map(|reason| view! { <p dir="auto" class="text-beet">{reason}</p> })}
        </div>
    }
}

fn due_class(pressure: Pressure) -> &'static str {
    match pressure {
        Pressure::Calm => "inline-block rounded-full bg-sky/10 px-2.5 py-0.5 text-sky",
        Pressure::Soon => "inline-block rounded-full bg-saffron/10 px-2.5 py-0.5 text-saffron",
        Pressure::Late => "inline-block rounded-full bg-beet/10 px-2.5 py-0.5 text-beet",
    }
}

fn mode_class(mode: ServiceMode) -> &'static str {
    match mode {
        ServiceMode::Pickup => "rounded-control border border-edge px-2 text-sm font-semibold",
        ServiceMode::Delivery => "rounded-control border border-sky px-2 text-sm font-semibold text-sky",
        ServiceMode::DineIn => "rounded-control border border-brand px-2 text-sm font-semibold text-brand",
    }
}

fn outcome_class(status: OrderStatus) -> &'static str {
    match status {
        OrderStatus::Completed => "font-semibold text-basil",
        _ => "font-semibold text-beet",
    }
}

//! Forms of the board, sent in the background: a move is sent with one key until the server has answered.

use super::{
    keep_focus, look,
    news::{read_again, refresh, take_over, tell},
    show_ringing,
};
use crate::{
    client,
    components::{
        board::{alarm::Alarm, connection::backoff},
        ticket::{Pending, verbs::outcome},
    },
    domain::{
        board::{Board, Ticket},
        error::AppError,
        id::OrderId,
    },
    forms::{fields, routes},
    islands::{
        board::signals::Desk,
        dom::{fields_of, sent_form},
        stream::sleep,
    },
};
use js_sys::Math;
use leptos::{prelude::*, task::spawn_local};
use web_sys::{Event, UrlSearchParams};

/// Milliseconds for which the reason of a refusal stays on its card.
const REFUSAL: f64 = 20_000.0;

/// Takes a form over from the browser, when it is one of the board's.
pub fn send(desk: Desk, event: &Event) {
    let Some((form, button)) = sent_form(event, "form") else { return };
    let (Some(fields), Some(address)) = (fields_of(&form, button.as_ref()), form.get_attribute("action")) else {
        return;
    };
    let slug = desk.slug.get_value();
    if address == routes::board(&slug) {
        event.prevent_default();
        decide(desk, address, fields);
    } else if address == routes::board_acknowledge(&slug) {
        event.prevent_default();
        silence(desk, address, fields);
    } else if address == routes::menu_editor(&slug) {
        event.prevent_default();
        pause(desk, address, fields);
    }
}

fn decide(desk: Desk, address: String, fields: UrlSearchParams) {
    let Some(order) = fields.get(fields::ORDER).and_then(|order| order.parse().ok()) else { return };
    let under_way = desk.pending.with_untracked(|moves| matches!(moves.get(&order), Some(Pending::Sending { .. })));
    if under_way {
        return;
    }
    if let Some(key) = fresh_key() {
        fields.set(fields::KEY, &key);
    }
    spawn_local(deliver(desk, order, address, fields));
}

/// Sends a move until there is an answer. The key makes sure that it is done once, however often it arrives.
async fn deliver(desk: Desk, order: OrderId, address: String, fields: UrlSearchParams) {
    let mut failures = 0u32;
    loop {
        show(desk, order, Pending::Sending { waiting: failures > 0 });
        match client::send::<Ticket>(&address, &fields).await {
            Ok(ticket) => return done(desk, ticket),
            Err(error) if may_pass(&error) => failures = failures.saturating_add(1),
            Err(error) => return refused(desk, order, &error).await,
        }
        show(desk, order, Pending::Sending { waiting: true });
        sleep(backoff(failures, Math::random())).await;
    }
}

fn done(desk: Desk, ticket: Ticket) {
    let order = ticket.id;
    desk.said.set(format!("Order {}: {}.", ticket.number, outcome(ticket.status, ticket.mode).to_lowercase()));
    desk.pending.update(|moves| drop(moves.remove(&order)));
    desk.state.update(|state| {
        state.put(ticket);
    });
    look(desk);
    keep_focus(order);
}

/// Shows the order as it is now, and why the move was not made.
async fn refused(desk: Desk, order: OrderId, error: &AppError) {
    tell(desk, error);
    read_again(desk).await;
    let refusal = Pending::Refused(error.to_string());
    show(desk, order, refusal.clone());
    keep_focus(order);
    sleep(REFUSAL).await;
    desk.pending.update(|moves| {
        if moves.get(&order) == Some(&refusal) {
            moves.remove(&order);
        }
    });
}

fn show(desk: Desk, order: OrderId, pending: Pending) {
    let same = desk.pending.with_untracked(|moves| moves.get(&order) == Some(&pending));
    if !same {
        desk.pending.update(|moves| drop(moves.insert(order, pending)));
    }
}

/// The alarm is silent here at once, and on every screen as soon as the server knows. The form says how far the board had
/// come, so that an attempt that arrives late silences nothing that came since.
fn silence(desk: Desk, address: String, fields: UrlSearchParams) {
    desk.alarm.update_value(Alarm::silence);
    show_ringing(desk);
    spawn_local(async move {
        let mut failures = 0u32;
        loop {
            match client::send::<Board>(&address, &fields).await {
                Ok(board) => {
                    desk.alarm.update_value(Alarm::answered);
                    return take_over(desk, &board);
                }
                Err(error) if may_pass(&error) => failures = failures.saturating_add(1),
                Err(error) => {
                    desk.alarm.update_value(Alarm::answered);
                    return tell(desk, &error);
                }
            }
            sleep(backoff(failures, Math::random())).await;
        }
    });
}

fn pause(desk: Desk, address: String, fields: UrlSearchParams) {
    spawn_local(async move {
        match client::tell(&address, &fields).await {
            Ok(()) => refresh(desk),
            Err(error) => desk.trouble.set(error.to_string()),
        }
    });
}

/// Whether trying again can help. The server's refusals come with a word of their own.
fn may_pass(error: &AppError) -> bool {
    matches!(error.code(), "offline" | "unavailable" | "unknown_outcome" | "in_progress" | "too_many")
}

/// A key nobody has used: random, and made without the parts of the browser that need a secure origin.
fn fresh_key() -> Option<String> {
    let mut bytes = [0u8; 16];
    web_sys::window()?.crypto().ok()?.get_random_values_with_u8_array(&mut bytes).ok()?;
    Some(uuid::Builder::from_random_bytes(bytes).into_uuid().to_string())
}

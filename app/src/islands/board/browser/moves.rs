//! Forms of the board, sent in the background: a transition is sent with one key until the server responds.

use super::{
    keep_focus, show_ringing,
    sync::{read_again, refresh, show_board, show_error},
    update_alarm,
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
        board::signals::BoardSignals,
        dom::{fields_of, sent_form},
        stream::sleep,
    },
};
use js_sys::Math;
use leptos::{prelude::*, task::spawn_local};
use web_sys::{Event, UrlSearchParams};

/// Milliseconds for which the reason of a rejection is shown on the card.
const REFUSAL: f64 = 20_000.0;

/// Sends a form of the board instead of the browser.
pub fn send(signals: BoardSignals, event: &Event) {
    let Some((form, button)) = sent_form(event, "form") else { return };
    let (Some(fields), Some(address)) = (fields_of(&form, button.as_ref()), form.get_attribute("action")) else {
        return;
    };
    let slug = signals.slug.get_value();
    if address == routes::board(&slug) {
        event.prevent_default();
        decide(signals, address, fields);
    } else if address == routes::board_acknowledge(&slug) {
        event.prevent_default();
        silence(signals, address, fields);
    } else if address == routes::menu_editor(&slug) {
        event.prevent_default();
        pause(signals, address, fields);
    }
}

fn decide(signals: BoardSignals, address: String, fields: UrlSearchParams) {
    let Some(order) = fields.get(fields::ORDER).and_then(|order| order.parse().ok()) else { return };
    let under_way = signals.pending.with_untracked(|moves| matches!(moves.get(&order), Some(Pending::Sending { .. })));
    if under_way {
        return;
    }
    if let Some(key) = fresh_key() {
        fields.set(fields::KEY, &key);
    }
    spawn_local(deliver(signals, order, address, fields));
}

/// Sends a transition until there is a response. The idempotency key makes it take effect once.
async fn deliver(signals: BoardSignals, order: OrderId, address: String, fields: UrlSearchParams) {
    let mut failures = 0u32;
    loop {
        show(signals, order, Pending::Sending { waiting: failures > 0 });
        match client::send::<Ticket>(&address, &fields).await {
            Ok(ticket) => return done(signals, ticket),
            Err(error) if may_pass(&error) => failures = failures.saturating_add(1),
            Err(error) => return refused(signals, order, &error).await,
        }
        show(signals, order, Pending::Sending { waiting: true });
        sleep(backoff(failures, Math::random())).await;
    }
}

fn done(signals: BoardSignals, ticket: Ticket) {
    let order = ticket.id;
    signals.polite_text.set(format!(
        "Order {}: {}.",
        ticket.number,
        outcome(ticket.status, ticket.mode).to_lowercase()
    ));
    signals.pending.update(|moves| drop(moves.remove(&order)));
    signals.state.update(|state| {
        state.put(ticket);
    });
    update_alarm(signals);
    keep_focus(order);
}

/// Shows the current order, and why the transition was rejected.
async fn refused(signals: BoardSignals, order: OrderId, error: &AppError) {
    show_error(signals, error);
    read_again(signals).await;
    let refusal = Pending::Refused(error.to_string());
    show(signals, order, refusal.clone());
    keep_focus(order);
    sleep(REFUSAL).await;
    signals.pending.update(|moves| {
        if moves.get(&order) == Some(&refusal) {
            moves.remove(&order);
        }
    });
}

fn show(signals: BoardSignals, order: OrderId, pending: Pending) {
    let same = signals.pending.with_untracked(|moves| moves.get(&order) == Some(&pending));
    if !same {
        signals.pending.update(|moves| drop(moves.insert(order, pending)));
    }
}

/// Silences the alarm here at once, and on all screens through the server. The form contains the board's position, so
/// that a late attempt does not silence newer orders.
fn silence(signals: BoardSignals, address: String, fields: UrlSearchParams) {
    signals.alarm.update_value(Alarm::silence);
    show_ringing(signals);
    spawn_local(async move {
        let mut failures = 0u32;
        loop {
            match client::send::<Board>(&address, &fields).await {
                Ok(board) => {
                    signals.alarm.update_value(Alarm::answered);
                    return show_board(signals, &board);
                }
                Err(error) if may_pass(&error) => failures = failures.saturating_add(1),
                Err(error) => {
                    signals.alarm.update_value(Alarm::answered);
                    return show_error(signals, &error);
                }
            }
            sleep(backoff(failures, Math::random())).await;
        }
    });
}

fn pause(signals: BoardSignals, address: String, fields: UrlSearchParams) {
    spawn_local(async move {
        match client::post(&address, &fields).await {
            Ok(()) => refresh(signals),
            Err(error @ AppError::NoPersonAtScreen) => show_error(signals, &error),
            Err(error) => signals.error.set(error.to_string()),
        }
    });
}

/// Whether a retry can succeed. Rejections by the server have other codes.
fn may_pass(error: &AppError) -> bool {
    matches!(error.code(), "offline" | "unavailable" | "unknown_outcome" | "in_progress" | "too_many")
}

/// A new idempotency key. `crypto.randomUUID` needs a secure origin, `getRandomValues` does not.
fn fresh_key() -> Option<String> {
    let mut bytes = [0u8; 16];
    web_sys::window()?.crypto().ok()?.get_random_values_with_u8_array(&mut bytes).ok()?;
    Some(uuid::Builder::from_random_bytes(bytes).into_uuid().to_string())
}

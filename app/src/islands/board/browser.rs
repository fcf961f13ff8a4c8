//! The board in the browser: live updates, the clock, and the user's actions.

mod moves;
mod sound;
mod sync;

use crate::{
    components::{
        board::{
            alarm::Alarm,
            layout::Sound,
            state::{BoardState, Column},
        },
        ticket::heading_id,
    },
    domain::{
        board::Ticket,
        id::OrderId,
        time::{LocalTime, Timestamp},
    },
    islands::{
        board::signals::BoardSignals,
        dom::{document, listen, on_document},
    },
};
use js_sys::Date;
use leptos::prelude::*;
use std::time::Duration;

/// Seconds between two reads of the board while the alarm rings.
const ASK_WHILE_RINGING: i64 = 5;

/// Starts once the board is in the document.
pub fn mount(signals: BoardSignals, root: NodeRef<leptos::html::Div>) {
    Effect::new(move |begun: Option<bool>| {
        let Some(root) = root.get() else { return false };
        if begun == Some(true) {
            return true;
        }
        set_clock(signals, &signals.as_of.get_untracked());
        signals.shown.set(Some(Column::New));
        listen(&root, "submit", move |event| moves::send(signals, &event));
        for gesture in ["pointerdown", "keydown"] {
            on_document(gesture, move |_| sound::unlock(signals));
        }
        sound::begin(signals);
        sync::follow(signals);
        let _ = set_interval(move || tick(signals), Duration::from_secs(1));
        true
    });
}

/// Advances the clock and updates the alarm. An acknowledgement is no event of the stream, so while the alarm rings
/// the board is read to learn of one on another screen.
fn tick(signals: BoardSignals) {
    signals.now.set(now(signals));
    update_alarm(signals);
    let asks = signals.ringing.get_untracked() && signals.now.get_untracked().millis() / 1000 % ASK_WHILE_RINGING == 0;
    if asks {
        sync::refresh(signals);
    }
}

/// The server's time as estimated by the browser.
fn now(signals: BoardSignals) -> Timestamp {
    #[expect(clippy::cast_possible_truncation, reason = "milliseconds of this era fit into 53 bits")]
    let millis = (Date::now() + signals.ahead.get_value()) as i64;
    Timestamp::from_millis(millis)
}

/// Sets the clock to the server's time.
fn set_clock(signals: BoardSignals, time: &LocalTime) {
    #[expect(clippy::cast_precision_loss, reason = "milliseconds of this era fit into 53 bits")]
    let at = time.at.millis() as f64;
    signals.ahead.set_value(at - Date::now());
    signals.now.set(time.at);
    signals.as_of.set(time.clone());
}

/// Updates the alarm from the new orders: rings, announces them, and counts them in the title.
fn update_alarm(signals: BoardSignals) {
    let unacknowledged = signals.state.with_untracked(BoardState::unacknowledged);
    let signal =
        signals.alarm.try_update_value(|alarm| alarm.observe(&unacknowledged, now(signals))).unwrap_or_default();
    show_ringing(signals);
    if signal.ring {
        sound::ring(signals);
    }
    if !signal.announce.is_empty() {
        signals.assertive_text.set(announcement(signals, &signal.announce));
        sound::vibrate();
    }
    count_in_title(signals);
}

/// Flashes the column's heading while the alarm waits for acknowledgement.
fn show_ringing(signals: BoardSignals) {
    let ringing = signals.alarm.with_value(Alarm::is_ringing);
    if ringing != signals.ringing.get_untracked() {
        signals.ringing.set(ringing);
    }
}

/// The new orders as text for screen readers.
fn announcement(signals: BoardSignals, orders: &[OrderId]) -> String {
    let words = |ticket: &Ticket| format!("New order {}, {}.", ticket.number, ticket.mode.label().to_lowercase());
    signals.state.with_untracked(|state| {
        orders.iter().filter_map(|order| state.ticket(*order)).map(words).collect::<Vec<_>>().join(" ")
    })
}

fn count_in_title(signals: BoardSignals) {
    let waiting = signals.state.with_untracked(|state| state.count(Column::New));
    let title = signals.name.with_value(|name| match waiting {
        0 => format!("Orders · {name}"),
        waiting => format!("({waiting}) Orders · {name}"),
    });
    if let Some(document) = document().filter(|document| document.title() != title) {
        document.set_title(&title);
    }
}

/// Shows whether the browser plays the alarm.
fn show_sound(signals: BoardSignals, sound: Sound) {
    if signals.sound.get_untracked() != sound {
        signals.sound.set(sound);
    }
}

/// Returns the focus to an order whose card was rendered again, unless another element has it.
fn keep_focus(order: OrderId) {
    let _ = request_animation_frame(move || {
        let Some(document) = document() else { return };
        let lost = document.active_element().is_none_or(|element| element.tag_name() == "BODY");
        if lost && let Some(head) = crate::islands::dom::find(&format!("[id='{}']", heading_id(order))) {
            let calmly = web_sys::FocusOptions::new();
            calmly.set_prevent_scroll(true);
            // If the focus cannot be moved, it stays.
            let _ = head.focus_with_options(&calmly);
        }
    });
}

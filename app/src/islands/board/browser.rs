//! The board in the browser: it listens to the server, to the clock, and to whoever stands before it.

mod moves;
mod news;
mod sound;

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
        board::signals::Desk,
        dom::{document, listen, listen_everywhere},
    },
};
use js_sys::Date;
use leptos::prelude::*;
use std::time::Duration;

/// Seconds between two questions whether the alarm was silenced elsewhere.
const ASK_WHILE_RINGING: i64 = 5;

/// Begins once the board stands in the document.
pub fn attend(desk: Desk, root: NodeRef<leptos::html::Div>) {
    Effect::new(move |begun: Option<bool>| {
        let Some(root) = root.get() else { return false };
        if begun == Some(true) {
            return true;
        }
        set_clock(desk, &desk.as_of.get_untracked());
        desk.shown.set(Some(Column::New));
        listen(&root, "submit", move |event| moves::send(desk, &event));
        for gesture in ["pointerdown", "keydown"] {
            listen_everywhere(gesture, move |_| sound::wake(desk));
        }
        sound::begin(desk);
        news::follow(desk);
        let _ = set_interval(move || tick(desk), Duration::from_secs(1));
        true
    });
}

/// Moves the clock on, and looks whether the alarm is due. Looking at an order is no event of its own, so while the alarm
/// rings, the server is asked whether somebody has tapped another screen.
fn tick(desk: Desk) {
    desk.now.set(now(desk));
    look(desk);
    let asks = desk.ringing.get_untracked() && desk.now.get_untracked().millis() / 1000 % ASK_WHILE_RINGING == 0;
    if asks {
        news::refresh(desk);
    }
}

/// The server's time, as far as the browser knows it.
fn now(desk: Desk) -> Timestamp {
    #[expect(clippy::cast_possible_truncation, reason = "milliseconds of this era fit into 53 bits")]
    let millis = (Date::now() + desk.ahead.get_value()) as i64;
    Timestamp::from_millis(millis)
}

/// Takes over the server's time.
fn set_clock(desk: Desk, time: &LocalTime) {
    #[expect(clippy::cast_precision_loss, reason = "milliseconds of this era fit into 53 bits")]
    let at = time.at.millis() as f64;
    desk.ahead.set_value(at - Date::now());
    desk.now.set(time.at);
    desk.as_of.set(time.clone());
}

/// Looks at the new orders: rings, calls out and counts what is there.
fn look(desk: Desk) {
    let unheard = desk.state.with_untracked(BoardState::unheard);
    let signal = desk.alarm.try_update_value(|alarm| alarm.observe(&unheard, now(desk))).unwrap_or_default();
    show_ringing(desk);
    if signal.ring {
        sound::ring(desk);
    }
    if !signal.announce.is_empty() {
        desk.called.set(call(desk, &signal.announce));
        sound::vibrate();
    }
    count_in_title(desk);
}

/// The column head flashes exactly while the alarm waits for somebody.
fn show_ringing(desk: Desk) {
    let ringing = desk.alarm.with_value(Alarm::is_ringing);
    if ringing != desk.ringing.get_untracked() {
        desk.ringing.set(ringing);
    }
}

/// The new orders in words.
fn call(desk: Desk, orders: &[OrderId]) -> String {
    let words = |ticket: &Ticket| format!("New order {}, {}.", ticket.number, ticket.mode.label().to_lowercase());
    desk.state.with_untracked(|state| {
        orders.iter().filter_map(|order| state.ticket(*order)).map(words).collect::<Vec<_>>().join(" ")
    })
}

fn count_in_title(desk: Desk) {
    let waiting = desk.state.with_untracked(|state| state.count(Column::New));
    let title = desk.name.with_value(|name| match waiting {
        0 => format!("Orders · {name}"),
        waiting => format!("({waiting}) Orders · {name}"),
    });
    if let Some(document) = document().filter(|document| document.title() != title) {
        document.set_title(&title);
    }
}

/// Whether the browser lets the alarm be heard.
fn show_sound(desk: Desk, sound: Sound) {
    if desk.sound.get_untracked() != sound {
        desk.sound.set(sound);
    }
}

/// Gives the focus back to an order whose card was made anew, unless it has gone elsewhere.
fn keep_focus(order: OrderId) {
    let _ = request_animation_frame(move || {
        let Some(document) = document() else { return };
        let lost = document.active_element().is_none_or(|element| element.tag_name() == "BODY");
        if lost && let Some(head) = crate::islands::dom::find(&format!("[id='{}']", heading_id(order))) {
            let calmly = web_sys::FocusOptions::new();
            calmly.set_prevent_scroll(true);
            // Focus that cannot be moved stays where the browser has put it.
            let _ = head.focus_with_options(&calmly);
        }
    });
}

//! Keeps the board in sync with the server: live events, full reads after gaps, and freshness.

use super::{set_clock, update_alarm};
use crate::{
    client,
    components::board::{
        connection::{Freshness, backoff},
        state::Applied,
    },
    domain::{
        board::{Board, BoardUpdate, DutyUpdate, PauseUpdate},
        error::AppError,
        time::LocalTime,
    },
    forms::routes,
    islands::{
        board::signals::BoardSignals,
        stream::{self, sleep},
    },
};
use js_sys::Math;
use leptos::{prelude::*, task::spawn_local};
use serde::de::DeserializeOwned;

/// Milliseconds between two reads in browsers without `EventSource`.
const POLL: f64 = 5_000.0;
/// After this number of failures the board is read: unlike `EventSource`, a read shows the error.
const ASK_WHY: u32 = 2;

/// Keeps the board in sync while the page is open.
pub fn follow(signals: BoardSignals) {
    spawn_local(async move {
        if stream::exists() {
            stream_on(signals).await;
        } else {
            poll(signals).await;
        }
    });
}

async fn stream_on(signals: BoardSignals) {
    let mut failures = 0u32;
    loop {
        let after = signals.state.with_untracked(|state| state.seq);
        let address = signals.slug.with_value(|slug| format!("{}?after={after}", routes::board_events(slug)));
        let alive = stream::listen(
            &address,
            &["ticket", "heartbeat", "pause", "duty", "resync", "failure"],
            move |name, data| {
                handle_event(signals, name, &data);
                true
            },
        );
        failures = if alive.await { 0 } else { failures.saturating_add(1) };
        show_freshness(signals, Freshness::Stale);
        if failures >= ASK_WHY {
            read_again(signals).await;
        }
        sleep(backoff(failures, Math::random())).await;
    }
}

async fn poll(signals: BoardSignals) {
    loop {
        let fresh = if read_again(signals).await { Freshness::Live } else { Freshness::Stale };
        show_freshness(signals, fresh);
        sleep(POLL).await;
    }
}

fn handle_event(signals: BoardSignals, name: &str, data: &str) {
    match name {
        "ticket" => with_message(data, |update| apply_ticket(signals, update)),
        "heartbeat" => with_message(data, |time| fresh_at(signals, &time)),
        "pause" => with_message(data, |pause| show_pause(signals, pause)),
        "duty" => with_message(data, |on_duty| show_duty(signals, on_duty)),
        "resync" => refresh(signals),
        _ => show_freshness(signals, Freshness::Stale),
    }
}

fn apply_ticket(signals: BoardSignals, update: BoardUpdate) {
    let as_of = update.as_of.clone();
    let applied = signals.state.try_update(|state| state.apply(update));
    fresh_at(signals, &as_of);
    update_alarm(signals);
    if applied == Some(Applied::Gap) {
        refresh(signals);
    }
}

fn show_pause(signals: BoardSignals, PauseUpdate { paused }: PauseUpdate) {
    if signals.state.with_untracked(|state| state.paused != paused) {
        signals.state.update(|state| state.paused = paused);
    }
}

fn show_duty(signals: BoardSignals, on_duty: DutyUpdate) {
    if signals.on_duty.with_untracked(|shown| shown.as_ref() != Some(&on_duty)) {
        signals.on_duty.set(Some(on_duty));
    }
}

/// Ignores a message that cannot be parsed; the next heartbeat or gap corrects the board.
fn with_message<T: DeserializeOwned>(data: &str, then: impl FnOnce(T)) {
    if let Ok(news) = serde_json::from_str(data) {
        then(news);
    }
}

/// Reads the board in the background.
pub fn refresh(signals: BoardSignals) {
    spawn_local(async move {
        read_again(signals).await;
    });
}

/// Reads the board. Returns whether that succeeded.
pub async fn read_again(signals: BoardSignals) -> bool {
    let address = signals.slug.with_value(|slug| routes::board_snapshot(slug));
    match client::read::<Board>(&address).await {
        Ok(board) => {
            show_board(signals, &board);
            true
        }
        Err(error) => {
            show_error(signals, &error);
            false
        }
    }
}

/// Shows a board that was read from the server.
pub fn show_board(signals: BoardSignals, board: &Board) {
    signals.state.update(|state| state.replace(board));
    set_clock(signals, &board.as_of);
    clear_error(signals);
    update_alarm(signals);
}

/// Shows an error that waiting does not resolve.
pub fn show_error(signals: BoardSignals, error: &AppError) {
    match error {
        AppError::Unauthenticated => {
            signals.error.set("You are signed out. Reload the page and sign in again to see new orders.".to_owned());
        }
        // The page that asks for name and PIN leads back to the board.
        AppError::NoPersonAtScreen => {
            let address = signals.slug.with_value(|slug| routes::who(slug));
            drop(web_sys::window().map(|window| window.location().assign(&address)));
        }
        AppError::Forbidden => signals.error.set(error.to_string()),
        _ => {}
    }
}

fn fresh_at(signals: BoardSignals, time: &LocalTime) {
    set_clock(signals, time);
    show_freshness(signals, Freshness::Live);
    clear_error(signals);
}

fn clear_error(signals: BoardSignals) {
    if !signals.error.with_untracked(String::is_empty) {
        signals.error.set(String::new());
    }
}

fn show_freshness(signals: BoardSignals, freshness: Freshness) {
    if signals.freshness.get_untracked() != freshness {
        signals.freshness.set(freshness);
    }
}

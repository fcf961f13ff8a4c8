//! News from the server: each message once, what was missed read again, and the clock that says how fresh all is.

use super::{look, set_clock};
use crate::{
    client,
    components::board::{
        connection::{Freshness, backoff},
        state::Applied,
    },
    domain::{
        board::{Board, BoardUpdate, PauseUpdate},
        error::AppError,
        time::LocalTime,
    },
    forms::routes,
    islands::{
        board::signals::Desk,
        stream::{self, sleep},
    },
};
use js_sys::Math;
use leptos::{prelude::*, task::spawn_local};
use serde::de::DeserializeOwned;

/// Milliseconds between two readings where there are no streams.
const POLL: f64 = 5_000.0;
/// After so many failures the board is read as a whole: unlike a stream, it can say why.
const ASK_WHY: u32 = 2;

/// Follows the board for as long as the page is open.
pub fn follow(desk: Desk) {
    spawn_local(async move {
        if stream::exists() {
            stream_on(desk).await;
        } else {
            poll(desk).await;
        }
    });
}

async fn stream_on(desk: Desk) {
    let mut failures = 0u32;
    loop {
        let after = desk.state.with_untracked(|state| state.seq);
        let address = desk.slug.with_value(|slug| format!("{}?after={after}", routes::board_events(slug)));
        let alive = stream::listen(&address, &["ticket", "beat", "pause", "resync", "trouble"], move |name, data| {
            take_in(desk, name, &data);
            true
        });
        failures = if alive.await { 0 } else { failures.saturating_add(1) };
        show_freshness(desk, Freshness::Stale);
        if failures >= ASK_WHY {
            read_again(desk).await;
        }
        sleep(backoff(failures, Math::random())).await;
    }
}

async fn poll(desk: Desk) {
    loop {
        let fresh = if read_again(desk).await { Freshness::Live } else { Freshness::Stale };
        show_freshness(desk, fresh);
        sleep(POLL).await;
    }
}

fn take_in(desk: Desk, name: &str, data: &str) {
    match name {
        "ticket" => with_news(data, |update| take_in_ticket(desk, update)),
        "beat" => with_news(data, |time| fresh_at(desk, &time)),
        "pause" => with_news(data, |pause| show_pause(desk, pause)),
        "resync" => refresh(desk),
        _ => show_freshness(desk, Freshness::Stale),
    }
}

fn take_in_ticket(desk: Desk, update: BoardUpdate) {
    let as_of = update.as_of.clone();
    let applied = desk.state.try_update(|state| state.apply(update));
    fresh_at(desk, &as_of);
    look(desk);
    if applied == Some(Applied::Gap) {
        refresh(desk);
    }
}

fn show_pause(desk: Desk, PauseUpdate { paused }: PauseUpdate) {
    if desk.state.with_untracked(|state| state.paused != paused) {
        desk.state.update(|state| state.paused = paused);
    }
}

/// A message that cannot be read is no news; the next beat or gap brings the board right.
fn with_news<T: DeserializeOwned>(data: &str, then: impl FnOnce(T)) {
    if let Ok(news) = serde_json::from_str(data) {
        then(news);
    }
}

/// Reads the board as a whole, in its own time.
pub fn refresh(desk: Desk) {
    spawn_local(async move {
        read_again(desk).await;
    });
}

/// Reads the board as a whole; answers whether that worked.
pub async fn read_again(desk: Desk) -> bool {
    let address = desk.slug.with_value(|slug| routes::board_snapshot(slug));
    match client::read::<Board>(&address).await {
        Ok(board) => {
            take_over(desk, &board);
            true
        }
        Err(error) => {
            tell(desk, &error);
            false
        }
    }
}

/// Shows a board that was read as a whole.
pub fn take_over(desk: Desk, board: &Board) {
    desk.state.update(|state| state.replace(board));
    set_clock(desk, &board.as_of);
    clear_trouble(desk);
    look(desk);
}

/// Says what stands in the way of the whole board, unless waiting will mend it.
pub fn tell(desk: Desk, error: &AppError) {
    match error {
        AppError::Unauthenticated => {
            desk.trouble.set("You are signed out. Reload the page and sign in again to see new orders.".to_owned());
        }
        AppError::Forbidden => desk.trouble.set(error.to_string()),
        _ => {}
    }
}

fn fresh_at(desk: Desk, time: &LocalTime) {
    set_clock(desk, time);
    show_freshness(desk, Freshness::Live);
    clear_trouble(desk);
}

fn clear_trouble(desk: Desk) {
    if !desk.trouble.with_untracked(String::is_empty) {
        desk.trouble.set(String::new());
    }
}

fn show_freshness(desk: Desk, freshness: Freshness) {
    if desk.freshness.get_untracked() != freshness {
        desk.freshness.set(freshness);
    }
}

//! Signals of the board in the browser.

use crate::{
    components::{
        board::{
            alarm::Alarm,
            connection::Freshness,
            layout::Sound,
            state::{BoardState, Column},
        },
        ticket::Pending,
    },
    domain::{
        board::{Board, DutyUpdate},
        id::OrderId,
        time::{LocalTime, Timestamp},
    },
};
use leptos::prelude::*;
use std::collections::BTreeMap;

/// The board's changing state.
#[derive(Debug, Clone, Copy)]
#[cfg_attr(
    not(feature = "hydrate"),
    expect(dead_code, reason = "the server renders the board, only the browser runs it")
)]
pub struct BoardSignals {
    /// The restaurant's slug.
    pub slug: StoredValue<String>,
    /// The restaurant's name.
    pub name: StoredValue<String>,
    /// The tickets.
    pub state: RwSignal<BoardState>,
    /// The server's time as estimated by the browser.
    pub now: RwSignal<Timestamp>,
    /// Milliseconds by which the server's clock is ahead of the browser's.
    pub ahead: StoredValue<f64>,
    /// The server's time up to which the board is current.
    pub as_of: RwSignal<LocalTime>,
    /// Whether events arrive.
    pub freshness: RwSignal<Freshness>,
    /// Transitions that the server has not confirmed or has rejected.
    pub pending: RwSignal<BTreeMap<OrderId, Pending>>,
    /// State of the alarm.
    pub alarm: StoredValue<Alarm>,
    /// Whether new orders wait for acknowledgement.
    pub ringing: RwSignal<bool>,
    /// Whether the browser plays the alarm.
    pub sound: RwSignal<Sound>,
    /// The column a phone shows; none before hydration.
    pub shown: RwSignal<Option<Column>>,
    /// Text of the assertive live region: new orders.
    pub assertive_text: RwSignal<String>,
    /// Text of the polite live region: confirmed transitions.
    pub polite_text: RwSignal<String>,
    /// Who works at the shared screen; none in a person's own session.
    pub on_duty: RwSignal<Option<DutyUpdate>>,
    /// An error that concerns the whole board; empty without one.
    pub error: RwSignal<String>,
}

impl BoardSignals {
    /// The signals of a board as the server read it. Server and browser start with equal values.
    pub fn new(board: &Board, on_duty: Option<DutyUpdate>) -> Self {
        let state = BoardState::new(board);
        let ringing = !state.unacknowledged().is_empty();
        Self {
            slug: StoredValue::new(board.slug.clone()),
            name: StoredValue::new(board.name.clone()),
            state: RwSignal::new(state),
            now: RwSignal::new(board.as_of.at),
            ahead: StoredValue::new(0.0),
            as_of: RwSignal::new(board.as_of.clone()),
            freshness: RwSignal::new(Freshness::default()),
            pending: RwSignal::default(),
            alarm: StoredValue::default(),
            ringing: RwSignal::new(ringing),
            sound: RwSignal::default(),
            shown: RwSignal::new(None),
            assertive_text: RwSignal::default(),
            polite_text: RwSignal::default(),
            on_duty: RwSignal::new(on_duty),
            error: RwSignal::default(),
        }
    }
}

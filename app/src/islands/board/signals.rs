//! What the living board keeps: the tickets, the clock, the connection, the moves under way.

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
        board::Board,
        id::OrderId,
        time::{LocalTime, Timestamp},
    },
};
use leptos::prelude::*;
use std::collections::BTreeMap;

/// Everything on the board that changes.
#[derive(Debug, Clone, Copy)]
#[cfg_attr(
    not(feature = "hydrate"),
    expect(dead_code, reason = "the server renders the board, only the browser runs it")
)]
pub struct Desk {
    /// Names the restaurant in addresses.
    pub slug: StoredValue<String>,
    /// The restaurant's name.
    pub name: StoredValue<String>,
    /// The tickets.
    pub state: RwSignal<BoardState>,
    /// The server's clock, counted on by the browser.
    pub now: RwSignal<Timestamp>,
    /// Milliseconds by which the server's clock is ahead of the browser's.
    pub ahead: StoredValue<f64>,
    /// Until when the board is known to be right.
    pub as_of: RwSignal<LocalTime>,
    /// Whether news arrives.
    pub freshness: RwSignal<Freshness>,
    /// Moves that the server has not confirmed, or has refused.
    pub pending: RwSignal<BTreeMap<OrderId, Pending>>,
    /// When the alarm has rung, and for what.
    pub alarm: StoredValue<Alarm>,
    /// Whether new orders wait to be looked at.
    pub ringing: RwSignal<bool>,
    /// Whether the alarm can be heard.
    pub sound: RwSignal<Sound>,
    /// The column a phone shows; none until scripts are there.
    pub shown: RwSignal<Option<Column>>,
    /// New orders, told to screen readers at once.
    pub called: RwSignal<String>,
    /// Finished moves, told to screen readers in their time.
    pub said: RwSignal<String>,
    /// What stands in the way of the whole board.
    pub trouble: RwSignal<String>,
}

impl Desk {
    /// A desk with the board as the server read it. Server and browser begin with equal values.
    pub fn new(board: &Board) -> Self {
        let state = BoardState::new(board);
        let ringing = !state.unheard().is_empty();
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
            called: RwSignal::default(),
            said: RwSignal::default(),
            trouble: RwSignal::default(),
        }
    }
}

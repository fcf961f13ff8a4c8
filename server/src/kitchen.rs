//! The restaurant's orders board, and the transitions that staff trigger.

mod ticket;

use crate::{
    context::AppContext,
    error::ServerError,
    menus::Snapshot,
    orders::{
        ensure_key, notify,
        transitions::{self, Decision},
    },
    queries,
};
use app::{
    domain::{
        board::{Board, BoardUpdate, MOST_DONE, OrderMove, Ticket},
        id::{OrderRef, RestaurantId},
        time::Timestamp,
    },
    services::Staff,
};
use sha2::{Digest, Sha256};
use std::{cmp::Reverse, collections::HashMap, sync::Arc};

/// Finished orders stay on the board for this time.
const DONE_MINUTES: i64 = 12 * 60;
/// Most events in one replay; a client that missed more loads the board again.
pub const MOST_UPDATES: i64 = 500;

/// All tickets of the board.
pub async fn board(context: &AppContext, staff: &Staff, slug: &str) -> Result<Board, ServerError> {
    let restaurant = staff.workplace(slug)?.restaurant;
    let snapshot = context.catalogue.by_id(restaurant).await?;
    let now = context.clock.now();
    // Read first, so that an event between the two reads is sent twice instead of never.
    let seq = queries::events::last_seq(&context.store, restaurant).await?;
    let since = now.plus_minutes(-DONE_MINUTES);
    let orders = queries::orders::on_board(&context.store, restaurant, since, MOST_DONE.into()).await?;
    let mut tickets: Vec<_> = orders.iter().map(|order| ticket::of(&snapshot, order, now)).collect();
    tickets.sort_by_key(|ticket| {
        let (moved, due) = (ticket.moved_at.millis(), ticket.due.at.millis());
        if ticket.status.is_final() { (true, Reverse(moved), 0) } else { (false, Reverse(0), due) }
    });
    let terms = &snapshot.restaurant.terms;
    Ok(Board {
        slug: snapshot.restaurant.slug.clone(),
        name: snapshot.restaurant.name.clone(),
        locale: snapshot.restaurant.locale.clone(),
        seq,
        as_of: snapshot.local(now, now),
        tickets,
        paused: pause(&snapshot, now),
        lead_minutes: terms.modes.iter().map(|mode| mode.lead_minutes).min().unwrap_or(0),
    })
}

/// Applies a staff decision to an order, once per key.
pub async fn move_order(
    context: &AppContext,
    staff: &Staff,
    slug: &str,
    decision: &OrderMove,
) -> Result<Ticket, ServerError> {
    let restaurant = staff.workplace(slug)?.restaurant;
    ensure_key(&decision.key)?;
    let asked = serde_json::to_vec(decision).map_err(|error| ServerError::Broken(error.to_string()))?;
    let carried = Decision {
        order: OrderRef { restaurant, order: decision.order },
        verb: decision.verb,
        staff: Some(staff.id),
        version: Some(decision.version),
        minutes: decision.minutes,
        reason: decision.reason,
        words: decision.words.clone(),
        key: &decision.key,
        fingerprint: Sha256::digest(asked).to_vec(),
    };
    let order = transitions::apply(context, &carried).await?;
    notify(context, restaurant);
    let snapshot = context.catalogue.by_id(restaurant).await?;
    Ok(ticket::read(&snapshot, &order, context.clock.now()))
}

/// Acknowledges the new orders up to position `seen`, which silences the alarm.
pub async fn acknowledge(context: &AppContext, staff: &Staff, slug: &str, seen: i64) -> Result<Board, ServerError> {
    let restaurant = staff.workplace(slug)?.restaurant;
    queries::orders::acknowledge(&context.store, restaurant, seen, context.clock.now()).await?;
    board(context, staff, slug).await
}

/// The events after a position: one update per event, in sequence, each with its ticket as it is now.
/// [`MOST_UPDATES`] of them mean that there may be more.
pub async fn updates_after(
    context: &AppContext,
    staff: &Staff,
    slug: &str,
    seq: i64,
) -> Result<Vec<BoardUpdate>, ServerError> {
    let restaurant = staff.workplace(slug)?.restaurant;
    let positions = queries::events::after(&context.store, restaurant, seq, MOST_UPDATES).await?;
    if positions.is_empty() {
        return Ok(Vec::new());
    }
    let tickets = tickets_of(context, restaurant, &positions).await?;
    let now = context.clock.now();
    let snapshot = context.catalogue.by_id(restaurant).await?;
    let updates = positions.iter().filter_map(|position| {
        let ticket = tickets.get(&position.order)?.clone();
        Some(BoardUpdate { seq: position.seq, ticket, as_of: snapshot.local(now, now) })
    });
    Ok(updates.collect())
}

async fn tickets_of(
    context: &AppContext,
    restaurant: RestaurantId,
    positions: &[queries::events::Position],
) -> Result<HashMap<app::domain::id::OrderId, Ticket>, ServerError> {
    let mut ids: Vec<_> = positions.iter().map(|position| position.order).collect();
    ids.sort_unstable();
    ids.dedup();
    let orders = queries::orders::by_ids(&context.store, restaurant, &ids).await?;
    let snapshot: Arc<Snapshot> = context.catalogue.by_id(restaurant).await?;
    let now = context.clock.now();
    let tickets = orders.iter().map(|order| ticket::of(&snapshot, order, now));
    Ok(tickets.map(|ticket| (ticket.id, ticket)).collect())
}

/// Until when new orders are paused, in words; none when they are not.
pub fn pause(snapshot: &Snapshot, now: Timestamp) -> Option<String> {
    snapshot.pause(now).map(|_| snapshot.state_at(now).text)
}

//! Events: no gaps, no move that nobody may make, and every acknowledged move among them.

use super::{Kind, Verdict};
use crate::{
    census::{Census, EventRow, OrderRow},
    history::{History, Op, Outcome, Record},
};
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;

/// Who may move what from where to where; written from the domain's table, not from the server's.
const LEGAL: &[(&str, &str, &str, &str)] = &[
    ("accept", "placed", "in_preparation", "staff"),
    ("accept", "placed", "accepted", "staff"),
    ("reject", "placed", "rejected", "staff"),
    ("start", "accepted", "in_preparation", "staff"),
    ("finish", "accepted", "ready", "staff"),
    ("finish", "in_preparation", "ready", "staff"),
    ("send_out", "ready", "out_for_delivery", "staff"),
    ("hand_over", "ready", "completed", "staff"),
    ("hand_over", "out_for_delivery", "completed", "staff"),
    ("postpone", "accepted", "accepted", "staff"),
    ("postpone", "in_preparation", "in_preparation", "staff"),
    ("cancel", "accepted", "cancelled", "staff"),
    ("cancel", "in_preparation", "cancelled", "staff"),
    ("cancel", "ready", "cancelled", "staff"),
    ("cancel", "out_for_delivery", "cancelled", "staff"),
    ("cancel", "placed", "cancelled", "guest"),
    ("cancel", "accepted", "cancelled", "guest"),
];

pub(super) fn check(history: &History, census: &Census, verdict: &mut Verdict) {
    verdict.counts.events = u64::try_from(census.events.len()).unwrap_or(u64::MAX);
    check_logs(census, verdict);
    check_orders(census, verdict);
    check_moves(history, census, verdict);
}

/// Each restaurant's log counts 1, 2, 3 … up to its counter.
fn check_logs(census: &Census, verdict: &mut Verdict) {
    let mut logs: BTreeMap<Uuid, Vec<i64>> = BTreeMap::new();
    for event in &census.events {
        logs.entry(event.restaurant_id).or_default().push(event.seq);
    }
    for counter in &census.counters {
        logs.entry(counter.restaurant_id).or_default();
    }
    for (restaurant, mut log) in logs {
        log.sort_unstable();
        let last = census.counters.iter().find(|counter| counter.restaurant_id == restaurant);
        let last = last.map_or(0, |counter| counter.last_seq);
        if let Some(text) = gap(&log, last) {
            verdict.add(Kind::Events, format!("Restaurant {restaurant}: of its events {text}."));
        }
    }
}

/// What is wrong with numbers that must be 1, 2, 3 … up to a last one.
pub(super) fn gap(sorted: &[i64], last: i64) -> Option<String> {
    for (expected, found) in (1..).zip(sorted) {
        if *found < expected {
            return Some(format!("number {found} stands twice"));
        }
        if *found > expected {
            return Some(format!("number {expected} is missing"));
        }
    }
    let count = i64::try_from(sorted.len()).unwrap_or(i64::MAX);
    (count != last).then(|| format!("there are {count}, and {last} were counted"))
}

/// Each order's events lead from its placing to where it stands.
fn check_orders(census: &Census, verdict: &mut Verdict) {
    let mut stories: HashMap<Uuid, Vec<&EventRow>> = HashMap::new();
    for event in &census.events {
        stories.entry(event.order_id).or_default().push(event);
    }
    for order in &census.orders {
        let mut story = stories.remove(&order.order_id).unwrap_or_default();
        story.sort_by_key(|event| event.version);
        check_story(order, &story, verdict);
    }
    for (order, story) in stories {
        verdict.add(Kind::Events, format!("{} events tell of order {order}, which is nowhere.", story.len()));
    }
}

fn check_story(order: &OrderRow, story: &[&EventRow], verdict: &mut Verdict) {
    let id = order.order_id;
    let versions: Vec<_> = story.iter().map(|event| event.version).collect();
    if let Some(text) = gap(&versions, order.version) {
        verdict.add(Kind::Events, format!("Order {id}: of its versions {text}."));
        return;
    }
    let mut stands: Option<&str> = None;
    let mut before: Option<&str> = None;
    for event in story {
        if event.from_status.as_deref() != stands || !is_legal(event, before) {
            let from = event.from_status.as_deref().unwrap_or("nothing");
            let text = format!(
                "Order {id}, version {}: {} by {} from {from} to {}, when it was {}.",
                event.version,
                event.verb,
                event.actor,
                event.to_status,
                stands.unwrap_or("nothing")
            );
            verdict.add(Kind::Transition, text);
        }
        before = stands;
        stands = Some(&event.to_status);
    }
    if stands != Some(order.status.as_str()) {
        let last = stands.unwrap_or("nothing");
        verdict.add(Kind::Events, format!("Order {id} is {} and its last event says {last}.", order.status));
    }
}

/// `before` is where the order stood before the latest move, to which an undo leads back.
fn is_legal(event: &EventRow, before: Option<&str>) -> bool {
    let (verb, to, actor) = (event.verb.as_str(), event.to_status.as_str(), event.actor.as_str());
    match (event.from_status.as_deref(), verb) {
        (None, "place") => event.version == 1 && to == "placed" && actor == "guest",
        (None, _) => false,
        (Some(_), "undo") => actor == "staff" && before == Some(to),
        (Some(from), _) => LEGAL.contains(&(verb, from, to, actor)),
    }
}

/// Acknowledged moves are there, refused ones are not, and no key moved twice.
fn check_moves(history: &History, census: &Census, verdict: &mut Verdict) {
    let mut by_key: BTreeMap<&str, Vec<&Record>> = BTreeMap::new();
    for record in history.records.iter().filter(|record| record.op == Op::Move) {
        if let Some(key) = &record.key {
            by_key.entry(key).or_default().push(record);
        }
    }
    let mut made: HashMap<&str, u64> = HashMap::new();
    for key in census.keys.iter().filter(|key| key.scope == "move") {
        *made.entry(&key.key).or_default() += 1;
    }
    let events: HashMap<(Uuid, i64), &EventRow> =
        census.events.iter().map(|event| ((event.order_id, event.version), event)).collect();
    for (key, requests) in by_key {
        let Some(decision) = requests.iter().find_map(|record| record.decision.as_ref()) else { continue };
        let is_made = made.get(key).copied().unwrap_or_default();
        let what = format!("“{}” of order {} at version {}", decision.verb, decision.order, decision.version);
        if is_made > 1 {
            verdict.add(Kind::Doubled, format!("The key of {what} stands {is_made} times."));
        }
        let acknowledged = requests.iter().any(|record| matches!(record.result, Outcome::Ok(_)));
        let open = requests.iter().any(|record| matches!(record.result, Outcome::Unknown { .. }));
        if acknowledged {
            verdict.counts.moves += 1;
            let event = events.get(&(decision.order, decision.version + 1));
            if event.is_none_or(|event| event.verb != decision.verb) || is_made == 0 {
                verdict.add(Kind::LostMove, format!("{what} was acknowledged and is not there."));
            }
        } else if !open && is_made > 0 {
            verdict.add(Kind::RefusedMove, format!("{what} was refused and was made."));
        }
    }
}

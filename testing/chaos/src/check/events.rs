//! Events: no gaps, only legal transitions, and every acknowledged transition exists.

use super::{CheckReport, Kind};
use crate::{
    final_state::{EventRow, FinalState, OrderRow},
    history::{History, Outcome, Record, RequestKind},
};
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;

/// Verb, from, to, actor. An independent copy of the domain's rules, not derived from the server's table.
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

pub(super) fn check(history: &History, state: &FinalState, report: &mut CheckReport) {
    report.counts.events = u64::try_from(state.events.len()).unwrap_or(u64::MAX);
    check_logs(state, report);
    check_orders(state, report);
    check_transitions(history, state, report);
}

/// Each restaurant's log counts 1, 2, 3 … to its counter.
fn check_logs(state: &FinalState, report: &mut CheckReport) {
    let mut logs: BTreeMap<Uuid, Vec<i64>> = BTreeMap::new();
    for event in &state.events {
        logs.entry(event.restaurant_id).or_default().push(event.seq);
    }
    for counter in &state.counters {
        logs.entry(counter.restaurant_id).or_default();
    }
    for (restaurant, mut log) in logs {
        log.sort_unstable();
        let last = state.counters.iter().find(|counter| counter.restaurant_id == restaurant);
        let last = last.map_or(0, |counter| counter.last_seq);
        if let Some(text) = gap(&log, last) {
            report.add(Kind::Events, format!("Restaurant {restaurant}: event {text}."));
        }
    }
}

/// Describes the first deviation of sorted numbers from 1, 2, 3 … `last`.
pub(super) fn gap(sorted: &[i64], last: i64) -> Option<String> {
    for (expected, found) in (1..).zip(sorted) {
        if *found < expected {
            return Some(format!("number {found} exists twice"));
        }
        if *found > expected {
            return Some(format!("number {expected} is missing"));
        }
    }
    let count = i64::try_from(sorted.len()).unwrap_or(i64::MAX);
    (count != last).then(|| format!("count is {count}, but the counter is {last}"))
}

/// Each order's events lead from its placement to its status.
fn check_orders(state: &FinalState, report: &mut CheckReport) {
    let mut by_order: HashMap<Uuid, Vec<&EventRow>> = HashMap::new();
    for event in &state.events {
        by_order.entry(event.order_id).or_default().push(event);
    }
    for order in &state.orders {
        let mut events = by_order.remove(&order.order_id).unwrap_or_default();
        events.sort_by_key(|event| event.version);
        check_order(order, &events, report);
    }
    for (order, events) in by_order {
        report.add(Kind::Events, format!("{} events belong to order {order}, which does not exist.", events.len()));
    }
}

fn check_order(order: &OrderRow, events: &[&EventRow], report: &mut CheckReport) {
    let id = order.order_id;
    let versions: Vec<_> = events.iter().map(|event| event.version).collect();
    if let Some(text) = gap(&versions, order.version) {
        report.add(Kind::Events, format!("Order {id}: version {text}."));
        return;
    }
    let mut status: Option<&str> = None;
    let mut previous: Option<&str> = None;
    for event in events {
        if event.from_status.as_deref() != status || !is_legal(event, previous) {
            let from = event.from_status.as_deref().unwrap_or("nothing");
            let text = format!(
                "Order {id}, version {}: {} by {} from {from} to {}, when it was {}.",
                event.version,
                event.verb,
                event.actor,
                event.to_status,
                status.unwrap_or("nothing")
            );
            report.add(Kind::IllegalTransition, text);
        }
        previous = status;
        status = Some(&event.to_status);
    }
    if status != Some(order.status.as_str()) {
        let last = status.unwrap_or("nothing");
        report.add(Kind::Events, format!("Order {id} is {}, but its last event leads to {last}.", order.status));
    }
}

/// `previous` is the status before the latest transition, to which an undo returns.
fn is_legal(event: &EventRow, previous: Option<&str>) -> bool {
    let (verb, to, actor) = (event.verb.as_str(), event.to_status.as_str(), event.actor.as_str());
    match (event.from_status.as_deref(), verb) {
        (None, "place") => event.version == 1 && to == "placed" && actor == "guest",
        (None, _) => false,
        (Some(_), "undo") => actor == "staff" && previous == Some(to),
        (Some(from), _) => LEGAL.contains(&(verb, from, to, actor)),
    }
}

/// Acknowledged transitions exist, rejected ones do not, and no key was applied twice.
fn check_transitions(history: &History, state: &FinalState, report: &mut CheckReport) {
    let mut by_key: BTreeMap<&str, Vec<&Record>> = BTreeMap::new();
    for record in history.records.iter().filter(|record| record.kind == RequestKind::Transition) {
        if let Some(key) = &record.key {
            by_key.entry(key).or_default().push(record);
        }
    }
    let mut applied: HashMap<&str, u64> = HashMap::new();
    for key in state.keys.iter().filter(|key| key.scope == "move") {
        *applied.entry(&key.key).or_default() += 1;
    }
    let events: HashMap<(Uuid, i64), &EventRow> =
        state.events.iter().map(|event| ((event.order_id, event.version), event)).collect();
    for (key, requests) in by_key {
        let Some(transition) = requests.iter().find_map(|record| record.transition.as_ref()) else { continue };
        let times = applied.get(key).copied().unwrap_or_default();
        let what = format!("“{}” of order {} at version {}", transition.verb, transition.order, transition.version);
        if times > 1 {
            report.add(Kind::Doubled, format!("The key of {what} exists {times} times."));
        }
        let acknowledged = requests.iter().any(|record| matches!(record.result, Outcome::Ok(_)));
        let unknown = requests.iter().any(|record| matches!(record.result, Outcome::Unknown { .. }));
        if acknowledged {
            report.counts.transitions += 1;
            let event = events.get(&(transition.order, transition.version + 1));
            if event.is_none_or(|event| event.verb != transition.verb) || times == 0 {
                report.add(Kind::LostTransition, format!("{what} was acknowledged and does not exist."));
            }
        } else if !unknown && times > 0 {
            report.add(Kind::RejectedTransition, format!("{what} was rejected and exists."));
        }
    }
}

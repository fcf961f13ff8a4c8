//! Each kind of violation is detected, and a correct history has none.

use super::fixture::{ORDER, event, good, rejected, unknown};
use super::*;
use crate::{
    final_state::{CounterRow, KeyRow, LinesRow, OrderRow},
    history::{Acknowledgement, Entry, Outcome, Recorder},
    samples,
};
use uuid::Uuid;

const EXPECTED: Expected = Expected { patroni: true, standbys: 1 };

/// Kinds of violations after a change.
fn kinds(break_it: impl FnOnce(&mut History, &mut FinalState)) -> Vec<Kind> {
    let (mut history, mut state) = good();
    break_it(&mut history, &mut state);
    let mut kinds: Vec<_> =
        check(&history, &state, EXPECTED).violations.into_iter().map(|violation| violation.kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    kinds
}

#[test]
fn a_correct_history_has_no_violations() {
    let (history, state) = good();
    let report = check(&history, &state, EXPECTED);
    assert_eq!(report.violations, []);
    let counts = report.counts;
    assert_eq!((counts.attempted, counts.acknowledged, counts.retried, counts.rejected), (2, 1, 1, 1));
    assert_eq!((counts.transitions, counts.events, counts.unknown), (1, 2, 0));
}

#[test]
fn an_unknown_order_may_exist_or_not() {
    let (mut history, state) = good();
    history.records[1].result = unknown();
    let report = check(&history, &state, EXPECTED);
    assert!(report.passed(), "{:?}", report.violations);
    assert_eq!((report.counts.unknown, report.counts.unknown_placed), (1, 1));
    history.records[2].result = unknown();
    let report = check(&history, &state, EXPECTED);
    assert!(report.passed());
    assert_eq!((report.counts.unknown, report.counts.unknown_placed), (2, 1));
}

#[test]
fn a_lost_order_is_detected() {
    let all = kinds(|_, state| {
        state.orders.clear();
        state.lines.clear();
        state.keys.clear();
        state.events.clear();
        state.counters.clear();
    });
    assert!(all.contains(&Kind::Lost) && all.contains(&Kind::LostTransition), "{all:?}");
}

#[test]
fn a_second_order_of_one_key_is_detected() {
    let all = kinds(|_, state| {
        let mut twin = state.orders[0].clone();
        twin.order_id = samples::id(501);
        twin.number = 2;
        twin.version = 1;
        twin.status = "placed".to_owned();
        state.keys.push(KeyRow { order_id: twin.order_id, ..state.keys[0].clone() });
        state.lines.push(LinesRow { order_id: twin.order_id, ..state.lines[0].clone() });
        let mut placed = event(3, 1, "place", None, "placed", "guest");
        placed.order_id = twin.order_id;
        state.events.push(placed);
        state.orders.push(twin);
        state.counters[0] = CounterRow { restaurant_id: samples::id(1), last_number: 2, last_seq: 3 };
    });
    assert_eq!(all, [Kind::Doubled]);
}

#[test]
fn a_retry_with_another_key_is_detected_by_its_marker() {
    let all = kinds(|history, state| {
        history.records[1].key = Some("k2".to_owned());
        state.keys[0].key = "k2".to_owned();
        let twin = OrderRow { order_id: samples::id(501), number: 2, ..state.orders[0].clone() };
        state.orders.push(twin);
    });
    assert!(all.contains(&Kind::Doubled), "{all:?}");
}

#[test]
fn a_row_in_two_shards_is_detected() {
    let all = kinds(|_, state| state.orders.push(state.orders[0].clone()));
    assert!(all.contains(&Kind::Doubled), "{all:?}");
}

#[test]
fn two_keys_of_one_order_are_detected() {
    let all = kinds(|_, state| state.keys.push(KeyRow { key: "k9".to_owned(), ..state.keys[0].clone() }));
    assert_eq!(all, [Kind::SharedOrder]);
}

#[test]
fn wrong_totals_are_detected() {
    assert_eq!(kinds(|_, state| state.orders[0].total_minor += 1), [Kind::WrongTotal]);
    assert_eq!(kinds(|_, state| state.lines[0].total_minor -= 1), [Kind::WrongTotal]);
    assert_eq!(kinds(|history, _| history.menus.clear()), [Kind::WrongTotal]);
    assert_eq!(kinds(|_, state| state.orders[0].menu_version = 8), [], "an unseen version between two equal ones");
    let more_expensive = |history: &mut History, state: &mut FinalState| {
        state.orders[0].menu_version = 8;
        let mut after = history.menus[0].clone();
        after.menu.version = 9;
        after.menu.sections[0].items[0].variants[0].price.minor += 1;
        history.menus.push(after);
    };
    assert_eq!(kinds(more_expensive), [Kind::WrongTotal]);
    let other_total = Outcome::Ok(Acknowledgement {
        status: 201,
        order: Some(samples::id(ORDER)),
        total: Some(1),
        ..Acknowledgement::default()
    });
    assert_eq!(kinds(|history, _| history.records[1].result = other_total), [Kind::WrongTotal]);
}

#[test]
fn another_order_than_the_acknowledged_one_is_detected() {
    let all = kinds(|_, state| state.keys[0].order_id = samples::id(777));
    assert_eq!(all, [Kind::WrongOrder]);
    let all = kinds(|_, state| state.orders[0].note = "chaos ffff 1".to_owned());
    assert_eq!(all, [Kind::WrongOrder]);
}

#[test]
fn an_order_from_a_rejection_is_detected() {
    assert_eq!(
        kinds(|_, state| state.orders[0].note = "chaos abcd 3".to_owned()),
        [Kind::WrongOrder, Kind::Unrequested]
    );
    assert_eq!(
        kinds(|_, state| state.orders[0].note = "chaos abcd 9".to_owned()),
        [Kind::WrongOrder, Kind::Unrequested]
    );
}

#[test]
fn gaps_are_detected() {
    assert!(kinds(|_, state| drop(state.events.remove(0))).contains(&Kind::Events));
    assert_eq!(kinds(|_, state| state.counters[0].last_seq = 3), [Kind::Events]);
    assert_eq!(kinds(|_, state| state.counters[0].last_number = 2), [Kind::Events]);
    assert_eq!(kinds(|_, state| state.events[1].seq = 1), [Kind::Events]);
    assert_eq!(kinds(|_, state| state.orders[0].status = "ready".to_owned()), [Kind::Events]);
}

#[test]
fn illegal_transitions_are_detected() {
    assert_eq!(kinds(|_, state| state.events[1].actor = "guest".to_owned()), [Kind::IllegalTransition]);
    assert_eq!(kinds(|_, state| state.events[1].from_status = Some("ready".to_owned())), [Kind::IllegalTransition]);
    let jump = |_: &mut History, state: &mut FinalState| {
        state.events[1].to_status = "completed".to_owned();
        state.orders[0].status = "completed".to_owned();
    };
    assert_eq!(kinds(jump), [Kind::IllegalTransition]);
}

#[test]
fn an_undo_returns_to_the_previous_status_only() {
    let undo = |to: &'static str| {
        move |_: &mut History, state: &mut FinalState| {
            state.events.push(event(3, 3, "undo", Some("in_preparation"), to, "staff"));
            state.counters[0].last_seq = 3;
            state.orders[0].version = 3;
            state.orders[0].status = to.to_owned();
        }
    };
    assert_eq!(kinds(undo("placed")), []);
    assert_eq!(kinds(undo("ready")), [Kind::IllegalTransition]);
}

#[test]
fn transitions_are_checked_both_ways() {
    assert_eq!(
        kinds(|_, state| state.events[1].verb = "finish".to_owned()),
        [Kind::IllegalTransition, Kind::LostTransition]
    );
    assert_eq!(kinds(|history, _| history.records[3].result = rejected()), [Kind::RejectedTransition]);
    assert_eq!(kinds(|_, state| state.keys.push(state.keys[1].clone())), [Kind::Doubled]);
}

#[test]
fn inconsistent_nodes_are_detected() {
    assert_eq!(kinds(|_, state| state.leaders[0].prepared = 1), [Kind::Prepared]);
    assert_eq!(kinds(|_, state| state.leaders[0].standbys.clear()), [Kind::Standbys]);
    assert_eq!(kinds(|_, state| state.leaders[0].host = "100.64.0.9".to_owned()), [Kind::Roles]);
    assert_eq!(kinds(|_, state| state.leaders[0].members.clear()), [Kind::Roles]);
    assert_eq!(kinds(|_, state| state.leaders[0].members[1].state = "stopped".to_owned()), [Kind::Roles]);
    assert_eq!(kinds(|_, state| state.outbox = (2, 2)), [Kind::Outbox]);
    assert_eq!(kinds(|_, state| state.outbox = (5, 2)), []);
}

#[test]
fn histories_are_read_as_written_and_may_be_cut_off() {
    let (history, _) = good();
    let folder = std::env::temp_dir().join(format!("toast-chaos-{}", Uuid::new_v4()));
    let mut recorder = Recorder::create(&folder).unwrap();
    for run in &history.runs {
        recorder.write(&Entry::Run(run.clone())).unwrap();
    }
    for menu in &history.menus {
        recorder.write(&Entry::Menu(Box::new(menu.clone()))).unwrap();
    }
    for record in &history.records {
        recorder.write(&Entry::Request(Box::new(record.clone()))).unwrap();
    }
    recorder.flush().unwrap();
    assert_eq!(History::read(&folder).unwrap(), history);
    let whole = std::fs::read(&folder).unwrap();
    std::fs::write(&folder, &whole[..whole.len() - 9]).unwrap();
    assert_eq!(History::read(&folder).unwrap().records.len(), history.records.len() - 1);
    std::fs::write(&folder, [b"{\n", whole.as_slice()].concat()).unwrap();
    assert!(History::read(&folder).is_err(), "an unreadable line in the middle is an error");
    std::fs::remove_file(&folder).unwrap();
}

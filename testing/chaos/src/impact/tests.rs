//! Figures of a small history.

use super::*;
use crate::history::Acknowledgement;

/// A request from one second to another.
pub(crate) fn record(kind: RequestKind, operation: u64, slug: &str, from: i64, to: i64, result: Outcome) -> Record {
    Record {
        kind,
        operation,
        attempt: 1,
        restaurant: slug.to_owned(),
        key: kind.places().then(|| operation.to_string()),
        basket: None,
        transition: None,
        scheduled: Timestamp(from * 1_000_000),
        started: Timestamp(from * 1_000_000),
        ended: Timestamp(to * 1_000_000),
        address: None,
        skipped_addresses: 0,
        region: None,
        retry_after: None,
        result,
    }
}

pub(crate) fn ok() -> Outcome {
    Outcome::Ok(Acknowledgement { status: 200, ..Acknowledgement::default() })
}

pub(crate) fn rejected() -> Outcome {
    Outcome::Unknown { status: Some(503), why: "unavailable".to_owned() }
}

#[test]
fn affected_and_other_restaurants_are_told_apart() {
    let mut with_retry_after = record(RequestKind::Order, 3, "own", 12, 13, rejected());
    with_retry_after.retry_after = Some(2);
    let history = History {
        records: vec![
            record(RequestKind::Order, 1, "own", 1, 2, ok()),
            record(RequestKind::Page, 2, "other", 1, 3, ok()),
            with_retry_after,
            record(RequestKind::Home, 4, "", 13, 14, ok()),
            record(RequestKind::Page, 5, "other", 13, 17, ok()),
            record(RequestKind::Page, 6, "other", 14, 18, Outcome::Failed { status: None, why: "timeout".to_owned() }),
            record(RequestKind::Order, 7, "own", 20, 25, ok()),
        ],
        ..History::default()
    };
    let groups = BTreeMap::from([("own".to_owned(), 1), ("other".to_owned(), 2)]);
    let (injected, healed) = (Timestamp(10_000_000), Timestamp(30_000_000));
    let blast_radius = BlastRadius::Group(1);
    let impact =
        Impact { history: &history, groups: &groups, blast_radius, injected, healed, observations: BTreeMap::new() };
    assert_eq!(impact.requests(), (5, 2));
    assert_eq!(impact.own(), (2, 1));
    assert_eq!(impact.others(), (2, 1));
    assert_eq!(impact.rejected(), (1, 1, 1.0));
    assert_eq!(impact.abandoned(), 1);
    assert!((impact.write_gap() - 15.0).abs() < 1e-9, "{}", impact.write_gap());
    assert!((impact.last_error() - 3.0).abs() < 1e-9);
    assert_eq!(impact.p99_of_others(), (2.0, 4.0));
    assert_eq!(impact.without_response(), 0);
}

#[test]
fn without_the_coordinator_only_requests_about_all_restaurants_are_affected() {
    let history = History {
        records: vec![
            record(RequestKind::Home, 1, "", 11, 12, rejected()),
            record(RequestKind::Order, 2, "one", 11, 12, ok()),
            record(RequestKind::SignIn, 3, "other", 12, 13, rejected()),
            record(RequestKind::Order, 4, "other", 13, 14, ok()),
        ],
        ..History::default()
    };
    let groups = BTreeMap::from([("one".to_owned(), 1), ("other".to_owned(), 2)]);
    let (injected, healed) = (Timestamp(10_000_000), Timestamp(30_000_000));
    let blast_radius = BlastRadius::Coordinator;
    let impact =
        Impact { history: &history, groups: &groups, blast_radius, injected, healed, observations: BTreeMap::new() };
    assert_eq!((impact.own(), impact.others()), ((1, 1), (3, 1)));
    assert_eq!(impact.others_by_kind(), [(RequestKind::Order, (2, 0)), (RequestKind::SignIn, (1, 1))].into());
    assert!((impact.write_gap() - 2.0).abs() < 1e-9, "{}", impact.write_gap());
}

#[test]
fn later_requests_of_an_operation_count_from_when_they_are_sent() {
    let at = |due: i64, started: i64, ended| Record {
        scheduled: Timestamp(due * 1_000_000),
        started: Timestamp(started * 1_000_000),
        ..record(RequestKind::Cart, 1, "other", 0, ended, ok())
    };
    // The first request is sent three seconds late.
    let history = History { records: vec![at(12, 15, 16), at(12, 16, 17)], ..History::default() };
    let groups = BTreeMap::from([("other".to_owned(), 2)]);
    let (injected, healed) = (Timestamp(10_000_000), Timestamp(30_000_000));
    let blast_radius = BlastRadius::All;
    let impact =
        Impact { history: &history, groups: &groups, blast_radius, injected, healed, observations: BTreeMap::new() };
    assert!((impact.p99() - 4.0).abs() < 1e-9);
    let second =
        Impact { history: &History { records: vec![at(12, 12, 13), at(12, 13, 15)], ..History::default() }, ..impact };
    assert!((second.p99() - 2.0).abs() < 1e-9);
}

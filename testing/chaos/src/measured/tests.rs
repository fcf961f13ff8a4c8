//! Figures from a history that was made by hand.

use super::*;
use crate::history::Done;

fn record(op: Op, wish: u64, slug: &str, from: i64, to: i64, result: Outcome) -> Record {
    Record {
        op,
        wish,
        attempt: 1,
        restaurant: slug.to_owned(),
        key: op.places().then(|| wish.to_string()),
        basket: None,
        decision: None,
        scheduled: Moment(from * 1_000_000),
        begun: Moment(from * 1_000_000),
        ended: Moment(to * 1_000_000),
        address: None,
        passed_over: 0,
        node: None,
        retry_after: None,
        result,
    }
}

fn ok() -> Outcome {
    Outcome::Ok(Done { status: 200, ..Done::default() })
}

fn away() -> Outcome {
    Outcome::Unknown { status: Some(503), why: "unavailable".to_owned() }
}

#[test]
fn own_and_others_are_told_apart() {
    let mut told = record(Op::Order, 3, "own", 12, 13, away());
    told.retry_after = Some(2);
    let history = History {
        records: vec![
            record(Op::Order, 1, "own", 1, 2, ok()),
            record(Op::Page, 2, "other", 1, 3, ok()),
            told,
            record(Op::Home, 4, "", 13, 14, ok()),
            record(Op::Page, 5, "other", 13, 17, ok()),
            record(Op::Page, 6, "other", 14, 18, Outcome::Failed { status: None, why: "timeout".to_owned() }),
            record(Op::Order, 7, "own", 20, 25, ok()),
        ],
        ..History::default()
    };
    let groups = BTreeMap::from([("own".to_owned(), 1), ("other".to_owned(), 2)]);
    let (begun, healed) = (Moment(10_000_000), Moment(30_000_000));
    let hit = Hit::Group(1);
    let measured = Measured { history: &history, groups: &groups, hit, begun, healed, watched: BTreeMap::new() };
    assert_eq!(measured.requests(), (5, 2));
    assert_eq!(measured.own(), (2, 1));
    assert_eq!(measured.others(), (2, 1));
    assert_eq!(measured.turned_away(), (1, 1, 1.0));
    assert_eq!(measured.given_up(), 1);
    assert!((measured.write_gap() - 15.0).abs() < 1e-9, "{}", measured.write_gap());
    assert!((measured.last_error(true) - 3.0).abs() < 1e-9);
    assert!((measured.last_error(false) - 8.0).abs() < 1e-9);
    assert_eq!(measured.p99_of_others(), (2.0, 4.0));
    assert_eq!(measured.unanswered(), 0);
}

#[test]
fn what_follows_within_a_wish_is_due_when_it_is_sent() {
    let at = |due: i64, begun: i64, ended| Record {
        scheduled: Moment(due * 1_000_000),
        begun: Moment(begun * 1_000_000),
        ..record(Op::Cart, 1, "other", 0, ended, ok())
    };
    // Sent three seconds late, and then a second request behind the first.
    let history = History { records: vec![at(12, 15, 16), at(12, 16, 17)], ..History::default() };
    let groups = BTreeMap::from([("other".to_owned(), 2)]);
    let (begun, healed) = (Moment(10_000_000), Moment(30_000_000));
    let hit = Hit::Everybody;
    let measured = Measured { history: &history, groups: &groups, hit, begun, healed, watched: BTreeMap::new() };
    assert!((measured.p99() - 4.0).abs() < 1e-9);
    let second = Measured {
        history: &History { records: vec![at(12, 12, 13), at(12, 13, 15)], ..History::default() },
        ..measured
    };
    assert!((second.p99() - 2.0).abs() < 1e-9);
}

//! A correct history and final state: one order placed at the second attempt and accepted by staff.

use crate::{
    final_state::{CounterRow, EventRow, FinalState, KeyRow, Leader, LinesRow, OrderRow},
    history::{Acknowledgement, History, Outcome, Record, RequestKind, Run, SeenMenu, Transition},
    samples,
};
use support::{Timestamp, patroni::Member};

pub(super) const ORDER: u128 = 500;
const TOTAL: i64 = 2 * (900 + 150 + 200) + 50 + 250;

fn record(kind: RequestKind, operation: u64, attempt: u32, key: &str, result: Outcome) -> Record {
    Record {
        kind,
        operation,
        attempt,
        restaurant: "corner".to_owned(),
        key: Some(key.to_owned()),
        basket: kind.places().then(|| samples::basket("pickup")),
        transition: None,
        scheduled: Timestamp(0),
        started: Timestamp(0),
        ended: Timestamp(1),
        address: None,
        skipped_addresses: 0,
        region: None,
        retry_after: None,
        result,
    }
}

pub(super) fn unknown() -> Outcome {
    Outcome::Unknown { status: None, why: "timeout".to_owned() }
}

pub(super) fn rejected() -> Outcome {
    Outcome::Rejected { status: 409, code: "total_changed".to_owned() }
}

fn ok() -> Outcome {
    Outcome::Ok(Acknowledgement {
        status: 201,
        order: Some(samples::id(ORDER)),
        total: Some(TOTAL),
        ..Acknowledgement::default()
    })
}

pub(super) fn event(seq: i64, version: i64, verb: &str, from: Option<&str>, to: &str, actor: &str) -> EventRow {
    EventRow {
        restaurant_id: samples::id(1),
        seq,
        order_id: samples::id(ORDER),
        version,
        verb: verb.to_owned(),
        from_status: from.map(str::to_owned),
        to_status: to.to_owned(),
        actor: actor.to_owned(),
    }
}

pub(super) fn good() -> (History, FinalState) {
    let mut moved = record(
        RequestKind::Transition,
        2,
        1,
        "m1",
        Outcome::Ok(Acknowledgement { version: Some(2), ..Acknowledgement::default() }),
    );
    moved.transition = Some(Transition { order: samples::id(ORDER), verb: "accept".to_owned(), version: 1 });
    let history = History {
        runs: vec![Run { marker: "abcd".to_owned(), seed: 1, started: Timestamp(0), seconds: 1 }],
        menus: vec![SeenMenu { slug: "corner".to_owned(), menu: samples::menu() }],
        records: vec![
            record(RequestKind::Order, 1, 1, "k1", unknown()),
            record(RequestKind::Order, 1, 2, "k1", ok()),
            record(RequestKind::Order, 3, 1, "k3", rejected()),
            moved,
        ],
    };
    let key = |scope: &str, key: &str| KeyRow {
        restaurant_id: samples::id(1),
        scope: scope.to_owned(),
        key: key.to_owned(),
        order_id: samples::id(ORDER),
    };
    let state = FinalState {
        terms: vec![samples::terms()],
        orders: vec![OrderRow {
            restaurant_id: samples::id(1),
            order_id: samples::id(ORDER),
            number: 1,
            version: 2,
            status: "in_preparation".to_owned(),
            subtotal_minor: 2_500,
            total_minor: TOTAL,
            menu_version: 7,
            note: "chaos abcd 1".to_owned(),
        }],
        lines: vec![LinesRow { restaurant_id: samples::id(1), order_id: samples::id(ORDER), total_minor: 2_500 }],
        keys: vec![key("place", "k1"), key("move", "m1")],
        events: vec![
            event(1, 1, "place", None, "placed", "guest"),
            event(2, 2, "accept", Some("placed"), "in_preparation", "staff"),
        ],
        counters: vec![CounterRow { restaurant_id: samples::id(1), last_number: 1, last_seq: 2 }],
        leaders: vec![leader()],
        shards: 9,
        outbox: (3, 0),
    };
    (history, state)
}

fn leader() -> Leader {
    let member = |name: &str, role: &str, state: &str, host: &str| Member {
        name: name.to_owned(),
        role: role.to_owned(),
        state: state.to_owned(),
        host: host.to_owned(),
    };
    Leader {
        group: 0,
        host: "100.64.0.1".to_owned(),
        port: 5432,
        prepared: 0,
        standbys: vec![("b".to_owned(), "streaming".to_owned())],
        members: vec![
            member("a", "leader", "running", "100.64.0.1"),
            member("b", "quorum_standby", "streaming", "100.64.0.2"),
        ],
    }
}

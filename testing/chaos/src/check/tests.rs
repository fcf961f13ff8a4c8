//! Every promise broken once: the checker must notice each, and nothing when all is well.

use super::*;
use crate::{
    census::{CounterRow, EventRow, KeyRow, Leader, LinesRow, Member, OrderRow},
    history::{Decision, Done, Op, Record, Run, SeenMenu},
    moment::Moment,
    samples,
};
use uuid::Uuid;

const ORDER: u128 = 500;
const TOTAL: i64 = 2 * (900 + 150 + 200) + 50 + 250;

fn record(op: Op, wish: u64, attempt: u32, key: &str, result: Outcome) -> Record {
    Record {
        op,
        wish,
        attempt,
        restaurant: "corner".to_owned(),
        key: Some(key.to_owned()),
        basket: op.places().then(|| samples::basket("pickup")),
        decision: None,
        scheduled: Moment(0),
        begun: Moment(0),
        ended: Moment(1),
        address: None,
        passed_over: 0,
        node: None,
        retry_after: None,
        result,
    }
}

use crate::history::Outcome;

fn unknown() -> Outcome {
    Outcome::Unknown { status: None, why: "timeout".to_owned() }
}

fn refused() -> Outcome {
    Outcome::Refused { status: 409, code: "total_changed".to_owned() }
}

fn ok() -> Outcome {
    Outcome::Ok(Done { status: 201, order: Some(samples::id(ORDER)), total: Some(TOTAL), ..Done::default() })
}

fn event(seq: i64, version: i64, verb: &str, from: Option<&str>, to: &str, actor: &str) -> EventRow {
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

/// One order, placed at the second try, accepted by staff.
fn good() -> (History, Census) {
    let mut moved = record(Op::Move, 2, 1, "m1", Outcome::Ok(Done { version: Some(2), ..Done::default() }));
    moved.decision = Some(Decision { order: samples::id(ORDER), verb: "accept".to_owned(), version: 1 });
    let history = History {
        runs: vec![Run { mark: "abcd".to_owned(), seed: 1, begun: Moment(0), seconds: 1 }],
        menus: vec![SeenMenu { slug: "corner".to_owned(), menu: samples::menu() }],
        records: vec![
            record(Op::Order, 1, 1, "k1", unknown()),
            record(Op::Order, 1, 2, "k1", ok()),
            record(Op::Order, 3, 1, "k3", refused()),
            moved,
        ],
    };
    let key = |scope: &str, key: &str| KeyRow {
        restaurant_id: samples::id(1),
        scope: scope.to_owned(),
        key: key.to_owned(),
        order_id: samples::id(ORDER),
    };
    let census = Census {
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
    (history, census)
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

const EXPECTED: Expected = Expected { patroni: true, standbys: 1 };

/// What the checker says after something was broken.
fn kinds(break_it: impl FnOnce(&mut History, &mut Census)) -> Vec<Kind> {
    let (mut history, mut census) = good();
    break_it(&mut history, &mut census);
    let mut kinds: Vec<_> =
        check(&history, &census, EXPECTED).violations.into_iter().map(|violation| violation.kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    kinds
}

#[test]
fn nothing_is_wrong_when_all_is_well() {
    let (history, census) = good();
    let verdict = check(&history, &census, EXPECTED);
    assert_eq!(verdict.violations, []);
    let counts = verdict.counts;
    assert_eq!((counts.wishes, counts.acknowledged, counts.retried, counts.refused), (2, 1, 1, 1));
    assert_eq!((counts.moves, counts.events, counts.unknown), (1, 2, 0));
}

#[test]
fn an_unknown_order_may_be_there_or_not() {
    let (mut history, census) = good();
    history.records[1].result = unknown();
    let verdict = check(&history, &census, EXPECTED);
    assert!(verdict.is_green(), "{:?}", verdict.violations);
    assert_eq!((verdict.counts.unknown, verdict.counts.unknown_placed), (1, 1));
    history.records[2].result = unknown();
    let verdict = check(&history, &census, EXPECTED);
    assert!(verdict.is_green());
    assert_eq!((verdict.counts.unknown, verdict.counts.unknown_placed), (2, 1));
}

#[test]
fn a_lost_order_is_noticed() {
    let all = kinds(|_, census| {
        census.orders.clear();
        census.lines.clear();
        census.keys.clear();
        census.events.clear();
        census.counters.clear();
    });
    assert!(all.contains(&Kind::Lost) && all.contains(&Kind::LostMove), "{all:?}");
}

#[test]
fn a_second_order_of_one_key_is_noticed() {
    let all = kinds(|_, census| {
        let mut twin = census.orders[0].clone();
        twin.order_id = samples::id(501);
        twin.number = 2;
        twin.version = 1;
        twin.status = "placed".to_owned();
        census.keys.push(KeyRow { order_id: twin.order_id, ..census.keys[0].clone() });
        census.lines.push(LinesRow { order_id: twin.order_id, ..census.lines[0].clone() });
        let mut placed = event(3, 1, "place", None, "placed", "guest");
        placed.order_id = twin.order_id;
        census.events.push(placed);
        census.orders.push(twin);
        census.counters[0] = CounterRow { restaurant_id: samples::id(1), last_number: 2, last_seq: 3 };
    });
    assert_eq!(all, [Kind::Doubled]);
}

#[test]
fn a_retry_with_another_key_is_noticed_by_its_mark() {
    let all = kinds(|history, census| {
        history.records[1].key = Some("k2".to_owned());
        census.keys[0].key = "k2".to_owned();
        let twin = OrderRow { order_id: samples::id(501), number: 2, ..census.orders[0].clone() };
        census.orders.push(twin);
    });
    assert!(all.contains(&Kind::Doubled), "{all:?}");
}

#[test]
fn a_row_in_two_shards_is_noticed() {
    let all = kinds(|_, census| census.orders.push(census.orders[0].clone()));
    assert!(all.contains(&Kind::Doubled), "{all:?}");
}

#[test]
fn two_keys_of_one_order_are_noticed() {
    let all = kinds(|_, census| census.keys.push(KeyRow { key: "k9".to_owned(), ..census.keys[0].clone() }));
    assert_eq!(all, [Kind::Shared]);
}

#[test]
fn wrong_totals_are_noticed() {
    assert_eq!(kinds(|_, census| census.orders[0].total_minor += 1), [Kind::WrongTotal]);
    assert_eq!(kinds(|_, census| census.lines[0].total_minor -= 1), [Kind::WrongTotal]);
    assert_eq!(kinds(|history, _| history.menus.clear()), [Kind::WrongTotal]);
    assert_eq!(kinds(|_, census| census.orders[0].menu_version = 8), [], "a version between two that agree");
    let dearer = |history: &mut History, census: &mut Census| {
        census.orders[0].menu_version = 8;
        let mut after = history.menus[0].clone();
        after.menu.version = 9;
        after.menu.sections[0].items[0].variants[0].price.minor += 1;
        history.menus.push(after);
    };
    assert_eq!(kinds(dearer), [Kind::WrongTotal]);
    let told = Outcome::Ok(Done { status: 201, order: Some(samples::id(ORDER)), total: Some(1), ..Done::default() });
    assert_eq!(kinds(|history, _| history.records[1].result = told), [Kind::WrongTotal]);
}

#[test]
fn another_order_than_the_acknowledged_one_is_noticed() {
    let all = kinds(|_, census| census.keys[0].order_id = samples::id(777));
    assert_eq!(all, [Kind::WrongOrder]);
    let all = kinds(|_, census| census.orders[0].note = "chaos ffff 1".to_owned());
    assert_eq!(all, [Kind::WrongOrder]);
}

#[test]
fn an_order_from_a_refusal_is_noticed() {
    assert_eq!(kinds(|_, census| census.orders[0].note = "chaos abcd 3".to_owned()), [Kind::WrongOrder, Kind::Unasked]);
    assert_eq!(kinds(|_, census| census.orders[0].note = "chaos abcd 9".to_owned()), [Kind::WrongOrder, Kind::Unasked]);
}

#[test]
fn gaps_are_noticed() {
    assert!(kinds(|_, census| drop(census.events.remove(0))).contains(&Kind::Events));
    assert_eq!(kinds(|_, census| census.counters[0].last_seq = 3), [Kind::Events]);
    assert_eq!(kinds(|_, census| census.counters[0].last_number = 2), [Kind::Events]);
    assert_eq!(kinds(|_, census| census.events[1].seq = 1), [Kind::Events]);
    assert_eq!(kinds(|_, census| census.orders[0].status = "ready".to_owned()), [Kind::Events]);
}

#[test]
fn illegal_moves_are_noticed() {
    assert_eq!(kinds(|_, census| census.events[1].actor = "guest".to_owned()), [Kind::Transition]);
    assert_eq!(kinds(|_, census| census.events[1].from_status = Some("ready".to_owned())), [Kind::Transition]);
    let jump = |_: &mut History, census: &mut Census| {
        census.events[1].to_status = "completed".to_owned();
        census.orders[0].status = "completed".to_owned();
    };
    assert_eq!(kinds(jump), [Kind::Transition]);
}

#[test]
fn an_undo_leads_back_and_nowhere_else() {
    let undo = |to: &'static str| {
        move |_: &mut History, census: &mut Census| {
            census.events.push(event(3, 3, "undo", Some("in_preparation"), to, "staff"));
            census.counters[0].last_seq = 3;
            census.orders[0].version = 3;
            census.orders[0].status = to.to_owned();
        }
    };
    assert_eq!(kinds(undo("placed")), []);
    assert_eq!(kinds(undo("ready")), [Kind::Transition]);
}

#[test]
fn moves_are_checked_both_ways() {
    assert_eq!(kinds(|_, census| census.events[1].verb = "finish".to_owned()), [Kind::Transition, Kind::LostMove]);
    assert_eq!(kinds(|history, _| history.records[3].result = refused()), [Kind::RefusedMove]);
    assert_eq!(kinds(|_, census| census.keys.push(census.keys[1].clone())), [Kind::Doubled]);
}

#[test]
fn nodes_that_disagree_are_noticed() {
    assert_eq!(kinds(|_, census| census.leaders[0].prepared = 1), [Kind::Prepared]);
    assert_eq!(kinds(|_, census| census.leaders[0].standbys.clear()), [Kind::Standbys]);
    assert_eq!(kinds(|_, census| census.leaders[0].host = "100.64.0.9".to_owned()), [Kind::Roles]);
    assert_eq!(kinds(|_, census| census.leaders[0].members.clear()), [Kind::Roles]);
    assert_eq!(kinds(|_, census| census.leaders[0].members[1].state = "stopped".to_owned()), [Kind::Roles]);
    assert_eq!(kinds(|_, census| census.outbox = (2, 2)), [Kind::Outbox]);
    assert_eq!(kinds(|_, census| census.outbox = (5, 2)), []);
}

#[test]
fn histories_survive_being_written_and_cut_off() {
    let (history, _) = good();
    let folder = std::env::temp_dir().join(format!("toast-chaos-{}", Uuid::new_v4()));
    let mut recorder = crate::history::Recorder::create(&folder).unwrap();
    for run in &history.runs {
        recorder.write(&crate::history::Entry::Run(run.clone())).unwrap();
    }
    for menu in &history.menus {
        recorder.write(&crate::history::Entry::Menu(Box::new(menu.clone()))).unwrap();
    }
    for record in &history.records {
        recorder.write(&crate::history::Entry::Op(Box::new(record.clone()))).unwrap();
    }
    recorder.flush().unwrap();
    assert_eq!(History::read(&folder).unwrap(), history);
    let whole = std::fs::read(&folder).unwrap();
    std::fs::write(&folder, &whole[..whole.len() - 9]).unwrap();
    assert_eq!(History::read(&folder).unwrap().records.len(), history.records.len() - 1);
    std::fs::write(&folder, [b"{\n", whole.as_slice()].concat()).unwrap();
    assert!(History::read(&folder).is_err(), "what is broken in the middle is not overlooked");
    std::fs::remove_file(&folder).unwrap();
}

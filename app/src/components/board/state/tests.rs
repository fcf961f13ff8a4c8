//! Tests of updates that arrive late, twice, with gaps, and together with whole boards.

use super::*;
use crate::domain::{
    locale::Locale,
    money::{Currency, Money},
    order::PaymentStatus,
    terms::ServiceMode,
    time::{LocalTime, Timestamp},
};
use proptest::prelude::*;
use uuid::Uuid;

fn time(minute: i64) -> LocalTime {
    LocalTime { at: Timestamp::from_millis(minute * 60_000), text: format!("12:{minute:02}") }
}

fn ticket(number: i64, version: i64, status: OrderStatus) -> Ticket {
    Ticket {
        id: OrderId::from_uuid(Uuid::from_u128(u128::from(number.unsigned_abs()))),
        number,
        version,
        status,
        payment: PaymentStatus::Due,
        mode: ServiceMode::Pickup,
        placed: time(number),
        moved_at: time(number + version).at,
        due: time(number + 20),
        scheduled: false,
        guest: "Ada".to_owned(),
        contact: String::new(),
        place: String::new(),
        location: None,
        note: String::new(),
        lines: Vec::new(),
        total: Money::new(0, Currency::Eur),
        reason: None,
        undo_until: None,
        acknowledged: false,
        unreadable: None,
    }
}

fn board(seq: i64, tickets: Vec<Ticket>) -> Board {
    Board {
        slug: "s".to_owned(),
        name: "S".to_owned(),
        locale: Locale::default(),
        seq,
        as_of: time(0),
        tickets,
        paused: None,
        lead_minutes: 20,
    }
}

fn news(seq: i64, ticket: Ticket) -> BoardUpdate {
    BoardUpdate { seq, ticket, as_of: time(0) }
}

#[test]
fn the_same_news_twice_is_one() {
    let mut state = BoardState::new(&board(4, vec![]));
    let update = news(5, ticket(1, 1, OrderStatus::Placed));
    assert_eq!(state.apply(update.clone()), Applied::Changed);
    assert_eq!(state.apply(update), Applied::Known);
    assert_eq!((state.seq, state.count(Column::New)), (5, 1));
}

#[test]
fn old_news_never_turns_a_ticket_back() {
    let mut state = BoardState::new(&board(9, vec![ticket(1, 3, OrderStatus::Ready)]));
    assert_eq!(state.apply(news(8, ticket(1, 2, OrderStatus::InPreparation))), Applied::Known);
    assert_eq!(state.count(Column::Ready), 1);
}

#[test]
fn a_gap_is_noticed_and_stays_open_until_the_board_is_read() {
    let mut state = BoardState::new(&board(1, vec![]));
    assert_eq!(state.apply(news(3, ticket(2, 1, OrderStatus::Placed))), Applied::Gap);
    assert_eq!((state.seq, state.count(Column::New)), (1, 1));
    state.replace(&board(3, vec![ticket(1, 1, OrderStatus::Placed), ticket(2, 1, OrderStatus::Placed)]));
    assert_eq!((state.seq, state.count(Column::New)), (3, 2));
}

#[test]
fn a_board_read_earlier_does_not_undo_later_news() {
    let mut state = BoardState::new(&board(1, vec![ticket(1, 1, OrderStatus::Placed)]));
    state.apply(news(2, ticket(1, 2, OrderStatus::InPreparation)));
    state.apply(news(3, ticket(2, 1, OrderStatus::Placed)));
    state.replace(&board(1, vec![ticket(1, 1, OrderStatus::Placed)]));
    assert_eq!((state.seq, state.count(Column::New), state.count(Column::Preparing)), (3, 1, 1));
}

#[test]
fn a_board_read_later_takes_away_what_left_it() {
    let mut state = BoardState::new(&board(1, vec![ticket(1, 1, OrderStatus::Completed)]));
    state.replace(&board(5, vec![]));
    assert_eq!(state.count(Column::Done), 0);
}

#[test]
fn the_answer_to_a_move_and_its_event_are_one() {
    let mut state = BoardState::new(&board(1, vec![ticket(1, 1, OrderStatus::Placed)]));
    assert!(state.put(ticket(1, 2, OrderStatus::InPreparation)));
    assert_eq!(state.apply(news(2, ticket(1, 2, OrderStatus::InPreparation))), Applied::Changed);
    assert_eq!(state.count(Column::Preparing), 1);
}

#[test]
fn tickets_hang_in_the_order_in_which_they_matter() {
    let mut early = ticket(7, 1, OrderStatus::InPreparation);
    early.due = time(1);
    let tickets = vec![
        ticket(2, 1, OrderStatus::Placed),
        ticket(1, 1, OrderStatus::Placed),
        early,
        ticket(3, 1, OrderStatus::InPreparation),
    ];
    let state = BoardState::new(&board(1, tickets));
    let numbers = |column| state.column(column).iter().map(|ticket| ticket.number).collect::<Vec<_>>();
    assert_eq!(numbers(Column::New), [1, 2]);
    assert_eq!(numbers(Column::Preparing), [7, 3]);
}

#[test]
fn a_screen_that_stays_open_keeps_the_latest_that_is_done_and_all_that_is_open() {
    let most = i64::from(MOST_DONE);
    let mut state = BoardState::new(&board(0, vec![ticket(1, 1, OrderStatus::Placed)]));
    for number in 2..=most + 4 {
        state.apply(news(number - 1, ticket(number, 1, OrderStatus::Completed)));
    }
    assert_eq!((state.count(Column::New), state.count(Column::Done)), (1, MOST_DONE.into()));
    let numbers: Vec<_> = state.column(Column::Done).iter().map(|ticket| ticket.number).collect();
    assert_eq!(numbers, (5..=most + 4).rev().collect::<Vec<_>>());
    state.apply(news(most + 4, ticket(1, 200, OrderStatus::Rejected)));
    assert_eq!(state.column(Column::Done).first().map(|ticket| ticket.number), Some(1));
}

#[test]
fn acknowledged_orders_do_not_ring() {
    let mut acknowledged = ticket(1, 1, OrderStatus::Placed);
    acknowledged.acknowledged = true;
    let state = BoardState::new(&board(
        1,
        vec![acknowledged, ticket(2, 1, OrderStatus::Placed), ticket(3, 1, OrderStatus::Ready)],
    ));
    assert_eq!(state.unacknowledged(), [ticket(2, 1, OrderStatus::Placed).id]);
}

proptest! {
    #[test]
    fn any_delivery_ends_at_the_same_board(
        order in proptest::collection::vec(0usize..12, 0..60),
        holes in proptest::collection::vec(proptest::bool::ANY, 12),
    ) {
        let log: Vec<_> = (1..=12i64).map(|seq| news(seq, ticket(seq % 3 + 1, seq, OrderStatus::Placed))).collect();
        let mut state = BoardState::new(&board(0, vec![]));
        for position in order {
            if !holes[position] {
                state.apply(log[position].clone());
            }
        }
        let last = (1..=3).map(|number| {
            let latest = log.iter().rev().find(|update| update.ticket.number == number).unwrap();
            latest.ticket.clone()
        }).collect();
        state.replace(&board(12, last));
        prop_assert_eq!(state.seq, 12);
        let mut versions: Vec<_> = state.column(Column::New).iter().map(|ticket| ticket.version).collect();
        versions.sort_unstable();
        prop_assert_eq!(versions, vec![10, 11, 12]);
    }
}

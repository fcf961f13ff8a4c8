//! Live updates: who is notified, within one process and across, and the reads that follow.

use crate::{
    app::{FRIDAY_EVENING, TestApp},
    guest::{answer, change, number, page, pickup, place, place_for, staff, step},
};
use ::app::domain::{id::VisitorId, order::Verb};
use server::{
    context::AppContext,
    kitchen,
    live::{Hint, Hub, WakeReason, listener, notifier},
    orders, outbox,
};
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

scenarios! {
    every_event_is_told_in_sequence,
    an_order_wakes_the_board,
    other_processes_are_woken,
    lost_connections_end_in_a_resync,
    undelivered_messages_are_delivered_by_the_scan,
    messages_of_a_fast_clock_are_delivered_at_once,
    unreadable_messages_do_not_block_others,
    orders_of_visitors_are_delivered_in_turn,
}

const SOON: Duration = Duration::from_secs(5);

pub async fn every_event_is_told_in_sequence(app: &TestApp) {
    let staff = staff(app);
    let updates = |seq| kitchen::updates_after(&app.context, &staff, &app.slug, seq);
    assert!(answer(updates(0).await).unwrap().is_empty());
    let first = place(app, &pickup(app)).await.unwrap();
    let second = place(app, &pickup(app)).await.unwrap();
    step(app, &first, Verb::Accept).await.unwrap();
    step(app, &second, Verb::Accept).await.unwrap();
    step(app, &first, Verb::Finish).await.unwrap();
    let all = answer(updates(0).await).unwrap();
    assert_eq!(all.iter().map(|update| update.seq).collect::<Vec<_>>(), [1, 2, 3, 4, 5]);
    // Each update contains the current ticket, so that late reads are correct.
    assert_eq!(all.iter().map(|update| update.ticket.version).collect::<Vec<_>>(), [3, 2, 3, 2, 3]);
    assert_eq!(answer(updates(4).await).unwrap().len(), 1);
    assert!(answer(updates(5).await).unwrap().is_empty());

    let news = |seq| orders::news_after(&app.context, &second.token, seq);
    assert_eq!(answer(news(2).await).unwrap().view.unwrap().seq, 4);
    assert_eq!(answer(news(4).await).unwrap().view, None);
    assert_eq!(page(app, &second.token).await.seq, 4);
}

pub async fn an_order_wakes_the_board(app: &TestApp) {
    let mut board = app.context.hub.subscribe(app.restaurant);
    let placed = place(app, &pickup(app)).await.unwrap();
    assert_eq!(board.wait(SOON).await, WakeReason::Orders);
    step(app, &placed, Verb::Accept).await.unwrap();
    assert_eq!(board.wait(SOON).await, WakeReason::Orders);
    assert_eq!(board.wait(Duration::from_millis(10)).await, WakeReason::Timeout);
}

/// Another process: the same database, another hub.
fn neighbour(app: &TestApp) -> AppContext {
    AppContext { hub: Hub::new(), ..app.second() }
}

pub async fn other_processes_are_woken(app: &TestApp) {
    let (there, stop) = (neighbour(app), CancellationToken::new());
    let mut board = there.hub.subscribe(app.restaurant);
    let tasks = [
        listener::start(there.clone(), stop.clone()),
        notifier::start(app.context.clone(), stop.clone()),
        listener::start(app.context.clone(), stop.clone()),
    ];
    // The listener is ready when the first hint arrives.
    while board.wait(Duration::from_millis(50)).await != WakeReason::Menu {
        app.context.hub.announce(app.restaurant, Hint::Menu);
    }
    while board.wait(Duration::from_millis(50)).await != WakeReason::Timeout {}
    place(app, &pickup(app)).await.unwrap();
    assert_eq!(board.wait(SOON).await, WakeReason::Orders);
    stop.cancel();
    for task in tasks {
        task.await.unwrap();
    }
}

pub async fn lost_connections_end_in_a_resync(app: &TestApp) {
    let (there, stop) = (neighbour(app), CancellationToken::new());
    let mut board = there.hub.subscribe(app.restaurant);
    let task = listener::start(there.clone(), stop.clone());
    let sender = notifier::start(app.context.clone(), stop.clone());
    while board.wait(Duration::from_millis(50)).await != WakeReason::Menu {
        app.context.hub.announce(app.restaurant, Hint::Menu);
    }
    while board.wait(Duration::from_millis(50)).await != WakeReason::Timeout {}
    change(
        app,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE datname = current_database() AND query ILIKE 'LISTEN%' AND $1::uuid IS NOT NULL",
    )
    .await;
    assert_eq!(board.wait(SOON).await, WakeReason::Resync);
    place(app, &pickup(app)).await.unwrap();
    assert_eq!(board.wait(SOON).await, WakeReason::Orders);
    stop.cancel();
    task.await.unwrap();
    sender.await.unwrap();
}

pub async fn undelivered_messages_are_delivered_by_the_scan(app: &TestApp) {
    let visitor = crate::app::visitor();
    place_for(app, visitor, &pickup(app)).await.unwrap();
    assert_eq!(orders_after_scan(app, visitor).await, 1);
}

/// Written by a server with a fast clock that is gone: others must not wait for that time.
pub async fn messages_of_a_fast_clock_are_delivered_at_once(app: &TestApp) {
    let visitor = crate::app::visitor();
    message_of_the_version_before(app, visitor, 1).await;
    // As a number: on Citus a statement may not compute with values that depend on the session's time zone.
    let ahead = FRIDAY_EVENING.plus_minutes(5).millis() / 1_000;
    change(app, &format!("UPDATE outbox SET run_at = to_timestamp({ahead}) WHERE restaurant_id = $1")).await;
    assert_eq!(orders_after_scan(app, visitor).await, 1);
}

/// Stores a message as servers of the version before do, with the number of its order.
async fn message_of_the_version_before(app: &TestApp, visitor: VisitorId, number: i64) {
    let (now, order) = (FRIDAY_EVENING.millis(), Uuid::new_v4());
    let message = format!(
        r#"INSERT INTO outbox VALUES ($1, '{}', 'order.placed', '{{"order": "{order}", "visitor": "{visitor}",
            "token": "{order}", "number": {number}, "restaurant_name": "Corner Kitchen", "placed_at": {now}}}', 0,
            to_timestamp({seconds}), to_timestamp({seconds}))"#,
        Uuid::new_v4(),
        seconds = now / 1_000,
    );
    change(app, &message).await;
}

/// Orders without a visitor and transitions are passed over, and nothing is delivered twice in turn.
pub async fn orders_of_visitors_are_delivered_in_turn(app: &TestApp) {
    let (ada, bob) = (crate::app::visitor(), crate::app::visitor());
    for visitor in [Some(ada), None, Some(bob), Some(ada)] {
        let placed = match visitor {
            Some(visitor) => place_for(app, visitor, &pickup(app)).await.unwrap(),
            None => place(app, &pickup(app)).await.unwrap(),
        };
        step(app, &placed, Verb::Accept).await.unwrap();
    }
    assert_eq!(number(app, "SELECT count(*) FROM outbox WHERE restaurant_id = $1").await, 0);
    outbox::deliver(&app.context, app.restaurant).await.unwrap();
    for (visitor, expected) in [(ada, &[1, 4][..]), (bob, &[3])] {
        let recent = answer(orders::recent(&app.context, visitor).await).unwrap();
        let mut numbers: Vec<_> = recent.iter().map(|order| order.number).collect();
        numbers.sort_unstable();
        assert_eq!(numbers, expected);
    }
    assert_eq!(outbox::deliver(&app.context, app.restaurant).await.unwrap(), 0);
    let position = "SELECT seq FROM outbox_positions WHERE restaurant_id = $1";
    assert_eq!(number(app, position).await, 8);
}

/// An unreadable message is rescheduled, and the others are delivered in the same pass.
pub async fn unreadable_messages_do_not_block_others(app: &TestApp) {
    let visitor = crate::app::visitor();
    for number in 1..=4 {
        message_of_the_version_before(app, visitor, number).await;
    }
    // The oldest one and another, so that one always comes after an unreadable message.
    change(
        app,
        "UPDATE outbox SET payload = '{\"order\": 1}' WHERE restaurant_id = $1 AND (payload ->> 'number')::int = 1",
    )
    .await;
    change(app, "UPDATE outbox SET topic = 'order.sung' WHERE restaurant_id = $1 AND (payload ->> 'number')::int = 3")
        .await;
    // On a shared database another test's scan may deliver some of them.
    let put_off = "SELECT count(*) FROM outbox WHERE restaurant_id = $1 AND attempts = 1";
    let mut numbers = Vec::new();
    for _ in 0..100 {
        outbox::deliver(&app.context, app.restaurant).await.unwrap();
        let recent = answer(orders::recent(&app.context, visitor).await).unwrap();
        numbers = recent.iter().map(|order| order.number).collect();
        if numbers.len() == 2 && number(app, put_off).await == 2 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(numbers.len(), 2, "{numbers:?}");
    assert!(numbers.contains(&2) && numbers.contains(&4), "{numbers:?}");
    assert_eq!(number(app, put_off).await, 2);
    assert_eq!(outbox::deliver(&app.context, app.restaurant).await.unwrap(), 0);
    app.at(FRIDAY_EVENING.plus_minutes(1));
    assert_eq!(outbox::deliver(&app.context, app.restaurant).await.unwrap(), 0);
    assert_eq!(number(app, "SELECT count(*) FROM outbox WHERE restaurant_id = $1 AND attempts = 2").await, 2);
}

/// A visitor's orders after a scan, when the process that placed them is gone with its queue.
async fn orders_after_scan(app: &TestApp, visitor: VisitorId) -> usize {
    let (there, stop) = (neighbour(app), CancellationToken::new());
    let task = outbox::start(there.clone(), stop.clone());
    let mut recent = Vec::new();
    for _ in 0..100 {
        recent = answer(orders::recent(&there, visitor).await).unwrap();
        if !recent.is_empty() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    stop.cancel();
    task.await.unwrap();
    recent.len()
}

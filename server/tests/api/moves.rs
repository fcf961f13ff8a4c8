//! Transitions of orders: by the table, once per key, from the displayed version, and undone in time.

use crate::{
    app::TestApp,
    guest::{answer, decide, decision, number, page, pickup, place, staff, step},
    orders::assert_gapless,
};
use ::app::{
    domain::{
        board::{Board, OrderMove},
        error::AppError,
        order::{Actor, Due, NewOrder, OrderStatus, PaymentStatus, PlacedOrder, Reason, Verb, moves_of},
        terms::ServiceMode,
    },
    services::Staff,
};
use futures::future::join_all;
use proptest::{
    strategy::{Strategy, ValueTree},
    test_runner::TestRunner,
};
use server::{kitchen, orders};
use uuid::Uuid;

scenarios! {
    an_order_goes_its_way,
    later_orders_wait_until_they_are_begun,
    stale_decisions_are_refused,
    decisions_are_carried_out_once,
    only_one_of_two_decisions_counts,
    reasons_are_asked_for,
    promises_can_be_moved,
    an_order_for_later_is_moved_on_from_its_time,
    staff_see_only_their_own,
    alarms_are_silenced,
    only_what_was_seen_is_silenced,
    a_board_has_all_that_is_open_and_the_latest_that_is_done,
    walks_stay_legal_and_gapless,
}

pub async fn an_order_goes_its_way(app: &TestApp) {
    let placed = place(app, &pickup(app)).await.unwrap();
    let ticket = step(app, &placed, Verb::Accept).await.unwrap();
    assert_eq!((ticket.status, ticket.version, ticket.payment), (OrderStatus::InPreparation, 2, PaymentStatus::Due));
    assert_eq!((ticket.due.text.as_str(), ticket.acknowledged, ticket.scheduled), ("18:15", true, false));
    assert_eq!(ticket.lines[1].details(), ["Garlic bread"]);
    assert_eq!(page(app, &placed.token).await.headline, "Being prepared, ready about 18:15");
    step(app, &placed, Verb::Finish).await.unwrap();
    assert_eq!(page(app, &placed.token).await.headline, "Ready, ask for number 1 at the counter");
    assert_eq!(step(app, &placed, Verb::SendOut).await.unwrap_err().code(), "not_allowed");
    app.at(app.context.clock.now().plus_minutes(20));
    let ticket = step(app, &placed, Verb::HandOver).await.unwrap();
    assert_eq!((ticket.status, ticket.payment), (OrderStatus::Completed, PaymentStatus::Collected));
    let view = page(app, &placed.token).await;
    assert_eq!(view.headline, "Picked up at 18:20");
    let states: Vec<_> = view.history.iter().map(|step| (step.status.code(), step.time.text.as_str())).collect();
    let expected = [("placed", "18:00"), ("in_preparation", "18:00"), ("ready", "18:00"), ("completed", "18:20")];
    assert_eq!(states, expected);
    assert_gapless(app).await;
}

pub async fn later_orders_wait_until_they_are_begun(app: &TestApp) {
    let slots = app.snapshot().await.slots(ServiceMode::Pickup, app.context.clock.now());
    let (soon, late) = (&slots[0], slots.last().unwrap());
    let order = NewOrder { due: Due::At(late.at), ..pickup(app) };
    let placed = place(app, &order).await.unwrap();
    let ticket = step(app, &placed, Verb::Accept).await.unwrap();
    assert_eq!(
        (ticket.status, ticket.due.text.as_str(), ticket.scheduled),
        (OrderStatus::Accepted, late.text.as_str(), true)
    );
    assert_eq!(page(app, &placed.token).await.headline, format!("Confirmed, ready about {}", late.text));
    assert_eq!(step(app, &placed, Verb::Start).await.unwrap().status, OrderStatus::InPreparation);

    let placed = place(app, &NewOrder { due: Due::At(soon.at), ..pickup(app) }).await.unwrap();
    assert_eq!(step(app, &placed, Verb::Accept).await.unwrap().status, OrderStatus::InPreparation);
}

pub async fn stale_decisions_are_refused(app: &TestApp) {
    let placed = place(app, &pickup(app)).await.unwrap();
    step(app, &placed, Verb::Accept).await.unwrap();
    let refused = decide(app, &decision(placed.id, Verb::Reject, 1)).await.unwrap_err();
    assert_eq!((refused.status(), refused.code()), (409, "moved_on"));
    assert!(refused.to_string().contains("being prepared"), "{refused}");
    // A rejected decision does not use its key.
    assert_eq!(
        number(app, "SELECT count(*) FROM idempotency_keys WHERE restaurant_id = $1 AND scope = 'move'").await,
        1
    );
}

pub async fn decisions_are_carried_out_once(app: &TestApp) {
    let placed = place(app, &pickup(app)).await.unwrap();
    let accept = OrderMove { minutes: Some(30), ..decision(placed.id, Verb::Accept, 1) };
    let tries = join_all((0..10).map(|_| decide(app, &accept))).await;
    let tickets: Vec<_> = tries.into_iter().map(Result::unwrap).collect();
    assert!(tickets.iter().all(|ticket| ticket.version == 2 && ticket.due.text == "18:30"));
    assert_eq!(number(app, "SELECT count(*) FROM order_events WHERE restaurant_id = $1").await, 2);
    assert_eq!(
        number(app, "SELECT replays FROM idempotency_keys WHERE restaurant_id = $1 AND scope = 'move'").await,
        9
    );
    let other = OrderMove { minutes: Some(31), ..accept.clone() };
    assert_eq!(decide(app, &other).await.unwrap_err(), AppError::KeyReused);
    let keyless = OrderMove { key: String::new(), ..accept };
    assert_eq!(decide(app, &keyless).await.unwrap_err().status(), 422);
}

pub async fn only_one_of_two_decisions_counts(app: &TestApp) {
    let placed = place(app, &pickup(app)).await.unwrap();
    let decisions: Vec<_> =
        (0..8).map(|at| decision(placed.id, if at % 2 == 0 { Verb::Accept } else { Verb::Reject }, 1)).collect();
    let outcomes = join_all(decisions.iter().map(|decision| decide(app, decision))).await;
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
    assert!(outcomes.iter().filter_map(|outcome| outcome.as_ref().err()).all(|refusal| refusal.code() == "moved_on"));
    assert_gapless(app).await;
}

pub async fn reasons_are_asked_for(app: &TestApp) {
    let placed = place(app, &pickup(app)).await.unwrap();
    let silent = OrderMove { reason: None, ..decision(placed.id, Verb::Reject, 1) };
    assert_eq!(decide(app, &silent).await.unwrap_err().problems()[0].field, "reason");
    let vague = OrderMove { reason: Some(Reason::Other), ..decision(placed.id, Verb::Reject, 1) };
    assert_eq!(decide(app, &vague).await.unwrap_err().problems()[0].field, "words");
    let long = OrderMove { words: "x".repeat(281), ..decision(placed.id, Verb::Reject, 1) };
    assert_eq!(decide(app, &long).await.unwrap_err().problems()[0].code, "too_long");
    let clear = OrderMove { words: "The oven is broken".to_owned(), ..vague };
    let ticket = decide(app, &clear).await.unwrap();
    assert_eq!(ticket.reason.as_deref(), Some("Another reason: The oven is broken"));
}

pub async fn promises_can_be_moved(app: &TestApp) {
    let placed = place(app, &pickup(app)).await.unwrap();
    assert_eq!(step(app, &placed, Verb::Postpone).await.unwrap_err().code(), "not_allowed");
    for minutes in [0, 1441, u32::MAX] {
        let bad = OrderMove { minutes: Some(minutes), ..decision(placed.id, Verb::Accept, 1) };
        assert_eq!(decide(app, &bad).await.unwrap_err().problems()[0].field, "minutes");
    }
    step(app, &placed, Verb::Accept).await.unwrap();
    let silent = OrderMove { minutes: None, ..decision(placed.id, Verb::Postpone, 2) };
    assert_eq!(decide(app, &silent).await.unwrap_err().problems()[0].field, "minutes");
    let ticket = step(app, &placed, Verb::Postpone).await.unwrap();
    assert_eq!((ticket.status, ticket.due.text.as_str()), (OrderStatus::InPreparation, "18:25"));
    assert_eq!(ticket.undo_until, Some(app.context.clock.now().plus_minutes(10)));
    assert_eq!(page(app, &placed.token).await.history.len(), 2);
    let ticket = step(app, &placed, Verb::Undo).await.unwrap();
    assert_eq!((ticket.status, ticket.due.text.as_str()), (OrderStatus::InPreparation, "18:15"));
    assert_eq!(page(app, &placed.token).await.history.len(), 2);
}

pub async fn an_order_for_later_is_moved_on_from_its_time(app: &TestApp) {
    let slots = app.snapshot().await.slots(ServiceMode::Pickup, app.context.clock.now());
    let tomorrow = slots.iter().find(|slot| slot.text == "Sat 19:00").unwrap();
    let placed = place(app, &NewOrder { due: Due::At(tomorrow.at), ..pickup(app) }).await.unwrap();
    step(app, &placed, Verb::Accept).await.unwrap();
    let ticket = step(app, &placed, Verb::Postpone).await.unwrap();
    assert_eq!((ticket.status, ticket.due.text.as_str()), (OrderStatus::Accepted, "Sat 19:25"));
    assert_eq!(step(app, &placed, Verb::Postpone).await.unwrap().due.text, "Sat 19:50");
    assert_eq!(step(app, &placed, Verb::Undo).await.unwrap().due.text, "Sat 19:25");
    assert_eq!(page(app, &placed.token).await.headline, "Confirmed, ready about Sat 19:25");
    // Minutes of a late order count from now.
    app.at(tomorrow.at.plus_minutes(30));
    assert_eq!(step(app, &placed, Verb::Postpone).await.unwrap().due.text, "19:55");
    assert_gapless(app).await;
}

pub async fn staff_see_only_their_own(app: &TestApp) {
    let placed = place(app, &pickup(app)).await.unwrap();
    let other_slug = format!("other-{}", &Uuid::new_v4().simple().to_string()[..12]);
    let other = app.import(&TestApp::fixture(&other_slug)).await;
    let mut stranger = staff(app);
    stranger.restaurants[0].restaurant = other;
    stranger.restaurants[0].slug.clone_from(&other_slug);
    let accept = decision(placed.id, Verb::Accept, 1);
    for slug in [app.slug.as_str(), "nowhere"] {
        assert_eq!(answer(kitchen::board(&app.context, &stranger, slug).await).unwrap_err(), AppError::Forbidden);
        assert_eq!(
            answer(kitchen::acknowledge(&app.context, &stranger, slug, 9).await).unwrap_err(),
            AppError::Forbidden
        );
        let moved = kitchen::move_order(&app.context, &stranger, slug, &accept).await;
        assert_eq!(answer(moved).unwrap_err(), AppError::Forbidden);
        let updates = kitchen::updates_after(&app.context, &stranger, slug, 0).await;
        assert_eq!(answer(updates).unwrap_err(), AppError::Forbidden);
    }
    let moved = kitchen::move_order(&app.context, &stranger, &other_slug, &accept).await;
    assert_eq!(answer(moved).unwrap_err(), AppError::not_found("order"));
    let stranger = Staff { restaurants: Vec::new(), ..staff(app) };
    assert_eq!(answer(kitchen::board(&app.context, &stranger, &app.slug).await).unwrap_err(), AppError::Forbidden);
}

pub async fn alarms_are_silenced(app: &TestApp) {
    let now = app.context.clock.now();
    for _ in 0..2 {
        place(app, &pickup(app)).await.unwrap();
    }
    let staff = staff(app);
    let board = answer(kitchen::board(&app.context, &staff, &app.slug).await).unwrap();
    assert_eq!((board.seq, board.tickets.len(), board.lead_minutes, board.paused), (2, 2, 10, None));
    assert!(board.tickets.iter().all(|ticket| !ticket.acknowledged));
    let board = answer(kitchen::acknowledge(&app.context, &staff, &app.slug, board.seq).await).unwrap();
    assert!(board.tickets.iter().all(|ticket| ticket.acknowledged));
    let late = place(app, &pickup(app)).await.unwrap();
    step(app, &late, Verb::Reject).await.unwrap();
    let board = answer(kitchen::board(&app.context, &staff, &app.slug).await).unwrap();
    assert_eq!(board.tickets.iter().map(|ticket| ticket.number).collect::<Vec<_>>(), [1, 2, 3]);
    app.at(now.plus_minutes(12 * 60 + 1));
    let board = answer(kitchen::board(&app.context, &staff, &app.slug).await).unwrap();
    assert_eq!(board.tickets.len(), 2);
}

/// Acknowledging covers the orders on the screen only: newer and returned ones stay unacknowledged.
pub async fn only_what_was_seen_is_silenced(app: &TestApp) {
    let staff = staff(app);
    let first = place(app, &pickup(app)).await.unwrap();
    let seen = answer(kitchen::board(&app.context, &staff, &app.slug).await).unwrap().seq;
    place(app, &pickup(app)).await.unwrap();
    let ringing = |board: Board| {
        let waiting = board.tickets.into_iter().filter(|ticket| !ticket.acknowledged);
        waiting.map(|ticket| ticket.number).collect::<Vec<_>>()
    };
    // The request arrives late, and again after an outage.
    for _ in 0..2 {
        let board = answer(kitchen::acknowledge(&app.context, &staff, &app.slug, seen).await).unwrap();
        assert_eq!(ringing(board), [2]);
    }
    let board = answer(kitchen::acknowledge(&app.context, &staff, &app.slug, seen + 1).await).unwrap();
    assert_eq!((ringing(board), first.number), (vec![], 1));
}

pub async fn a_board_has_all_that_is_open_and_the_latest_that_is_done(app: &TestApp) {
    let waiting = place(app, &pickup(app)).await.unwrap();
    for _ in 0..62 {
        let placed = place(app, &pickup(app)).await.unwrap();
        app.at(app.context.clock.now().plus_minutes(1));
        step(app, &placed, Verb::Reject).await.unwrap();
    }
    let board = answer(kitchen::board(&app.context, &staff(app), &app.slug).await).unwrap();
    let numbers: Vec<_> = board.tickets.iter().map(|ticket| ticket.number).collect();
    assert_eq!(numbers.first(), Some(&waiting.number));
    assert_eq!(numbers[1..], (4..=63).rev().collect::<Vec<_>>());
}

/// Random actions of guests and staff: illegal transitions are rejected, and the log has no gaps.
pub async fn walks_stay_legal_and_gapless(app: &TestApp) {
    let mut runner = TestRunner::deterministic();
    let walks = proptest::collection::vec((0..=Verb::ALL.len(), 0i64..4), 1..14);
    for mode in [ServiceMode::Pickup, ServiceMode::DineIn, ServiceMode::Pickup] {
        for _ in 0..6 {
            let walk = walks.new_tree(&mut runner).unwrap().current();
            let table = (mode == ServiceMode::DineIn).then(|| "2".to_owned());
            let placed = place(app, &NewOrder { mode, table, ..pickup(app) }).await.unwrap();
            take(app, &placed, mode, &walk).await;
        }
    }
    assert_gapless(app).await;
}

async fn take(app: &TestApp, placed: &PlacedOrder, mode: ServiceMode, walk: &[(usize, i64)]) {
    let mut before = page(app, &placed.token).await;
    for (choice, minutes) in walk {
        app.at(app.context.clock.now().plus_minutes(*minutes));
        let (actor, verb, done) = match Verb::ALL.get(*choice) {
            Some(verb) => {
                let decision = decision(placed.id, *verb, before.version);
                (Actor::Staff, *verb, decide(app, &decision).await.is_ok())
            }
            None => (Actor::Guest, Verb::Cancel, answer(orders::cancel(&app.context, &placed.token).await).is_ok()),
        };
        let after = page(app, &placed.token).await;
        let legal = moves_of(before.status, mode, actor).any(|row| row.verb == verb && row.to == after.status);
        // A repeated cancellation by the guest returns the first result.
        let again = done && actor == Actor::Guest && before == after && before.status == OrderStatus::Cancelled;
        assert_eq!(done, after.version == before.version + 1 || again, "{verb:?} from {:?}", before.status);
        assert!(!done || legal || again || verb == Verb::Undo, "{verb:?}: {:?} to {:?}", before.status, after.status);
        before = after;
    }
}

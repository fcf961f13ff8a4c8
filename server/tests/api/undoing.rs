//! Orders that are cancelled, rejected and restored, with all effects.

use crate::{
    app::TestApp,
    guest::{answer, decide, decision, delivery, number, page, pickup, place, step},
    orders::assert_gapless,
};
use ::app::domain::{
    board::OrderMove,
    order::{OrderStatus, PaymentStatus, Verb},
    terms::ServiceMode,
};
use futures::future::join_all;
use server::orders;

scenarios! {
    slips_can_be_undone_in_time,
    undoing_takes_everything_back,
    places_come_back_and_are_taken_again,
    guests_cancel_while_they_may,
    an_order_is_settled_when_nothing_can_be_undone,
}

pub async fn slips_can_be_undone_in_time(app: &TestApp) {
    let start = app.context.clock.now();
    let placed = place(app, &pickup(app)).await.unwrap();
    assert_eq!(step(app, &placed, Verb::Undo).await.unwrap_err().code(), "not_undoable");
    let ticket = step(app, &placed, Verb::Accept).await.unwrap();
    assert_eq!(ticket.undo_until, Some(start.plus_minutes(2)));
    app.at(start.plus_minutes(2));
    let ticket = step(app, &placed, Verb::Undo).await.unwrap();
    assert_eq!((ticket.status, ticket.version, ticket.undo_until), (OrderStatus::Placed, 3, None));
    assert_eq!(page(app, &placed.token).await.promised, None);
    assert_eq!(page(app, &placed.token).await.history.len(), 1);
    assert_eq!(step(app, &placed, Verb::Undo).await.unwrap_err().code(), "not_undoable");
    step(app, &placed, Verb::Accept).await.unwrap();
    app.at(start.plus_minutes(5));
    let refused = step(app, &placed, Verb::Undo).await.unwrap_err();
    assert_eq!((refused.status(), refused.code()), (409, "too_late"));
    assert!(refused.to_string().contains("2 minutes"), "{refused}");
    assert_gapless(app).await;
}

pub async fn undoing_takes_everything_back(app: &TestApp) {
    let placed = place(app, &pickup(app)).await.unwrap();
    let accept = OrderMove { minutes: Some(40), ..decision(placed.id, Verb::Accept, 1) };
    decide(app, &accept).await.unwrap();
    step(app, &placed, Verb::Finish).await.unwrap();
    step(app, &placed, Verb::HandOver).await.unwrap();
    let ticket = step(app, &placed, Verb::Undo).await.unwrap();
    assert_eq!((ticket.status, ticket.payment), (OrderStatus::Ready, PaymentStatus::Due));
    assert_eq!(ticket.due.text, "18:40");

    let placed = place(app, &pickup(app)).await.unwrap();
    let ticket = step(app, &placed, Verb::Reject).await.unwrap();
    assert_eq!((ticket.payment, ticket.reason.as_deref()), (PaymentStatus::Void, Some("Too busy right now")));
    let view = page(app, &placed.token).await;
    assert_eq!(view.headline, "Corner Kitchen could not take this order");
    assert_eq!(view.reason.as_deref(), Some("Too busy right now"));
    let ticket = step(app, &placed, Verb::Undo).await.unwrap();
    assert_eq!((ticket.status, ticket.payment, ticket.reason), (OrderStatus::Placed, PaymentStatus::Due, None));
}

pub async fn guests_cancel_while_they_may(app: &TestApp) {
    let placed = place(app, &pickup(app)).await.unwrap();
    let cancel = || orders::cancel(&app.context, &placed.token);
    for outcome in join_all((0..5).map(|_| cancel())).await {
        let view = answer(outcome).unwrap();
        assert_eq!((view.status, view.payment, view.version), (OrderStatus::Cancelled, PaymentStatus::Void, 2));
        assert_eq!(view.headline, "You cancelled this order at 18:00");
        assert!(!view.can_cancel);
    }
    assert_eq!(step(app, &placed, Verb::Undo).await.unwrap_err().code(), "not_undoable");

    let placed = place(app, &pickup(app)).await.unwrap();
    step(app, &placed, Verb::Accept).await.unwrap();
    assert!(!page(app, &placed.token).await.can_cancel);
    let refused = answer(orders::cancel(&app.context, &placed.token).await).unwrap_err();
    assert_eq!((refused.status(), refused.code()), (409, "not_allowed"));
}

pub async fn places_come_back_and_are_taken_again(app: &TestApp) {
    let slots = app.snapshot().await.slots(ServiceMode::Delivery, app.context.clock.now());
    let order = delivery(app, slots[2].at);
    let taken = || number(app, "SELECT taken::bigint FROM slot_loads WHERE restaurant_id = $1");
    let first = place(app, &order).await.unwrap();
    let second = place(app, &order).await.unwrap();
    assert_eq!(place(app, &order).await.unwrap_err().code(), "slot_full");
    step(app, &first, Verb::Reject).await.unwrap();
    assert_eq!(taken().await, 1);
    step(app, &first, Verb::Undo).await.unwrap();
    assert_eq!(taken().await, 2);
    answer(orders::cancel(&app.context, &second.token).await).unwrap();
    step(app, &first, Verb::Reject).await.unwrap();
    assert_eq!(taken().await, 0);
    place(app, &order).await.unwrap();
    place(app, &order).await.unwrap();
    assert_eq!(step(app, &first, Verb::Undo).await.unwrap_err().code(), "slot_full");
    assert_eq!(taken().await, 2);
    assert_gapless(app).await;
}

/// A guest's page stays live until then.
pub async fn an_order_is_settled_when_nothing_can_be_undone(app: &TestApp) {
    let start = app.context.clock.now();
    for (first, then, minutes) in [(Verb::Reject, None, 2), (Verb::Accept, Some(Verb::Cancel), 2)] {
        app.at(start);
        let placed = place(app, &pickup(app)).await.unwrap();
        assert!(!page(app, &placed.token).await.settled);
        step(app, &placed, first).await.unwrap();
        if let Some(verb) = then {
            step(app, &placed, verb).await.unwrap();
        }
        assert!(!page(app, &placed.token).await.settled);
        app.at(start.plus_minutes(minutes));
        assert!(!page(app, &placed.token).await.settled);
        step(app, &placed, Verb::Undo).await.unwrap();
        assert!(!page(app, &placed.token).await.settled);
    }
    app.at(start);
    let placed = place(app, &pickup(app)).await.unwrap();
    for verb in [Verb::Accept, Verb::Finish, Verb::HandOver] {
        step(app, &placed, verb).await.unwrap();
    }
    app.at(start.plus_minutes(10));
    assert!(!page(app, &placed.token).await.settled);
    app.at(start.plus_minutes(12));
    assert!(page(app, &placed.token).await.settled);
    assert_eq!(step(app, &placed, Verb::Undo).await.unwrap_err().code(), "too_late");

    let placed = place(app, &pickup(app)).await.unwrap();
    assert!(answer(orders::cancel(&app.context, &placed.token).await).unwrap().settled);
}

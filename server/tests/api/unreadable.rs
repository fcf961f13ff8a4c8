//! Rows that another version wrote and this one cannot read: the board shows that they are there, and all others as ever.

use crate::{
    app::TestApp,
    guest::{answer, change, page, pickup, place, staff, step},
};
use ::app::domain::{
    board::{Board, Unreadable},
    order::{OrderStatus, Verb},
};
use server::{error::ServerError, kitchen, orders};

scenarios! {
    an_unreadable_bill_takes_nothing_down,
    unreadable_dishes_take_nothing_down,
    an_unreadable_state_takes_nothing_down,
}

async fn board(app: &TestApp) -> Board {
    answer(kitchen::board(&app.context, &staff(app), &app.slug).await).unwrap()
}

/// The numbers on the board with what of them cannot be read.
fn shown(board: &Board) -> Vec<(i64, Option<Unreadable>)> {
    let mut shown: Vec<_> = board.tickets.iter().map(|ticket| (ticket.number, ticket.unreadable)).collect();
    shown.sort_by_key(|(number, _)| *number);
    shown
}

async fn updates(app: &TestApp) -> Vec<(i64, Option<Unreadable>)> {
    let updates = answer(kitchen::updates_after(&app.context, &staff(app), &app.slug, 0).await).unwrap();
    updates.into_iter().map(|update| (update.ticket.number, update.ticket.unreadable)).collect()
}

pub async fn an_unreadable_bill_takes_nothing_down(app: &TestApp) {
    let first = place(app, &pickup(app)).await.unwrap();
    let second = place(app, &pickup(app)).await.unwrap();
    change(app, "UPDATE orders SET bill = '{\"lines\": 7}' WHERE restaurant_id = $1 AND number = 1").await;
    let expected = [(1, Some(Unreadable::Bill)), (2, None)];
    assert_eq!(shown(&board(app).await), expected);
    assert_eq!(updates(app).await, expected);
    let ticket = board(app).await.tickets.into_iter().find(|ticket| ticket.number == 1).unwrap();
    assert_eq!((ticket.guest.as_str(), ticket.lines.len()), ("Ada", 2), "it can be cooked");
    // The guest's page of this order cannot be shown; every other one can, and the kitchen goes on with both.
    let refused = answer(orders::view(&app.context, &first.token).await).unwrap_err();
    assert_eq!((refused.status(), refused.code()), (500, "internal"));
    assert_eq!(page(app, &second.token).await.number, 2);
    let accept = crate::guest::decision(first.id, Verb::Accept, 1);
    assert_eq!(crate::guest::decide(app, &accept).await.unwrap().status, OrderStatus::InPreparation);
    step(app, &second, Verb::Accept).await.unwrap();
    assert_eq!(board(app).await.seq, 4);
}

pub async fn unreadable_dishes_take_nothing_down(app: &TestApp) {
    for _ in 0..2 {
        place(app, &pickup(app)).await.unwrap();
    }
    change(
        app,
        "UPDATE order_lines SET snapshot = '[]' WHERE restaurant_id = $1 AND position = 1
             AND order_id = (SELECT order_id FROM orders WHERE restaurant_id = $1 AND number = 2)",
    )
    .await;
    let expected = [(1, None), (2, Some(Unreadable::Dishes))];
    assert_eq!(shown(&board(app).await), expected);
    assert_eq!(updates(app).await, expected);
}

pub async fn an_unreadable_state_takes_nothing_down(app: &TestApp) {
    let mut placed = Vec::new();
    for _ in 0..3 {
        placed.push(place(app, &pickup(app)).await.unwrap());
    }
    step(app, &placed[1], Verb::Reject).await.unwrap();
    change(app, "UPDATE orders SET reason = 'eclipse' WHERE restaurant_id = $1 AND number = 2").await;
    change(
        app,
        "UPDATE order_events SET to_status = 'frozen' WHERE restaurant_id = $1
             AND order_id = (SELECT order_id FROM orders WHERE restaurant_id = $1 AND number = 3)",
    )
    .await;
    let torn = Some(Unreadable::State);
    assert_eq!(shown(&board(app).await), [(1, None), (2, torn), (3, torn)]);
    assert_eq!(updates(app).await, [(1, None), (2, torn), (3, torn), (2, torn)]);
    let rejected = board(app).await.tickets.into_iter().find(|ticket| ticket.number == 2).unwrap();
    assert_eq!((rejected.status, rejected.guest.as_str()), (OrderStatus::Rejected, "Ada"));
    let accept = crate::guest::decision(placed[2].id, Verb::Accept, 1);
    let refused = kitchen::move_order(&app.context, &staff(app), &app.slug, &accept).await;
    assert!(matches!(refused, Err(ServerError::Unreadable { what: "order status", .. })));
    step(app, &placed[0], Verb::Accept).await.unwrap();
}

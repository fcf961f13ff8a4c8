//! Rows of another version that this one cannot decode: the board shows that they exist, and all others unchanged.

use crate::{
    app::{TestApp, change_id, visitor},
    guest::{answer, change, number, page, pickup, place, place_for, staff, step},
};
use ::app::{
    domain::{
        board::Board,
        cart::{CartChange, CartView, LineRequest},
        id::VisitorId,
        order::{OrderStatus, Verb},
        restaurant::HomeQuery,
        unreadable::Unreadable,
    },
    services::CheckoutOptions,
};
use server::{carts, error::ServerError, kitchen, menus, orders, restaurants};

scenarios! {
    an_unreadable_bill_takes_nothing_down,
    unreadable_dishes_take_nothing_down,
    an_unreadable_state_takes_nothing_down,
    an_unreadable_line_of_a_cart_is_told_and_can_go,
    a_cart_that_is_no_list_can_be_used,
    an_unreadable_choice_takes_no_menu_down,
    an_unreadable_restaurant_takes_no_other_down,
    an_unreadable_step_is_left_out_of_the_history,
}

async fn board(app: &TestApp) -> Board {
    answer(kitchen::board(&app.context, &staff(app), &app.slug).await).unwrap()
}

/// The numbers on the board with their unreadable parts.
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
    let torn = Some(Unreadable::Bill);
    let expected = [(1, torn), (2, None)];
    assert_eq!(shown(&board(app).await), expected);
    assert_eq!(updates(app).await, expected);
    let ticket = board(app).await.tickets.into_iter().find(|ticket| ticket.number == 1).unwrap();
    assert_eq!((ticket.guest.as_str(), ticket.lines.len()), ("Ada", 2), "it can be cooked");
    // The guest sees everything but the bill, and the kitchen processes both.
    let shown = page(app, &first.token).await;
    assert_eq!((shown.number, shown.status, shown.bill, shown.unreadable), (1, OrderStatus::Placed, None, torn));
    assert!(!shown.restaurant_phone.is_empty() && shown.history.len() == 1 && shown.can_cancel);
    let whole = page(app, &second.token).await;
    assert_eq!((whole.number, whole.bill.is_some(), whole.unreadable), (2, true, None));
    let again = answer(orders::order_again(&app.context, &first.token, visitor(), change_id()).await).unwrap_err();
    assert_eq!((again.status(), again.code()), (409, "unreadable_order"));
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
    // Each guest gets the number and whom to call.
    for lost in &placed[1..] {
        let view = page(app, &lost.token).await;
        assert_eq!((view.number, view.unreadable, view.can_cancel), (lost.number, torn, false));
        assert!(view.bill.is_some() && view.history.is_empty() && !view.restaurant_phone.is_empty());
        let news = answer(orders::news_after(&app.context, &lost.token, 0).await).unwrap();
        assert_eq!((news.view, news.settled), (Some(view), false));
        let cancelled = answer(orders::cancel(&app.context, &lost.token).await).unwrap_err();
        assert_eq!((cancelled.status(), cancelled.code()), (409, "unreadable_order"));
        let again = orders::order_again(&app.context, &lost.token, visitor(), change_id()).await;
        assert_eq!(answer(again).unwrap_err().code(), "unreadable_order");
    }
    let accept = crate::guest::decision(placed[2].id, Verb::Accept, 1);
    let refused = kitchen::move_order(&app.context, &staff(app), &app.slug, &accept).await;
    assert!(matches!(refused, Err(ServerError::Unreadable { what: "order status", .. })));
    step(app, &placed[0], Verb::Accept).await.unwrap();
}

async fn cart(app: &TestApp, guest: VisitorId) -> CartView {
    answer(carts::view(&app.context, &app.slug, Some(guest)).await).unwrap()
}

async fn put(app: &TestApp, guest: VisitorId, asked: CartChange) -> CartView {
    answer(carts::change(&app.context, &app.slug, guest, change_id(), &asked).await).unwrap()
}

pub async fn an_unreadable_line_of_a_cart_is_told_and_can_go(app: &TestApp) {
    let guest = visitor();
    for dish in ["marinara", "water"] {
        put(app, guest, CartChange::Add(app.line(dish, &[]))).await;
    }
    // As a version with half portions would store it.
    change(app, "UPDATE carts SET lines = jsonb_set(lines, '{0,quantity}', '\"half\"') WHERE restaurant_id = $1").await;
    let seen = cart(app, guest).await;
    let (torn, whole) = (&seen.lines[1], &seen.lines[0]);
    assert_eq!((whole.name.as_str(), torn.name.as_str(), seen.count), ("Still water", "Marinara", 2));
    let words = "This dish can no longer be read. Remove it, then add it again from the menu.";
    assert_eq!((torn.problem.as_deref(), torn.total, torn.can_change), (Some(words), None, false));
    assert!(whole.can_change);
    assert_eq!(seen.bill.subtotal, whole.total.unwrap());
    let checkout =
        answer(carts::checkout(&app.context, &app.slug, Some(guest), &CheckoutOptions::default()).await).unwrap();
    assert_eq!(checkout.problems[0].code, "unreadable_line");
    assert!(checkout.problems[0].message.contains("Remove it from the cart"));
    // It is not ordered as something else, and kept when the cart changes.
    let lines = seen.lines.iter().map(|line| line.line.request.clone()).collect();
    let order = ::app::domain::order::NewOrder { lines, ..pickup(app) };
    assert_eq!(place_for(app, guest, &order).await.unwrap_err().status(), 422);
    put(app, guest, CartChange::Add(app.line("water", &[]))).await;
    let halves = "SELECT count(*) FROM carts, jsonb_array_elements(lines) AS line
        WHERE restaurant_id = $1 AND line ->> 'quantity' = 'half'";
    assert_eq!(number(app, halves).await, 1);
    let more =
        carts::change(&app.context, &app.slug, guest, change_id(), &CartChange::SetQuantity(torn.line.id, 2)).await;
    assert_eq!(answer(more).unwrap_err().to_string(), words);
    let left = put(app, guest, CartChange::SetQuantity(torn.line.id, 0)).await;
    assert_eq!((left.lines.len(), left.count), (1, 2));
    assert_eq!(number(app, halves).await, 0);
    let lines = left.lines.iter().map(|line| line.line.request.clone()).collect();
    place_for(app, guest, &::app::domain::order::NewOrder { lines, ..pickup(app) }).await.unwrap();
}

pub async fn a_cart_that_is_no_list_can_be_used(app: &TestApp) {
    for lines in ["7", "{}", "null", "[null, 7, []]", "\"x\""] {
        let guest = visitor();
        put(app, guest, CartChange::Add(app.line("water", &[]))).await;
        change(app, &format!("UPDATE carts SET lines = '{lines}' WHERE restaurant_id = $1 AND visitor_id = '{guest}'"))
            .await;
        let seen = cart(app, guest).await;
        assert!(seen.lines.iter().all(|line| line.problem.is_some() && line.name == "An unknown dish"), "{lines}");
        assert_eq!(cart(app, guest).await, seen, "{lines}: a line has the same id at each look");
        answer(carts::checkout(&app.context, &app.slug, Some(guest), &CheckoutOptions::default()).await).unwrap();
        assert_eq!(put(app, guest, CartChange::Add(app.line("water", &[]))).await.count as usize, seen.lines.len() + 1);
        assert_eq!(put(app, guest, CartChange::Clear).await.count, 0, "{lines}");
    }
}

/// Makes the catalogue read the restaurant again.
async fn renewed(app: &TestApp) -> Result<(), ServerError> {
    change(app, "UPDATE restaurants SET menu_version = menu_version + 1 WHERE restaurant_id = $1").await;
    app.context.catalogue.changed(app.restaurant).await.map(drop)
}

pub async fn an_unreadable_choice_takes_no_menu_down(app: &TestApp) {
    change(
        app,
        "UPDATE modifiers SET size_prices = '{\"large\": \"dear\"}' WHERE restaurant_id = $1 AND name = 'Mozzarella'",
    )
    .await;
    renewed(app).await.unwrap();
    let menu = answer(menus::restaurant(&app.context, &app.slug).await).unwrap().menu;
    let choices: Vec<_> =
        menu.groups.iter().flat_map(|group| &group.modifiers).map(|choice| choice.name.as_str()).collect();
    assert!(choices.contains(&"Olives") && !choices.contains(&"Mozzarella"), "{choices:?}");
    let size = Some(app.variant("margherita", "large"));
    let line = LineRequest { variant: size, ..app.line("margherita", &[("toppings", "mozzarella")]) };
    let refused = carts::change(&app.context, &app.slug, visitor(), change_id(), &CartChange::Add(line)).await;
    assert_eq!(answer(refused).unwrap_err().status(), 422);
    place(app, &pickup(app)).await.unwrap();
}

pub async fn an_unreadable_restaurant_takes_no_other_down(app: &TestApp) {
    let names = async || {
        let page = answer(restaurants::home(&app.context, &HomeQuery::default()).await).unwrap();
        page.restaurants.into_iter().map(|card| card.slug).collect::<Vec<_>>()
    };
    app.import(&TestApp::fixture("elsewhere")).await;
    app.context.catalogue.changed(app.restaurant).await.unwrap();
    assert_eq!(names().await.len(), 2);
    for torn in ["tip_percents = '{-5}'", "zone = 'Mars/Olympus'", "currency = 'XXQ'"] {
        let before = "tip_percents = '{5}', zone = 'Europe/Berlin', currency = 'EUR'";
        change(app, &format!("UPDATE restaurants SET {before} WHERE restaurant_id = $1")).await;
        renewed(app).await.unwrap();
        assert_eq!(names().await.len(), 2, "{torn}");
        change(app, &format!("UPDATE restaurants SET {torn} WHERE restaurant_id = $1")).await;
        assert!(matches!(renewed(app).await, Err(ServerError::Unreadable { .. })), "{torn}");
        assert_eq!(names().await, ["elsewhere"], "{torn}");
        // A server with the last readable menu serves it; a new one has none.
        assert_eq!(answer(menus::restaurant(&app.context, &app.slug).await).unwrap().restaurant.slug, app.slug);
        let fresh = app.second();
        let refused = [
            answer(menus::restaurant(&fresh, &app.slug).await).unwrap_err(),
            answer(menus::restaurant(&fresh, &app.slug).await).unwrap_err(),
        ];
        assert_eq!((refused[0].status(), &refused[0]), (500, &refused[1]), "{torn}: one incident for one row");
    }
}

pub async fn an_unreadable_step_is_left_out_of_the_history(app: &TestApp) {
    let placed = place(app, &pickup(app)).await.unwrap();
    step(app, &placed, Verb::Accept).await.unwrap();
    change(app, "UPDATE order_events SET to_status = 'frozen' WHERE restaurant_id = $1 AND version = 1").await;
    let shown = page(app, &placed.token).await;
    let history: Vec<_> = shown.history.iter().map(|step| step.status).collect();
    assert_eq!((shown.status, history), (OrderStatus::InPreparation, vec![OrderStatus::InPreparation]));
}

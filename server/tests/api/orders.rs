//! Placing orders: once per key, at the agreed price, in sequence, within limits, and never with invalid input.

use crate::{
    app::{FRIDAY_EVENING, TestApp, visitor},
    guest::{answer, change, delivery, key, number, page, pickup, place},
    order_carts::put,
};
use ::app::domain::{
    cart::CartChange,
    error::AppError,
    order::{Due, NewOrder, QuoteRequest, Verb},
    terms::ServiceMode,
};
use futures::future::join_all;
use server::{carts, orders};
use sqlx::{Connection, PgConnection};
use std::collections::BTreeSet;

scenarios! {
    a_hundred_retries_make_one_order,
    a_key_never_names_two_requests,
    a_key_is_answered_after_closing,
    windows_take_exactly_their_limit,
    as_soon_as_possible_takes_the_next_window_with_room,
    numbers_and_positions_have_no_gaps,
    nothing_is_ordered_at_another_total,
    orders_freeze_their_bill,
    a_pause_is_about_the_time_an_order_is_wanted_for,
    servers_of_the_version_before_are_answered_as_they_were,
}

pub async fn a_hundred_retries_make_one_order(app: &TestApp) {
    let order = pickup(app);
    let key = key("the-same", &order);
    let tries = (0..100).map(|_| orders::place(&app.context, &app.slug, &key, None, &order));
    let answers: Vec<_> = join_all(tries).await.into_iter().map(|outcome| answer(outcome).unwrap()).collect();

    let first = &answers[0];
    assert!(answers.iter().all(|placed| (placed.id, &placed.token, placed.number) == (first.id, &first.token, 1)));
    assert_eq!(answers.iter().filter(|placed| placed.replayed).count(), 99);
    assert_eq!(number(app, "SELECT count(*) FROM orders WHERE restaurant_id = $1").await, 1);
    assert_eq!(number(app, "SELECT count(*) FROM order_events WHERE restaurant_id = $1").await, 1);
    // Each response but the first was a write of its own.
    assert_eq!(number(app, "SELECT replays FROM idempotency_keys WHERE restaurant_id = $1").await, 99);
}

pub async fn a_key_never_names_two_requests(app: &TestApp) {
    let order = pickup(app);
    let other = NewOrder { note: "Ring twice".to_owned(), ..order.clone() };
    answer(orders::place(&app.context, &app.slug, &key("mine", &order), None, &order).await).unwrap();
    let refused = answer(orders::place(&app.context, &app.slug, &key("mine", &other), None, &other).await);
    assert_eq!(refused.unwrap_err(), AppError::KeyReused);
    // Also where the other request would be refused.
    let invalid = NewOrder { note: "x".repeat(300), ..order.clone() };
    let refused = answer(orders::place(&app.context, &app.slug, &key("mine", &invalid), None, &invalid).await);
    assert_eq!(refused.unwrap_err(), AppError::KeyReused);
    for bad in ["", "two words", &"x".repeat(256)] {
        let refused = answer(orders::place(&app.context, &app.slug, &key(bad, &order), None, &order).await);
        assert_eq!(refused.unwrap_err().code(), "invalid");
    }
    // The id of another guest's order gives no access to it.
    let stolen = orders::place(&app.context, &app.slug, &key("first", &order), None, &order).await.unwrap();
    let key = ::app::services::OrderKey { order: stolen.id, ..key("second", &order) };
    let refused = answer(orders::place(&app.context, &app.slug, &key, None, &order).await);
    assert_eq!(refused.unwrap_err(), AppError::KeyReused);
}

pub async fn a_key_is_answered_after_closing(app: &TestApp) {
    let order = pickup(app);
    let key = key("evening", &order);
    let placed = answer(orders::place(&app.context, &app.slug, &key, None, &order).await).unwrap();
    app.at(app.context.clock.now().plus_minutes(8 * 60));
    let again = answer(orders::place(&app.context, &app.slug, &key, None, &order).await).unwrap();
    assert_eq!((again.id, again.token, again.replayed), (placed.id, placed.token, true));
}

pub async fn windows_take_exactly_their_limit(app: &TestApp) {
    let slots = app.snapshot().await.slots(ServiceMode::Delivery, app.context.clock.now());
    let order = delivery(app, slots[2].at);
    let outcomes = join_all((0..30).map(|_| place(app, &order))).await;
    let (placed, refused): (Vec<_>, Vec<_>) = outcomes.into_iter().partition(Result::is_ok);
    assert_eq!(placed.len(), 2);
    assert!(refused.iter().all(|outcome| outcome.as_ref().is_err_and(|refusal| refusal.code() == "slot_full")));
    assert_eq!(number(app, "SELECT taken::bigint FROM slot_loads WHERE restaurant_id = $1").await, 2);
    assert_eq!(number(app, "SELECT count(*) FROM idempotency_keys WHERE restaurant_id = $1").await, 2);
    place(app, &delivery(app, slots[3].at)).await.unwrap();
}

pub async fn as_soon_as_possible_takes_the_next_window_with_room(app: &TestApp) {
    let order = NewOrder { due: Due::Asap, ..delivery(app, FRIDAY_EVENING) };
    // 18:40 is in the slot of 18:30, which takes two orders.
    let outcomes = join_all((0..7).map(|_| place(app, &order))).await;
    assert!(outcomes.iter().all(Result::is_ok), "{outcomes:?}");
    let first = FRIDAY_EVENING.plus_minutes(30).millis() / 1000;
    for (later, orders, ready) in [(0, 2, 600), (15, 2, 0), (30, 2, 0), (45, 1, 0)] {
        let slot = first + later * 60;
        let placed = format!(
            "SELECT count(*) FROM orders WHERE restaurant_id = $1 AND wanted_at IS NULL
                 AND slot_at = to_timestamp({slot}) AND estimated_at = to_timestamp({})",
            slot + ready
        );
        assert_eq!(number(app, &placed).await, orders, "{later}");
    }
    let (lines, mode) = (order.lines.clone(), order.mode);
    let request = QuoteRequest { lines, mode, postcode: None, location: None, tip_minor: 0, due: Due::Asap };
    let quote = || async { carts::quote(&app.context, &app.slug, &request).await.unwrap() };
    assert_eq!(quote().await.earliest.unwrap().text, "19:15");

    let fill = "INSERT INTO slot_loads SELECT $1, 'delivery', to_timestamp(1795194000 + 900 * n), 2
        FROM generate_series(0, 18) n ON CONFLICT (restaurant_id, mode, slot_at) DO UPDATE SET taken = 2";
    change(app, fill).await;
    let refused = place(app, &order).await.unwrap_err();
    assert_eq!((refused.code(), refused.status()), ("slot_full", 409));
    assert!(refused.to_string().contains("no place left before it closes at 22:30"), "{refused}");
    assert_eq!(quote().await.earliest, None);
    assert_eq!(quote().await.slots[0].text, "Sat 18:45");
}

pub async fn numbers_and_positions_have_no_gaps(app: &TestApp) {
    let order = pickup(app);
    let placed = join_all((0..30).map(|_| async {
        let placed = place(app, &order).await.unwrap();
        crate::guest::step(app, &placed, Verb::Accept).await.unwrap();
        // A rejection in between must not use a position.
        place(app, &NewOrder { note: "x".repeat(300), ..order.clone() }).await.unwrap_err();
        placed.number
    }))
    .await;
    assert_eq!(placed.into_iter().collect::<BTreeSet<_>>(), (1..=30).collect());
    assert_gapless(app).await;
    assert_eq!(number(app, "SELECT last_seq FROM order_counters WHERE restaurant_id = $1").await, 60);
}

/// Positions run from 1 without gaps in the restaurant, versions in each order, and orders agree with their last event.
pub async fn assert_gapless(app: &TestApp) {
    let (events, last) = (
        number(app, "SELECT count(*) FROM order_events WHERE restaurant_id = $1").await,
        number(app, "SELECT coalesce(max(seq), 0) FROM order_events WHERE restaurant_id = $1").await,
    );
    assert_eq!(events, last);
    let broken = "SELECT count(*) FROM (
            SELECT o.order_id FROM orders o JOIN order_events e
                ON e.restaurant_id = $1 AND o.order_id = e.order_id
            WHERE o.restaurant_id = $1
            GROUP BY o.order_id, o.version, o.seq, o.status
            HAVING count(*) <> o.version OR max(e.version) <> o.version OR max(e.seq) <> o.seq
                OR (array_agg(e.to_status ORDER BY e.version DESC))[1] <> o.status
        ) broken";
    assert_eq!(number(app, broken).await, 0);
    let unlinked = "SELECT count(*) FROM order_events e JOIN order_events b
            ON b.restaurant_id = $1 AND b.order_id = e.order_id AND b.version = e.version - 1
        WHERE e.restaurant_id = $1 AND e.from_status IS DISTINCT FROM b.to_status";
    assert_eq!(number(app, unlinked).await, 0);
}

pub async fn nothing_is_ordered_at_another_total(app: &TestApp) {
    let order = NewOrder { agreed_total_minor: Some(1), ..pickup(app) };
    let refused = place(app, &order).await.unwrap_err();
    assert_eq!((refused.status(), refused.code()), (409, "total_changed"));
    assert!(refused.to_string().contains("€24.10 instead of €0.01"), "{refused}");
    let order = NewOrder { agreed_total_minor: Some(2410), ..pickup(app) };
    assert_eq!(place(app, &order).await.unwrap().total.minor(), 2410);
}

/// Changes the price of the marinara without a hint to the catalogue.
pub async fn dearer(app: &TestApp, price: i64) {
    change(
        app,
        &format!(
            "UPDATE variants SET price_minor = {price} WHERE restaurant_id = $1 AND item_id = '{}'",
            app.item("marinara")
        ),
    )
    .await;
    change(app, "UPDATE restaurants SET menu_version = menu_version + 1 WHERE restaurant_id = $1").await;
}

pub async fn orders_freeze_their_bill(app: &TestApp) {
    let order = NewOrder {
        mode: ServiceMode::DineIn,
        table: Some("Terrace 4".to_owned()),
        note: "Birthday\nplease".to_owned(),
        tip_minor: 200,
        ..pickup(app)
    };
    let placed = place(app, &order).await.unwrap();
    dearer(app, 5000).await;
    let view = page(app, &placed.token).await;
    let total = view.bill.unwrap().total;
    assert_eq!(total, placed.total);
    assert_eq!(total.minor(), 790 + 1450 + 120 + 200);
    assert_eq!((view.place.as_str(), view.note.as_str()), ("Table Terrace 4", "Birthday\nplease"));
    assert_eq!(view.headline, "Sent to Corner Kitchen, waiting for them to confirm");
    assert_eq!((view.number, view.version, view.seq, view.can_cancel), (1, 1, 1, true));
    assert_eq!(view.placed.text, "18:00");
    assert_eq!(number(app, "SELECT sum(total_minor)::bigint FROM order_lines WHERE restaurant_id = $1").await, 2360);
}

pub async fn a_pause_is_about_the_time_an_order_is_wanted_for(app: &TestApp) {
    let now = app.context.clock.now();
    let slots = app.snapshot().await.slots(ServiceMode::Pickup, now);
    // As a number: on a cluster a statement may not calculate with what depends on the session's time zone.
    let until = now.plus_minutes(60).millis() / 1_000;
    // It begins after the order was priced: the catalogue does not know it.
    change(app, &format!("UPDATE restaurants SET paused_until = to_timestamp({until}) WHERE restaurant_id = $1")).await;
    let refused = place(app, &pickup(app)).await.unwrap_err();
    assert_eq!((refused.status(), refused.code(), refused.problems()[0].field.as_str()), (409, "paused", "due"));
    let later = slots.iter().find(|slot| slot.at >= now.plus_minutes(90)).unwrap();
    let order = NewOrder { due: Due::At(later.at), ..pickup(app) };
    place(app, &order).await.unwrap();
    assert_eq!(number(app, "SELECT count(*) FROM orders WHERE restaurant_id = $1").await, 1);
    // Known to the catalogue, it still rejects no offered time.
    app.context.catalogue.refresh(app.restaurant).await.unwrap();
    let offered = app.snapshot().await.slots(ServiceMode::Pickup, now);
    for slot in offered.iter().take(3) {
        place(app, &NewOrder { due: Due::At(slot.at), ..pickup(app) }).await.unwrap();
    }
    assert_eq!(place(app, &pickup(app)).await.unwrap_err().code(), "paused");
}

/// During a rolling upgrade servers that know neither `cart` nor TO003 call the same function.
pub async fn servers_of_the_version_before_are_answered_as_they_were(app: &TestApp) {
    let visitor = visitor();
    let filled = put(app, visitor, CartChange::Add(app.line("marinara", &[]))).await;
    let version = app.snapshot().await.version();
    let call = |key: &str| {
        format!(
            "SELECT place_order($1, '{key}', '\\x01', gen_random_uuid(), {version}, NULL, '{visitor}', gen_random_uuid(),
             to_timestamp({at}), jsonb_build_object('token', '{key}', 'mode', 'pickup',
             'estimated_at', to_timestamp({at}), 'guest_name', 'Ada', 'guest_phone', '1', 'guest_email', '', 'place', '',
             'note', '', 'currency', 'EUR', 'subtotal_minor', 100, 'tip_minor', 0, 'total_minor', 100, 'bill', '{{}}'::jsonb,
             'lines', '[]'::jsonb, 'message', '{{}}'::jsonb))",
            at = app.context.clock.now().millis() / 1_000,
        )
    };
    change(app, &call("before")).await;
    let cart = answer(server::carts::view(&app.context, &app.slug, Some(visitor)).await).unwrap();
    assert_eq!((cart.count, cart.revision), (0, filled.revision + 1));
    let until = app.context.clock.now().plus_minutes(60).millis() / 1_000;
    change(app, &format!("UPDATE restaurants SET paused_until = to_timestamp({until}) WHERE restaurant_id = $1")).await;
    assert_eq!(refused_with(app, &call("paused")).await, "TO001");
}

/// The SQLSTATE of a rejected statement; `$1` is the fixture restaurant.
async fn refused_with(app: &TestApp, statement: &str) -> String {
    let mut connection = PgConnection::connect(app.url()).await.unwrap();
    let statement = sqlx::query(sqlx::AssertSqlSafe(statement.to_owned())).bind(app.restaurant.uuid());
    let refused = statement.execute(&mut connection).await.unwrap_err();
    refused.as_database_error().unwrap().code().unwrap().into_owned()
}

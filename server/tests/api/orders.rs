//! Placing orders: once per key, at the agreed price, in sequence, within limits, and never from bad input.

use crate::{
    app::{TestApp, visitor},
    guest::{answer, change, delivery, key, number, page, pickup, place, place_for},
};
use ::app::{
    error::AppError,
    types::{
        cart::Choice,
        id::{ItemId, ModifierId},
        order::{Address, Due, NewOrder},
        terms::ServiceMode,
        time::Timestamp,
    },
};
use futures::future::join_all;
use server::{ordering, outbox};
use std::collections::BTreeSet;
use uuid::Uuid;

scenarios! {
    a_hundred_retries_make_one_order,
    a_key_never_names_two_requests,
    a_key_is_answered_after_closing,
    bad_input_is_told_field_by_field,
    other_restaurants_dishes_are_unknown,
    closed_and_paused_are_conflicts,
    windows_take_exactly_their_limit,
    numbers_and_positions_have_no_gaps,
    nothing_is_ordered_at_another_total,
    changed_menus_are_priced_anew,
    a_pause_counts_before_it_is_heard_of,
    orders_freeze_their_bill,
    orders_empty_the_cart_and_are_remembered,
    dead_addresses_are_not_found,
}

pub async fn a_hundred_retries_make_one_order(app: &TestApp) {
    let order = pickup(app);
    let key = key("the-same", &order);
    let tries = (0..100).map(|_| ordering::place(&app.toast, &app.slug, &key, None, &order));
    let answers: Vec<_> = join_all(tries).await.into_iter().map(|outcome| answer(outcome).unwrap()).collect();

    let first = &answers[0];
    assert!(answers.iter().all(|placed| (placed.id, &placed.token, placed.number) == (first.id, &first.token, 1)));
    assert_eq!(answers.iter().filter(|placed| placed.replayed).count(), 99);
    assert_eq!(number(app, "SELECT count(*) FROM orders WHERE restaurant_id = $1").await, 1);
    assert_eq!(number(app, "SELECT count(*) FROM order_events WHERE restaurant_id = $1").await, 1);
    // Each answer but the first was a write of its own.
    assert_eq!(number(app, "SELECT replays FROM idempotency_keys WHERE restaurant_id = $1").await, 99);
}

pub async fn a_key_never_names_two_requests(app: &TestApp) {
    let order = pickup(app);
    let other = NewOrder { note: "Ring twice".to_owned(), ..order.clone() };
    answer(ordering::place(&app.toast, &app.slug, &key("mine", &order), None, &order).await).unwrap();
    let refused = answer(ordering::place(&app.toast, &app.slug, &key("mine", &other), None, &other).await);
    assert_eq!(refused.unwrap_err(), AppError::KeyReused);
    let refused = answer(ordering::replay(&app.toast, &app.slug, &key("mine", &other)).await);
    assert_eq!(refused.unwrap_err(), AppError::KeyReused);
    for bad in ["", "two words", &"x".repeat(256)] {
        let refused = answer(ordering::place(&app.toast, &app.slug, &key(bad, &order), None, &order).await);
        assert_eq!(refused.unwrap_err().code(), "invalid");
    }
    // The id of somebody else's order is no way to it.
    let stolen = ordering::place(&app.toast, &app.slug, &key("first", &order), None, &order).await.unwrap();
    let key = ::app::backend::OrderKey { order: stolen.id, ..key("second", &order) };
    let refused = answer(ordering::place(&app.toast, &app.slug, &key, None, &order).await);
    assert_eq!(refused.unwrap_err(), AppError::KeyReused);
}

pub async fn a_key_is_answered_after_closing(app: &TestApp) {
    let order = pickup(app);
    let key = key("evening", &order);
    assert_eq!(answer(ordering::replay(&app.toast, &app.slug, &key).await).unwrap(), None);
    let placed = answer(ordering::place(&app.toast, &app.slug, &key, None, &order).await).unwrap();
    app.at(app.toast.clock.now().plus_minutes(8 * 60));
    let again = answer(ordering::place(&app.toast, &app.slug, &key, None, &order).await).unwrap();
    assert_eq!((again.id, again.token, again.replayed), (placed.id, placed.token.clone(), true));
    let replayed = answer(ordering::replay(&app.toast, &app.slug, &key).await).unwrap().unwrap();
    assert_eq!(replayed.token, placed.token);
}

/// Changes a good order into a bad one, and says which field must be named with which word.
type Spoil = (&'static str, &'static str, fn(&TestApp, &mut NewOrder));

const SPOILS: &[Spoil] = &[
    ("name", "required", |_, order| order.contact.name = " \n".into()),
    ("name", "too_long", |_, order| order.contact.name = "x".repeat(81)),
    ("phone", "required", |_, order| order.contact.phone.clear()),
    ("phone", "phone", |_, order| order.contact.phone = "call me".into()),
    ("email", "email", |_, order| order.contact.email = "a@b\r\nBcc: c@d.ee".into()),
    ("note", "too_long", |_, order| order.note = "x".repeat(281)),
    ("tip", "tip_out_of_range", |_, order| order.tip_minor = -1),
    ("tip", "tip_out_of_range", |_, order| order.tip_minor = i64::MAX),
    ("table", "not_for_mode", |_, order| order.table = Some("1".to_owned())),
    ("street", "not_for_mode", |_, order| order.address = Some(Address::default())),
    ("table", "required", |_, order| order.mode = ServiceMode::DineIn),
    ("table", "unknown_table", |_, order| {
        order.mode = ServiceMode::DineIn;
        order.table = Some("77".to_owned());
    }),
    ("street", "required", |_, order| order.mode = ServiceMode::Delivery),
    ("postcode", "required", |_, order| order.mode = ServiceMode::Delivery),
    ("postcode", "outside_zones", |_, order| {
        order.mode = ServiceMode::Delivery;
        order.address = Some(Address { street: "A 1".into(), postcode: "99999".into(), ..Address::default() });
    }),
    ("lines", "below_minimum", |app, order| {
        order.mode = ServiceMode::Delivery;
        order.lines = vec![app.line("water", &[])];
        order.address = Some(Address { street: "A 1".into(), postcode: "10435".into(), ..Address::default() });
    }),
    ("lines", "empty_order", |_, order| order.lines.clear()),
    ("lines", "too_many_lines", |_, order| order.lines = vec![order.lines[0].clone(); 61]),
    ("lines/0/quantity", "quantity_out_of_range", |_, order| order.lines[0].quantity = 0),
    ("lines/0/quantity", "quantity_out_of_range", |_, order| order.lines[0].quantity = u32::MAX),
    ("lines/1/note", "note_too_long", |_, order| order.lines[1].note = "x".repeat(281)),
    ("lines/1/modifiers", "too_few_modifiers", |_, order| order.lines[1].modifiers.clear()),
    ("lines/1/modifiers", "too_many_modifiers", |app, order| {
        order.lines[1].modifiers.push(Choice { modifier: app.modifier("side", "fries"), quantity: 1 });
    }),
    ("lines/0/modifiers", "unknown_modifier", |app, order| {
        order.lines[0].modifiers.push(Choice { modifier: app.modifier("toppings", "olives"), quantity: 1 });
    }),
    ("lines/0/modifiers", "unknown_modifier", |_, order| {
        order.lines[0].modifiers = vec![Choice { modifier: ModifierId::from_uuid(Uuid::new_v4()), quantity: 1 }];
    }),
    ("lines/0/variant", "unknown_variant", |app, order| order.lines[0] = app.line("margherita", &[])),
    ("lines/0/item", "unknown_item", |_, order| order.lines[0].item = ItemId::from_uuid(Uuid::new_v4())),
    ("lines/0/item", "sold_out", |app, order| order.lines[0] = app.line("soup", &[])),
];

pub async fn bad_input_is_told_field_by_field(app: &TestApp) {
    for (field, code, spoil) in SPOILS {
        let mut order = pickup(app);
        spoil(app, &mut order);
        let refused = place(app, &order).await.unwrap_err();
        assert_eq!(refused.status(), 422, "{field} {code}: {refused:?}");
        let told = refused.problems().iter().any(|problem| problem.field == *field && problem.code == *code);
        assert!(told, "{field} {code}: {refused:?}");
    }
    // All at once.
    let mut order = pickup(app);
    for (_, _, spoil) in &[SPOILS[0], SPOILS[3], SPOILS[5], SPOILS[18], SPOILS[21]] {
        spoil(app, &mut order);
    }
    assert_eq!(place(app, &order).await.unwrap_err().problems().len(), 5);
    // A time that is not offered.
    let order = NewOrder { due: Due::At(Timestamp::from_millis(12_345)), ..pickup(app) };
    assert_eq!(place(app, &order).await.unwrap_err().status(), 422);
    assert_eq!(number(app, "SELECT count(*) FROM orders WHERE restaurant_id = $1").await, 0);
    assert_eq!(number(app, "SELECT count(*) FROM idempotency_keys WHERE restaurant_id = $1").await, 0);
}

pub async fn other_restaurants_dishes_are_unknown(app: &TestApp) {
    let slug = format!("other-{}", &Uuid::new_v4().simple().to_string()[..12]);
    app.plant(&TestApp::fixture(&slug)).await;
    let mut order = pickup(app);
    order.lines[0].item = server::seed::item_id(&slug, "marinara");
    let refused = place(app, &order).await.unwrap_err();
    assert_eq!(refused.problems()[0].code, "unknown_item");
    let order = pickup(app);
    let refused = answer(ordering::place(&app.toast, "no-such-place", &key("k", &order), None, &order).await);
    assert_eq!(refused.unwrap_err(), AppError::not_found("restaurant"));
}

pub async fn closed_and_paused_are_conflicts(app: &TestApp) {
    let evening = app.toast.clock.now();
    app.at(evening.plus_minutes(9 * 60));
    let refused = place(app, &pickup(app)).await.unwrap_err();
    assert_eq!((refused.status(), refused.code()), (409, "closed"));
    app.at(evening);
    change(app, "UPDATE restaurants SET paused_until = '2026-11-20 18:30Z', menu_version = menu_version + 1 WHERE restaurant_id = $1").await;
    app.toast.catalogue.refresh(&app.toast, app.restaurant).await.unwrap();
    let refused = place(app, &pickup(app)).await.unwrap_err();
    assert_eq!((refused.status(), refused.code()), (409, "paused"));
}

pub async fn windows_take_exactly_their_limit(app: &TestApp) {
    let slots = app.snapshot().await.slots(ServiceMode::Delivery, app.toast.clock.now());
    let order = delivery(app, slots[2].at);
    let outcomes = join_all((0..30).map(|_| place(app, &order))).await;
    let (placed, refused): (Vec<_>, Vec<_>) = outcomes.into_iter().partition(Result::is_ok);
    assert_eq!(placed.len(), 2);
    assert!(refused.iter().all(|outcome| outcome.as_ref().is_err_and(|refusal| refusal.code() == "slot_full")));
    assert_eq!(number(app, "SELECT taken::bigint FROM slot_loads WHERE restaurant_id = $1").await, 2);
    assert_eq!(number(app, "SELECT count(*) FROM idempotency_keys WHERE restaurant_id = $1").await, 2);
    place(app, &delivery(app, slots[3].at)).await.unwrap();
}

pub async fn numbers_and_positions_have_no_gaps(app: &TestApp) {
    let order = pickup(app);
    let placed = join_all((0..30).map(|_| async {
        let placed = place(app, &order).await.unwrap();
        crate::guest::step(app, &placed, ::app::types::order::Verb::Accept).await.unwrap();
        // A refusal in between must not use a position up.
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

pub async fn changed_menus_are_priced_anew(app: &TestApp) {
    app.snapshot().await;
    dearer(app, 990).await;
    assert_eq!(place(app, &pickup(app)).await.unwrap().total.minor(), 2610);
    dearer(app, 890).await;
    let order = NewOrder { agreed_total_minor: Some(2610), ..pickup(app) };
    let refused = place(app, &order).await.unwrap_err();
    assert_eq!(refused.code(), "total_changed");
    assert!(refused.to_string().contains("Marinara €8.90 instead of €9.90"), "{refused}");
    // What changed does not matter to whoever agreed to the total.
    change(app, "UPDATE restaurants SET menu_version = menu_version + 1 WHERE restaurant_id = $1").await;
    place(app, &NewOrder { agreed_total_minor: Some(2510), ..pickup(app) }).await.unwrap();
}

/// Changes the price of the marinara without telling the catalogue.
async fn dearer(app: &TestApp, price: i64) {
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

pub async fn a_pause_counts_before_it_is_heard_of(app: &TestApp) {
    app.snapshot().await;
    change(app, "UPDATE restaurants SET paused_until = '2026-11-20 18:30Z', menu_version = menu_version + 1 WHERE restaurant_id = $1").await;
    assert_eq!(place(app, &pickup(app)).await.unwrap_err().code(), "paused");
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
    assert_eq!(view.bill.total, placed.total);
    assert_eq!(view.bill.total.minor(), 790 + 1450 + 120 + 200);
    assert_eq!((view.place.as_str(), view.note.as_str()), ("Table Terrace 4", "Birthday\nplease"));
    assert_eq!(view.headline, "Sent to Corner Kitchen, waiting for them to confirm");
    assert_eq!((view.number, view.version, view.seq, view.can_cancel), (1, 1, 1, true));
    assert_eq!(view.placed.text, "18:00");
    assert_eq!(number(app, "SELECT sum(total_minor)::bigint FROM order_lines WHERE restaurant_id = $1").await, 2360);
}

pub async fn orders_empty_the_cart_and_are_remembered(app: &TestApp) {
    let visitor = visitor();
    let add = ::app::types::cart::CartChange::Add(app.line("marinara", &[]));
    answer(server::carts::change(&app.toast, &app.slug, visitor, add).await).unwrap();
    let placed = place_for(app, Some(visitor), &pickup(app)).await.unwrap();
    assert_eq!(answer(server::carts::view(&app.toast, &app.slug, Some(visitor)).await).unwrap().count, 0);
    assert_eq!(outbox::deliver(&app.toast, app.restaurant).await.unwrap(), 1);
    assert_eq!(outbox::deliver(&app.toast, app.restaurant).await.unwrap(), 0);
    let recent = answer(ordering::recent(&app.toast, visitor).await).unwrap();
    assert_eq!((recent.len(), &recent[0].token, recent[0].number), (1, &placed.token, 1));
    // The same again.
    let slug = answer(ordering::order_again(&app.toast, &placed.token, visitor).await).unwrap();
    assert_eq!(slug, app.slug);
    let cart = answer(server::carts::view(&app.toast, &app.slug, Some(visitor)).await).unwrap();
    assert_eq!((cart.lines.len(), cart.bill.subtotal.minor()), (2, 2360));
}

pub async fn dead_addresses_are_not_found(app: &TestApp) {
    let elsewhere = ordering::token::mint(app.restaurant);
    let nowhere = ordering::token::mint(::app::types::id::RestaurantId::from_uuid(Uuid::new_v4()));
    for token in ["", "x", "../../etc/passwd", &"é".repeat(43), &"A".repeat(43), &elsewhere, &nowhere] {
        assert_eq!(answer(ordering::view(&app.toast, token).await).unwrap_err(), AppError::not_found("order"));
        assert_eq!(answer(ordering::cancel(&app.toast, token).await).unwrap_err(), AppError::not_found("order"));
        assert_eq!(answer(ordering::order_again(&app.toast, token, visitor()).await).unwrap_err().status(), 404);
    }
}

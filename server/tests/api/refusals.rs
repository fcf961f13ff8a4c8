//! Rejected orders: each with its status and a sentence that helps the client.

use crate::{
    app::{TestApp, change_id, visitor},
    guest::{answer, change, key, number, pickup, place},
};
use ::app::domain::{
    cart::Choice,
    error::AppError,
    id::{ItemId, ModifierId, RestaurantId},
    order::{Address, Due, NewOrder},
    terms::ServiceMode,
    time::Timestamp,
};
use server::orders;
use uuid::Uuid;

scenarios! {
    bad_input_is_told_field_by_field,
    other_restaurants_dishes_are_unknown,
    closed_and_paused_are_conflicts,
    a_pause_counts_before_the_catalogue_knows_it,
    dead_addresses_are_not_found,
}

/// Makes an order invalid; the field and the code of the expected problem.
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
        // Sold out, or not served at this hour, is a conflict.
        let status = if *code == "sold_out" { 409 } else { 422 };
        assert_eq!(refused.status(), status, "{field} {code}: {refused:?}");
        let told = refused.problems().iter().any(|problem| problem.field == *field && problem.code == *code);
        assert!(told, "{field} {code}: {refused:?}");
    }
    // All together.
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
    app.import(&TestApp::fixture(&slug)).await;
    let mut order = pickup(app);
    order.lines[0].item = server::demo::item_id(&slug, "marinara");
    let refused = place(app, &order).await.unwrap_err();
    assert_eq!(refused.problems()[0].code, "unknown_item");
    let order = pickup(app);
    let refused = answer(orders::place(&app.context, "no-such-place", &key("k", &order), None, &order).await);
    assert_eq!(refused.unwrap_err(), AppError::not_found("restaurant"));
}

pub async fn closed_and_paused_are_conflicts(app: &TestApp) {
    let evening = app.context.clock.now();
    app.at(evening.plus_minutes(9 * 60));
    let refused = place(app, &pickup(app)).await.unwrap_err();
    assert_eq!((refused.status(), refused.code()), (409, "closed"));
    app.at(evening);
    change(app, "UPDATE restaurants SET paused_until = '2026-11-20 18:30Z', menu_version = menu_version + 1 WHERE restaurant_id = $1").await;
    app.context.catalogue.refresh(app.restaurant).await.unwrap();
    let refused = place(app, &pickup(app)).await.unwrap_err();
    assert_eq!((refused.status(), refused.code()), (409, "paused"));
}

pub async fn a_pause_counts_before_the_catalogue_knows_it(app: &TestApp) {
    app.snapshot().await;
    change(app, "UPDATE restaurants SET paused_until = '2026-11-20 18:30Z', menu_version = menu_version + 1 WHERE restaurant_id = $1").await;
    assert_eq!(place(app, &pickup(app)).await.unwrap_err().code(), "paused");
}

pub async fn dead_addresses_are_not_found(app: &TestApp) {
    let elsewhere = orders::token::mint(app.restaurant);
    let nowhere = orders::token::mint(RestaurantId::from_uuid(Uuid::new_v4()));
    for token in ["", "x", "../../etc/passwd", &"é".repeat(43), &"A".repeat(43), &elsewhere, &nowhere] {
        assert_eq!(answer(orders::view(&app.context, token).await).unwrap_err(), AppError::not_found("order"));
        assert_eq!(answer(orders::cancel(&app.context, token).await).unwrap_err(), AppError::not_found("order"));
        assert_eq!(
            answer(orders::order_again(&app.context, token, visitor(), change_id()).await).unwrap_err().status(),
            404
        );
    }
}

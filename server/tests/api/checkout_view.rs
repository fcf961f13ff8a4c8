//! Checkouts and quotes: times, prices and problems.

use crate::{
    app::{FRIDAY_EVENING, TestApp, visitor},
    carts::{add, large_margherita, refusal},
};
use ::app::{
    domain::{
        cart::{Choice, LineRequest},
        id::ModifierId,
        order::{Due, QuoteRequest},
        terms::ServiceMode,
    },
    services::CheckoutOptions,
};
use server::carts;
use uuid::Uuid;

scenarios!(a_checkout_says_what_stands_in_the_way, full_times_are_not_offered, quotes_price_without_a_cart,);

pub async fn a_checkout_says_what_stands_in_the_way(app: &TestApp) {
    let guest = visitor();
    let checkout = |options: CheckoutOptions| {
        let (context, slug) = (app.context.clone(), app.slug.clone());
        async move { carts::checkout(&context, &slug, Some(guest), &options).await.unwrap() }
    };
    let problems = |view: &::app::services::CheckoutView| {
        view.problems.iter().map(|problem| format!("{}:{}", problem.field, problem.code)).collect::<Vec<_>>()
    };
    assert_eq!(problems(&checkout(CheckoutOptions::default()).await), ["lines:empty_order"]);
    add(app, guest, app.line("marinara", &[])).await;
    let pickup = checkout(CheckoutOptions { tip_minor: 100, ..CheckoutOptions::default() }).await;
    assert_eq!((problems(&pickup).len(), pickup.bill.total.minor()), (0, 790 + 50 + 100));
    assert_eq!(pickup.times.len(), 3);
    assert_eq!(pickup.times[0].earliest.as_ref().unwrap().text, "18:15");
    assert_ne!(pickup.order, checkout(CheckoutOptions::default()).await.order);
    let delivery = |postcode: &str| CheckoutOptions {
        mode: Some(ServiceMode::Delivery),
        postcode: Some(postcode.to_owned()),
        ..CheckoutOptions::default()
    };
    let small = checkout(delivery("10435")).await;
    assert_eq!((problems(&small), small.bill.total.minor()), (vec!["lines:below_minimum".to_owned()], 840));
    add(app, guest, app.line("chicken", &[("side", "fries")])).await;
    let fine = checkout(delivery(" 10435 ")).await;
    assert_eq!((problems(&fine).len(), fine.bill.total.minor()), (0, 790 + 1_450 + 50 + 190));
    assert_eq!(fine.cart.mode, ServiceMode::Delivery);
    assert_eq!(carts::view(&app.context, &app.slug, Some(guest)).await.unwrap().mode, ServiceMode::Pickup);
    assert_eq!(problems(&checkout(delivery("99999")).await), ["postcode:outside_zones"]);
    let greedy = CheckoutOptions { tip_minor: -5, ..delivery("99999") };
    assert_eq!(problems(&checkout(greedy).await), ["postcode:outside_zones", "tip:tip_out_of_range"]);
    let late = CheckoutOptions { due: Some(Due::At(FRIDAY_EVENING)), ..CheckoutOptions::default() };
    assert_eq!(problems(&checkout(late).await), ["due:time_not_offered"]);
    app.at(FRIDAY_EVENING.plus_minutes(5 * 60));
    let closed = checkout(CheckoutOptions::default()).await;
    assert_eq!((problems(&closed), closed.times[0].earliest.clone()), (vec!["due:closed".to_owned()], None));
    assert_eq!(closed.times[0].slots[0].text, "Sat 18:15");
}

pub async fn full_times_are_not_offered(app: &TestApp) {
    let slots = app.snapshot().await.slots(ServiceMode::Delivery, FRIDAY_EVENING);
    let full = slots[1].clone();
    let statement = format!(
        "INSERT INTO slot_loads VALUES ('{}', 'delivery', to_timestamp({}), 2)",
        app.restaurant,
        full.at.millis() / 1000
    );
    app.sql(&statement).await;
    let guest = visitor();
    add(app, guest, app.line("steak", &[("side", "fries")])).await;
    let due = Some(Due::At(full.at));
    let options = CheckoutOptions { mode: Some(ServiceMode::Delivery), due, ..CheckoutOptions::default() };
    let view = carts::checkout(&app.context, &app.slug, Some(guest), &options).await.unwrap();
    let delivery = view.times.iter().find(|times| times.mode == ServiceMode::Delivery).unwrap();
    assert!(!delivery.slots.contains(&full));
    assert_eq!(delivery.slots.len(), slots.len() - 1);
    assert_eq!(view.problems[0].code, "slot_full");
}

pub async fn quotes_price_without_a_cart(app: &TestApp) {
    let request = QuoteRequest {
        lines: vec![large_margherita(app), app.line("water", &[])],
        mode: ServiceMode::Delivery,
        postcode: Some("10435".to_owned()),
        location: None,
        due: Due::Asap,
        tip_minor: 200,
    };
    let quote = carts::quote(&app.context, &app.slug, &request).await.unwrap();
    assert_eq!(quote.bill.total.minor(), 1_510 + 250 + 50 + 190 + 200);
    assert_eq!((quote.menu_version, quote.earliest.unwrap().text.as_str()), (1, "18:40"));
    let wrong_choice = Choice { modifier: ModifierId::from_uuid(Uuid::new_v4()), quantity: 1 };
    let lines = vec![
        app.line("soup", &[]),
        LineRequest { modifiers: vec![wrong_choice], ..app.line("water", &[]) },
        LineRequest { quantity: 0, ..app.line("water", &[]) },
    ];
    let refused = refusal(carts::quote(&app.context, &app.slug, &QuoteRequest { lines, ..request.clone() }).await);
    let fields: Vec<_> = refused.problems().iter().map(|problem| problem.field.as_str()).collect();
    assert_eq!((refused.status(), fields), (422, vec!["lines/0/item", "lines/1/modifiers", "lines/2/quantity"]));
    let sold_out = QuoteRequest { lines: vec![app.line("soup", &[])], ..request.clone() };
    assert_eq!(refusal(carts::quote(&app.context, &app.slug, &sold_out).await).status(), 409);
    for (request, field) in [
        (QuoteRequest { lines: vec![], ..request.clone() }, "lines"),
        (QuoteRequest { lines: vec![app.line("water", &[]); 61], ..request.clone() }, "lines"),
        (QuoteRequest { postcode: Some("99999".to_owned()), ..request.clone() }, "postcode"),
        (QuoteRequest { tip_minor: i64::MIN, ..request.clone() }, "tip"),
        (QuoteRequest { tip_minor: i64::MAX, ..request.clone() }, "tip"),
    ] {
        let refused = refusal(carts::quote(&app.context, &app.slug, &request).await);
        assert_eq!((refused.status(), refused.problems()[0].field.as_str()), (422, field));
    }
}

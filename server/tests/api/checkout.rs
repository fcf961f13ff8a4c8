//! Orders by the checkout form: the same answers as for a complete request, once per key, and nothing lost from the cart.

use crate::{
    app::{FRIDAY_EVENING, TestApp, change_id, visitor},
    guest::{answer, change, delivery, key, number, pickup, place, place_cart},
};
use ::app::{
    domain::{
        cart::{CartChange, CartView},
        error::AppError,
        id::VisitorId,
        order::{Due, NewOrder, PlacedOrder, QuoteRequest},
        terms::ServiceMode,
    },
    services::{CheckoutForm, OrderKey, OrderedCart},
};
use server::{carts, orders};

scenarios! {
    a_form_is_answered_as_the_request_it_stands_for,
    a_tip_in_percent_is_of_the_items,
    a_form_is_answered_by_its_order_when_the_cart_is_empty_or_filled_again,
    an_order_takes_no_line_along_that_it_cannot_read,
    a_cart_that_is_no_list_stays_as_it_is,
    a_changed_menu_is_said_before_a_full_window,
}

/// The form with the fields of a request.
fn form(order: &NewOrder) -> CheckoutForm {
    CheckoutForm {
        mode: Some(order.mode),
        due: order.due.field(),
        contact: order.contact.clone(),
        address: order.address.clone().unwrap_or_default(),
        location: order
            .address
            .as_ref()
            .and_then(|address| address.location)
            .map(|at| at.to_string())
            .unwrap_or_default(),
        table: order.table.clone().unwrap_or_default(),
        tip: if order.tip_minor == 0 { "0".to_owned() } else { "other".to_owned() },
        tip_other: format!("{}.{:02}", order.tip_minor / 100, order.tip_minor % 100),
        note: order.note.clone(),
        shown_total_minor: order.agreed_total_minor.map(|total| total - order.tip_minor),
        shown_wait_minutes: None,
    }
}

async fn fill(app: &TestApp, visitor: VisitorId, order: &NewOrder) {
    for line in &order.lines {
        put(app, visitor, CartChange::Add(line.clone())).await;
    }
}

async fn put(app: &TestApp, visitor: VisitorId, change: CartChange) -> CartView {
    answer(carts::change(&app.context, &app.slug, visitor, change_id(), &change).await).unwrap()
}

async fn cart(app: &TestApp, visitor: VisitorId) -> CartView {
    answer(carts::view(&app.context, &app.slug, Some(visitor)).await).unwrap()
}

async fn send(app: &TestApp, visitor: VisitorId, key: &OrderKey, form: &CheckoutForm) -> Result<PlacedOrder, AppError> {
    answer(orders::place_cart(&app.context, &app.slug, Some(visitor), key, form).await)
}

/// Orders by the form with a cart of its own.
async fn send_new(app: &TestApp, order: &NewOrder) -> Result<PlacedOrder, AppError> {
    let visitor = visitor();
    fill(app, visitor, order).await;
    send(app, visitor, &key(&uuid::Uuid::new_v4().to_string(), order), &form(order)).await
}

/// An edit of a valid order.
type Change = fn(&mut NewOrder);

pub async fn a_form_is_answered_as_the_request_it_stands_for(app: &TestApp) {
    let slots = app.snapshot().await.slots(ServiceMode::Delivery, app.context.clock.now());
    let changes: [(&str, Change); 9] = [
        ("as it is", |_| {}),
        ("the agreed total", |order| order.agreed_total_minor = Some(2410)),
        ("with a tip", |order| (order.tip_minor, order.agreed_total_minor) = (250, Some(2660))),
        ("another total", |order| order.agreed_total_minor = Some(2400)),
        ("no name", |order| order.contact.name.clear()),
        ("no contact", |order| order.contact.phone.clear()),
        ("a long note", |order| order.note = "x".repeat(300)),
        ("too high a tip", |order| order.tip_minor = 1_000_000),
        ("no such time", |order| order.due = Due::At(FRIDAY_EVENING.plus_minutes(-60))),
    ];
    let cases = changes.iter().map(|(name, change)| {
        let mut order = pickup(app);
        change(&mut order);
        (*name, order)
    });
    let mut far = delivery(app, slots[4].at);
    if let Some(address) = &mut far.address {
        "99999".clone_into(&mut address.postcode);
    }
    let table = NewOrder { mode: ServiceMode::DineIn, table: Some("99".to_owned()), ..pickup(app) };
    let others = [("a delivery", delivery(app, slots[3].at)), ("too far", far), ("no such table", table)];
    for (name, order) in cases.chain(others) {
        let outcome = |placed: Result<PlacedOrder, AppError>| placed.map(|placed| (placed.total, placed.replayed));
        let (request, form) = (outcome(place(app, &order).await), outcome(send_new(app, &order).await));
        assert_eq!(form, request, "{name}");
    }
    let different = "SELECT count(DISTINCT (total_minor, mode, guest_name, place, note, bill)) - 3 FROM orders
        WHERE restaurant_id = $1";
    assert_eq!(number(app, different).await, 0, "the plain one, the one with a tip and the delivery, each twice");
}

pub async fn a_tip_in_percent_is_of_the_items(app: &TestApp) {
    let visitor = visitor();
    let order = pickup(app);
    fill(app, visitor, &order).await;
    // 10 % of 23.60, on 24.10 with the packaging.
    let tipped = CheckoutForm { tip: "10".to_owned(), shown_total_minor: Some(2410), ..form(&order) };
    let unknown = CheckoutForm { tip: "101".to_owned(), ..tipped.clone() };
    let refused = send(app, visitor, &key("unknown", &order), &unknown).await.unwrap_err();
    assert_eq!((refused.status(), refused.problems()[0].field.as_str()), (422, "tip"));
    let noon = CheckoutForm { due: "noon".to_owned(), ..tipped.clone() };
    let refused = send(app, visitor, &key("noon", &order), &noon).await.unwrap_err();
    assert_eq!(refused.problems()[0].code, "unknown_time");
    assert_eq!(send(app, visitor, &key("tipped", &order), &tipped).await.unwrap().total.minor(), 2410 + 236);
    assert_eq!(cart(app, visitor).await.count, 0);
}

pub async fn a_form_is_answered_by_its_order_when_the_cart_is_empty_or_filled_again(app: &TestApp) {
    let (visitor, order) = (visitor(), pickup(app));
    let (key, form) = (key("form", &order), form(&order));
    fill(app, visitor, &order).await;
    let placed = send(app, visitor, &key, &form).await.unwrap();
    for _ in 0..2 {
        let again = send(app, visitor, &key, &form).await.unwrap();
        assert_eq!((again.id, &again.token, again.replayed), (placed.id, &placed.token, true));
        put(app, visitor, CartChange::Add(app.line("water", &[]))).await;
    }
    assert_eq!(cart(app, visitor).await.count, 2, "what was added since is not ordered");
    app.at(app.context.clock.now().plus_minutes(8 * 60));
    assert_eq!(send(app, visitor, &key, &form).await.unwrap().token, placed.token);
    let other = OrderKey { fingerprint: [7; 32], ..key };
    assert_eq!(send(app, visitor, &other, &form).await.unwrap_err(), AppError::KeyReused);
    assert_eq!(number(app, "SELECT count(*) FROM orders WHERE restaurant_id = $1").await, 1);
}

pub async fn an_order_takes_no_line_along_that_it_cannot_read(app: &TestApp) {
    let guest = visitor();
    let priced = put(app, guest, CartChange::Add(app.line("marinara", &[]))).await;
    let ordered = OrderedCart::of(guest, &priced);
    put(app, guest, CartChange::Add(app.line("water", &[]))).await;
    // Another version adds lines between pricing and placing.
    let lines =
        [r#"{"item": "x", "quantity": "half"}"#, r#"{"quantity": null}"#, "7", "null", "[]", r#"{"quantity": 1.5}"#];
    let add = format!(
        "UPDATE carts SET lines = lines || '[{}]', revision = revision + 1 WHERE restaurant_id = $1",
        lines.join(", ")
    );
    change(app, &add).await;
    place_cart(app, Some(&ordered), &pickup(app)).await.unwrap();
    let left = cart(app, guest).await;
    let names: Vec<_> = left.lines.iter().map(|line| line.name.as_str()).collect();
    assert_eq!(names[0], "Still water", "{names:?}");
    assert_eq!(
        (names.len(), names[1..].iter().filter(|name| **name == "An unknown dish").count()),
        (7, 6),
        "{names:?}"
    );
}

pub async fn a_cart_that_is_no_list_stays_as_it_is(app: &TestApp) {
    for lines in ["7", "{}", "null", "\"x\""] {
        let guest = visitor();
        let ordered = OrderedCart::of(guest, &put(app, guest, CartChange::Add(app.line("water", &[]))).await);
        let torn = format!(
            "UPDATE carts SET lines = '{lines}', revision = revision + 1 WHERE restaurant_id = $1 AND visitor_id = '{guest}'"
        );
        change(app, &torn).await;
        place_cart(app, Some(&ordered), &pickup(app)).await.unwrap();
        let kept = format!(
            "SELECT count(*) FROM carts WHERE restaurant_id = $1 AND visitor_id = '{guest}' AND lines = '{lines}'"
        );
        assert_eq!(number(app, &kept).await, 1, "{lines}");
    }
}

/// An order for a full window at old prices learns of the prices first, as the first order of a restaurant as well.
pub async fn a_changed_menu_is_said_before_a_full_window(app: &TestApp) {
    let slots = app.snapshot().await.slots(ServiceMode::Delivery, app.context.clock.now());
    change(app, "DELETE FROM order_counters WHERE restaurant_id = $1").await;
    for first in [true, false] {
        let slot = slots[if first { 2 } else { 4 }].at;
        let NewOrder { lines, mode, due, .. } = delivery(app, slot);
        let request =
            QuoteRequest { lines, mode, postcode: Some("10435".to_owned()), location: None, due, tip_minor: 0 };
        let total = answer(carts::quote(&app.context, &app.slug, &request).await).unwrap().bill.total;
        let fill = format!(
            "INSERT INTO slot_loads VALUES ($1, 'delivery', to_timestamp({}), 2)",
            slot.millis() / 1_000 / 900 * 900
        );
        change(app, &fill).await;
        change(app, "UPDATE variants SET price_minor = price_minor + 100 WHERE restaurant_id = $1").await;
        change(app, "UPDATE restaurants SET menu_version = menu_version + 1 WHERE restaurant_id = $1").await;
        let seen = NewOrder { agreed_total_minor: Some(total.minor()), ..delivery(app, slot) };
        assert_eq!(place(app, &seen).await.unwrap_err().code(), "total_changed", "{first}");
        assert_eq!(place(app, &delivery(app, slot)).await.unwrap_err().code(), "slot_full", "{first}");
        assert_eq!(
            number(app, "SELECT coalesce(max(last_number), 0) FROM order_counters WHERE restaurant_id = $1").await,
            i64::from(!first)
        );
        place(app, &pickup(app)).await.unwrap();
    }
    assert_eq!(number(app, "SELECT last_number FROM order_counters WHERE restaurant_id = $1").await, 2);
}

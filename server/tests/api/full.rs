//! Full slots: menu page, cart, quote, checkout and order offer the same ones, and report each change.

use crate::{
    app::{FRIDAY_EVENING, TestApp, change_id, visitor},
    guest::{answer, change as sql, number, pickup, place, place_for},
};
use ::app::{
    domain::{
        cart::{CartChange, CartView},
        error::AppError,
        id::VisitorId,
        order::{Due, NewOrder, Quote, QuoteRequest},
        restaurant::{EarliestTime, RestaurantPage},
        terms::ServiceMode,
        time::{LocalTime, Timestamp},
    },
    services::CheckoutOptions,
};
use server::{carts, menus};

scenarios!(
    a_full_time_is_offered_nowhere,
    a_time_may_be_full_for_one_mode_only,
    the_earliest_time_is_the_first_with_room,
    a_chosen_time_that_fills_up_stays_chosen_and_is_told,
    a_dish_for_a_full_time_is_not_lost,
    a_dish_out_of_hours_is_the_same_conflict_for_quotes_and_orders,
);

/// 18:45, three quarters of an hour from now.
const AT: Timestamp = FRIDAY_EVENING.plus_minutes(45);
const FULL: &str = "The time you chose, 18:45, is full. Choose another.";

/// Limits each mode to two orders per slot.
pub async fn limit(app: &TestApp) {
    sql(app, "UPDATE service_modes SET orders_per_slot = 2 WHERE restaurant_id = $1").await;
    sql(app, "UPDATE restaurants SET menu_version = menu_version + 1 WHERE restaurant_id = $1").await;
    app.context.catalogue.refresh(app.restaurant).await.unwrap();
}

/// Fills the slots of a mode, in quarters of an hour after 18:00.
pub async fn fill(app: &TestApp, mode: ServiceMode, from: u32, to: u32) {
    let mode = mode.code();
    let statement = format!(
        "INSERT INTO slot_loads SELECT $1, '{mode}', to_timestamp(1795194000 + 900 * n), 2
         FROM generate_series({from}, {to}) n ON CONFLICT (restaurant_id, mode, slot_at) DO UPDATE SET taken = 2"
    );
    sql(app, &statement).await;
}

/// Fills the slots of all modes.
pub async fn fill_all(app: &TestApp, from: u32, to: u32) {
    for mode in ServiceMode::ALL {
        fill(app, mode, from, to).await;
    }
}

async fn page(app: &TestApp, due: Due) -> RestaurantPage {
    answer(menus::restaurant_for(&app.context, &app.slug, due).await).unwrap()
}

async fn change(app: &TestApp, guest: VisitorId, change: CartChange) -> Result<CartView, AppError> {
    answer(carts::change(&app.context, &app.slug, guest, change_id(), &change).await)
}

async fn quote(app: &TestApp, item: &str, due: Due) -> Result<Quote, AppError> {
    let mode = ServiceMode::Pickup;
    let request =
        QuoteRequest { lines: vec![app.line(item, &[])], mode, postcode: None, location: None, due, tip_minor: 0 };
    answer(carts::quote(&app.context, &app.slug, &request).await)
}

fn has(times: &[LocalTime]) -> bool {
    times.iter().any(|time| time.at == AT)
}

pub async fn a_full_time_is_offered_nowhere(app: &TestApp) {
    limit(app).await;
    assert!(has(&page(app, Due::Asap).await.times) && has(&quote(app, "water", Due::Asap).await.unwrap().slots));
    fill_all(app, 3, 3).await;
    assert!(!has(&page(app, Due::Asap).await.times) && !has(&quote(app, "water", Due::Asap).await.unwrap().slots));
    let wanted = page(app, Due::At(AT)).await.time;
    assert_eq!((wanted.due, wanted.gone.unwrap().why.message.as_str()), (Due::At(AT), FULL));
    let guest = visitor();
    change(app, guest, CartChange::Add(app.line("water", &[]))).await.unwrap();
    let order = NewOrder { due: Due::At(AT), ..pickup(app) };
    for refused in [
        change(app, guest, CartChange::SetDue(Due::At(AT))).await.unwrap_err(),
        quote(app, "water", Due::At(AT)).await.unwrap_err(),
        place(app, &order).await.unwrap_err(),
    ] {
        assert_eq!((refused.status(), refused.code()), (409, "slot_full"));
        assert_eq!((refused.to_string().as_str(), refused.problems()[0].field.as_str()), (FULL, "due"));
    }
    let cart = answer(carts::view(&app.context, &app.slug, Some(guest)).await).unwrap();
    assert_eq!((cart.time.due, cart.time.gone), (Due::Asap, None), "a refused choice changes nothing");
    assert_eq!(number(app, "SELECT count(*) FROM orders WHERE restaurant_id = $1").await, 0);
}

pub async fn a_time_may_be_full_for_one_mode_only(app: &TestApp) {
    fill(app, ServiceMode::Delivery, 3, 3).await;
    assert!(has(&page(app, Due::Asap).await.times), "for pickup it can be chosen");
    let of = async |mode| answer(menus::restaurant_in(&app.context, &app.slug, mode).await).unwrap().times;
    assert!(has(&of(ServiceMode::Pickup).await) && !has(&of(ServiceMode::Delivery).await));
    let guest = visitor();
    let cart = change(app, guest, CartChange::SetDue(Due::At(AT))).await.unwrap();
    assert_eq!(cart.time.gone, None);
    let cart = change(app, guest, CartChange::SetMode(ServiceMode::Delivery)).await.unwrap();
    assert_eq!(cart.time.gone.unwrap().why.message, FULL);
    let cart = change(app, guest, CartChange::SetMode(ServiceMode::DineIn)).await.unwrap();
    assert_eq!((cart.time.due, cart.time.gone), (Due::At(AT), None));
}

pub async fn the_earliest_time_is_the_first_with_room(app: &TestApp) {
    limit(app).await;
    fill(app, ServiceMode::Pickup, 1, 2).await;
    let earliest = |page: &RestaurantPage, mode| {
        let found = page.state.earliest.iter().find(|earliest| earliest.mode == mode);
        found.map(|EarliestTime { minutes, time, .. }| (*minutes, time.text.clone()))
    };
    let shown = page(app, Due::Asap).await;
    assert_eq!(earliest(&shown, ServiceMode::Pickup), Some((45, "18:45".to_owned())));
    assert_eq!(earliest(&shown, ServiceMode::DineIn), Some((10, "18:10".to_owned())));
    assert_eq!(quote(app, "water", Due::Asap).await.unwrap().earliest.unwrap().text, "18:45");
    let placed = place(app, &pickup(app)).await.unwrap();
    assert_eq!(
        crate::guest::page(app, &placed.token).await.headline,
        "Sent to Corner Kitchen, waiting for them to confirm"
    );
    let at = "SELECT extract(epoch FROM estimated_at)::bigint FROM orders WHERE restaurant_id = $1";
    assert_eq!(number(app, at).await * 1_000, AT.millis());

    // All slots until closing are full: the menu is that of the first slot with capacity.
    fill_all(app, 0, 18).await;
    let shown = page(app, Due::Asap).await;
    assert!(shown.state.open && shown.state.earliest.is_empty());
    assert_eq!((shown.time.due, shown.time.at.unwrap().text.as_str()), (Due::Asap, "Sat 18:15"));
    assert_eq!(shown.times[0].text, "Sat 18:15");
    let cart = answer(carts::view(&app.context, &app.slug, None).await).unwrap();
    assert_eq!(cart.time.at.unwrap().text, "Sat 18:15");
}

pub async fn a_chosen_time_that_fills_up_stays_chosen_and_is_told(app: &TestApp) {
    limit(app).await;
    let guest = visitor();
    change(app, guest, CartChange::AddFor(Due::At(AT), app.line("water", &[]))).await.unwrap();
    fill_all(app, 3, 3).await;
    let cart = answer(carts::view(&app.context, &app.slug, Some(guest)).await).unwrap();
    let gone = cart.time.gone.unwrap();
    assert_eq!((cart.time.due, gone.time.text.as_str(), gone.why.message.as_str()), (Due::At(AT), "18:45", FULL));
    let checkout = CheckoutOptions::default();
    let view = answer(carts::checkout(&app.context, &app.slug, Some(guest), &checkout).await).unwrap();
    assert_eq!(view.problems.iter().map(|problem| problem.message.as_str()).collect::<Vec<_>>(), [FULL]);
    assert_eq!((view.cart.time.due, view.cart.time.gone.unwrap().time.at), (Due::At(AT), AT));
    let order = NewOrder { due: Due::At(AT), ..pickup(app) };
    assert_eq!(place_for(app, guest, &order).await.unwrap_err().to_string(), FULL);
    let cart = change(app, guest, CartChange::Add(app.line("water", &[]))).await.unwrap();
    assert_eq!((cart.time.due, cart.count), (Due::At(AT), 2));
    let cart = change(app, guest, CartChange::SetDue(Due::At(AT.plus_minutes(15)))).await.unwrap();
    assert_eq!(cart.time.gone, None);
}

pub async fn a_dish_for_a_full_time_is_not_lost(app: &TestApp) {
    limit(app).await;
    fill_all(app, 3, 3).await;
    let guest = visitor();
    let cart = change(app, guest, CartChange::AddFor(Due::At(AT), app.line("water", &[]))).await.unwrap();
    assert_eq!((cart.count, cart.time.due, cart.time.gone.unwrap().why.message.as_str()), (1, Due::At(AT), FULL));
    // Over while the page was open.
    app.at(AT);
    let cart = change(app, guest, CartChange::AddFor(Due::At(AT), app.line("water", &[]))).await.unwrap();
    assert_eq!((cart.count, cart.time.gone.unwrap().why.code.as_str()), (2, "time_not_offered"));
    let refused = change(app, visitor(), CartChange::AddFor(Due::At(AT), app.line("water", &[]))).await.unwrap_err();
    assert_eq!((refused.status(), refused.problems()[0].code.as_str()), (422, "time_not_offered"));
}

pub async fn a_dish_out_of_hours_is_the_same_conflict_for_quotes_and_orders(app: &TestApp) {
    let quoted = quote(app, "soup", Due::Asap).await.unwrap_err();
    let ordered = place(app, &NewOrder { lines: vec![app.line("soup", &[])], ..pickup(app) }).await.unwrap_err();
    assert_eq!(quoted, ordered);
    assert_eq!((ordered.status(), ordered.code()), (409, "sold_out"));
    assert_eq!(ordered.problems()[0].field, "lines/0/item");
    // With another problem on the form, all are returned together.
    let lines = vec![app.line("soup", &[])];
    let both = place(app, &NewOrder { lines, note: "x".repeat(281), ..pickup(app) }).await.unwrap_err();
    assert_eq!((both.status(), both.problems().len()), (422, 2));
}

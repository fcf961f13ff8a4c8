//! Availability at the requested time: on menus, in carts, quotes, checkouts and orders.

use crate::{
    app::{FRIDAY_EVENING, TestApp, change_id, visitor},
    guest::{answer, pickup, place, place_for},
};
use ::app::{
    domain::{
        board::{MenuChange, SoldOut},
        cart::{CartChange, CartView, LineRequest},
        error::AppError,
        id::VisitorId,
        menu::Menu,
        order::{Due, NewOrder, QuoteRequest},
        terms::ServiceMode,
        time::Timestamp,
    },
    services::CheckoutOptions,
};
use server::{carts, menus};

scenarios!(
    lunch_is_sold_for_lunch_only,
    sold_out_today_is_sold_for_tomorrow,
    while_closed_the_first_offered_time_counts,
    a_cart_keeps_its_time_until_it_is_ordered_or_gone,
    a_dish_whose_required_choices_are_all_sold_out_is_not_available,
    a_choice_costs_what_was_saved_for_its_size,
);

const HOUR: i64 = 60;
/// Sunday 22 November 2026, 20:00 in Berlin: open until 03:00; Monday's times are offered.
const SUNDAY_EVENING: Timestamp = FRIDAY_EVENING.plus_minutes(50 * HOUR);
/// Monday, 12:00: lunch is served from 11:30 to 14:30.
const MONDAY_NOON: Timestamp = FRIDAY_EVENING.plus_minutes(66 * HOUR);
/// Monday, 19:00.
const MONDAY_EVENING: Timestamp = FRIDAY_EVENING.plus_minutes(73 * HOUR);

fn order(app: &TestApp, item: &str, due: Due) -> NewOrder {
    NewOrder { lines: vec![app.line(item, &[])], due, ..pickup(app) }
}

async fn quote(app: &TestApp, item: &str, due: Due) -> Result<i64, AppError> {
    let mode = ServiceMode::Pickup;
    let request =
        QuoteRequest { lines: vec![app.line(item, &[])], mode, postcode: None, location: None, due, tip_minor: 0 };
    answer(carts::quote(&app.context, &app.slug, &request).await).map(|quote| quote.bill.total.minor())
}

async fn change(app: &TestApp, guest: VisitorId, change: CartChange) -> Result<CartView, AppError> {
    answer(carts::change(&app.context, &app.slug, guest, change_id(), &change).await)
}

async fn add(app: &TestApp, guest: VisitorId, line: LineRequest) -> Result<CartView, AppError> {
    change(app, guest, CartChange::Add(line)).await
}

/// The problems of the checkout for a time instead of the cart's.
async fn problems(app: &TestApp, guest: VisitorId, due: Option<Due>) -> Vec<String> {
    let options = CheckoutOptions { due, ..CheckoutOptions::default() };
    let view = answer(carts::checkout(&app.context, &app.slug, Some(guest), &options).await).unwrap();
    view.problems.into_iter().map(|problem| problem.code).collect()
}

async fn staff(app: &TestApp, change: MenuChange) -> Result<(), AppError> {
    answer(menus::change(&app.context, &app.staff(), &app.slug, &change).await)
}

async fn menu(app: &TestApp, due: Due) -> Menu {
    let page = answer(menus::restaurant_for(&app.context, &app.slug, due).await).unwrap();
    Menu::clone(&page.menu)
}

fn sold_out(menu: &Menu, app: &TestApp, item: &str) -> Option<String> {
    menu.item(app.item(item)).unwrap().1.sold_out.clone()
}

fn serves(menu: &Menu, app: &TestApp, item: &str) -> bool {
    let (section, item) = menu.item(app.item(item)).unwrap();
    section.offers(item)
}

pub async fn lunch_is_sold_for_lunch_only(app: &TestApp) {
    app.at(SUNDAY_EVENING);
    let (noon, evening) = (Due::At(MONDAY_NOON), Due::At(MONDAY_EVENING));
    assert!(serves(&menu(app, noon).await, app, "soup"));
    assert!(!serves(&menu(app, evening).await, app, "soup"));
    assert!(!serves(&menu(app, Due::Asap).await, app, "soup"));
    assert_eq!(quote(app, "soup", noon).await, Ok(600));
    assert_eq!(quote(app, "soup", evening).await.unwrap_err().code(), "sold_out");
    place(app, &order(app, "soup", noon)).await.unwrap();
    assert_eq!(place(app, &order(app, "soup", evening)).await.unwrap_err().problems()[0].code, "sold_out");

    let guest = visitor();
    assert_eq!(add(app, guest, app.line("soup", &[])).await.unwrap_err().code(), "sold_out");
    let cart = change(app, guest, CartChange::AddFor(noon, app.line("soup", &[]))).await.unwrap();
    assert_eq!((cart.bill.total.minor(), cart.time.due), (600, noon));
    assert_eq!(problems(app, guest, None).await, Vec::<String>::new());
    assert_eq!(problems(app, guest, Some(evening)).await, ["sold_out"]);
    assert_eq!(problems(app, guest, Some(Due::Asap)).await, ["sold_out"]);

    // At lunch, for the evening.
    app.at(MONDAY_NOON);
    place(app, &order(app, "soup", Due::Asap)).await.unwrap();
    assert_eq!(place(app, &order(app, "soup", evening)).await.unwrap_err().problems()[0].code, "sold_out");
    let guest = visitor();
    add(app, guest, app.line("soup", &[])).await.unwrap();
    let later = change(app, guest, CartChange::SetDue(evening)).await.unwrap();
    let words = "Soup of the day: “Lunch” can only be ordered Mon–Fri 11:30–14:30.";
    assert_eq!(later.lines[0].problem.as_deref(), Some(words));
}

pub async fn sold_out_today_is_sold_for_tomorrow(app: &TestApp) {
    let tomorrow = Due::At(FRIDAY_EVENING.plus_minutes(24 * HOUR + 15));
    let today = Due::At(FRIDAY_EVENING.plus_minutes(HOUR));
    staff(app, MenuChange::ItemSoldOut(app.item("water"), SoldOut::Today)).await.unwrap();
    assert_eq!(sold_out(&menu(app, today).await, app, "water").as_deref(), Some("Sold out until Sat 18:00"));
    assert_eq!(sold_out(&menu(app, tomorrow).await, app, "water"), None);
    for due in [Due::Asap, today] {
        assert_eq!(quote(app, "water", due).await.unwrap_err().code(), "sold_out");
        assert_eq!(place(app, &order(app, "water", due)).await.unwrap_err().problems()[0].code, "sold_out");
    }
    assert_eq!(quote(app, "water", tomorrow).await, Ok(300));
    place(app, &order(app, "water", tomorrow)).await.unwrap();
    let until_seven = SoldOut::Until(FRIDAY_EVENING.plus_minutes(HOUR));
    staff(app, MenuChange::ItemSoldOut(app.item("beer"), until_seven)).await.unwrap();
    assert_eq!(quote(app, "beer", Due::Asap).await.unwrap_err().code(), "sold_out");
    assert_eq!(quote(app, "beer", today).await, Ok(500));
    staff(app, MenuChange::ItemSoldOut(app.item("beer"), SoldOut::UntilStocked)).await.unwrap();
    assert_eq!(quote(app, "beer", tomorrow).await.unwrap_err().code(), "sold_out");
    let far = Due::At(FRIDAY_EVENING.plus_minutes(30 * 24 * HOUR));
    assert_eq!(quote(app, "marinara", far).await.unwrap_err().problems()[0].code, "time_not_offered");
}

pub async fn while_closed_the_first_offered_time_counts(app: &TestApp) {
    // Breakfast from 11:00 on; Monday 04:25, when the kitchen is closed.
    let slug = format!("early-{}", &app.slug[7..]);
    app.import(
        &TestApp::fixture(&slug).replace("from = \"11:30\", to = \"14:30\"", "from = \"11:00\", to = \"11:30\""),
    )
    .await;
    app.at(FRIDAY_EVENING.plus_minutes(58 * HOUR + 25));
    let page = answer(menus::restaurant(&app.context, &slug).await).unwrap();
    assert_eq!(page.time.at.as_ref().unwrap().text, "11:15");
    let soup = server::demo::item_id(&slug, "soup");
    let (section, item) = page.menu.item(soup).unwrap();
    assert!(section.offers(item));
    let line = LineRequest { item: soup, ..app.line("water", &[]) };
    let added = carts::change(&app.context, &slug, visitor(), change_id(), &CartChange::Add(line.clone())).await;
    assert_eq!(answer(added).unwrap().lines[0].problem, None);
    // Over for noon.
    let noon = CartChange::AddFor(Due::At(MONDAY_NOON), line);
    let refused = carts::change(&app.context, &slug, visitor(), change_id(), &noon).await;
    assert_eq!(answer(refused).unwrap_err().code(), "sold_out");
}

pub async fn a_cart_keeps_its_time_until_it_is_ordered_or_gone(app: &TestApp) {
    let guest = visitor();
    let (at, never) = (FRIDAY_EVENING.plus_minutes(2 * HOUR), FRIDAY_EVENING.plus_minutes(7));
    let refused = change(app, guest, CartChange::SetDue(Due::At(never))).await.unwrap_err();
    assert_eq!((refused.status(), refused.problems()[0].field.as_str()), (422, "due"));
    assert!(refused.to_string().contains("The first one is 18:15."), "{refused}");
    change(app, guest, CartChange::SetDue(Due::At(at))).await.unwrap();
    let cart = add(app, guest, app.line("water", &[])).await.unwrap();
    assert_eq!((cart.time.due, cart.time.at.as_ref().unwrap().text.as_str()), (Due::At(at), "20:00"));
    let elsewhere = answer(carts::view(&app.second(), &app.slug, Some(guest)).await).unwrap();
    assert_eq!(elsewhere, cart);
    let view =
        answer(carts::checkout(&app.context, &app.slug, Some(guest), &CheckoutOptions::default()).await).unwrap();
    assert_eq!(view.cart.time.due, Due::At(at));
    place_for(app, guest, &order(app, "water", Due::At(at))).await.unwrap();
    let next = answer(carts::view(&app.context, &app.slug, Some(guest)).await).unwrap();
    assert_eq!(next.time.due, Due::Asap, "the time was for that order");

    change(app, guest, CartChange::AddFor(Due::At(at), app.line("water", &[]))).await.unwrap();
    app.at(at);
    let late = answer(carts::view(&app.context, &app.slug, Some(guest)).await).unwrap();
    assert_eq!((late.time.due, late.time.gone.unwrap().time.text.as_str()), (Due::Asap, "20:00"));
    assert_eq!(problems(app, guest, None).await, ["time_not_offered"]);
}

pub async fn a_dish_whose_required_choices_are_all_sold_out_is_not_available(app: &TestApp) {
    let steak = || app.line("steak", &[("side", "bread")]);
    staff(app, MenuChange::ModifierSoldOut(app.modifier("side", "fries"), SoldOut::UntilStocked)).await.unwrap();
    assert_eq!(sold_out(&menu(app, Due::Asap).await, app, "steak"), None);
    let until_seven = SoldOut::Until(FRIDAY_EVENING.plus_minutes(HOUR));
    staff(app, MenuChange::ModifierSoldOut(app.modifier("side", "bread"), until_seven)).await.unwrap();
    let reason = "No choices left for “Choose a side”";
    for dish in ["steak", "chicken"] {
        assert_eq!(sold_out(&menu(app, Due::Asap).await, app, dish).as_deref(), Some(reason));
    }
    assert_eq!(sold_out(&menu(app, Due::Asap).await, app, "margherita"), None, "toppings need not be chosen");
    for line in [steak(), app.line("steak", &[])] {
        let refused = add(app, visitor(), line).await.unwrap_err();
        assert_eq!((refused.status(), refused.code()), (409, "sold_out"));
        assert_eq!(refused.to_string(), format!("Rump steak: {reason}."));
    }
    // Available again later.
    let later = Due::At(FRIDAY_EVENING.plus_minutes(HOUR));
    change(app, visitor(), CartChange::AddFor(later, steak())).await.unwrap();
}

pub async fn a_choice_costs_what_was_saved_for_its_size(app: &TestApp) {
    let mozzarella = app.modifier("toppings", "mozzarella");
    let price = async |size: &str| {
        let variant = Some(app.variant("margherita", size));
        let line = LineRequest { variant, ..app.line("margherita", &[("toppings", "mozzarella")]) };
        add(app, visitor(), line).await.unwrap().bill.subtotal.minor()
    };
    assert_eq!((price("small").await, price("large").await), (890 + 150, 1_190 + 220));
    staff(app, MenuChange::ModifierSizePrice(mozzarella, "large".to_owned(), 300)).await.unwrap();
    staff(app, MenuChange::ModifierPrice(mozzarella, 160)).await.unwrap();
    assert_eq!((price("small").await, price("large").await), (890 + 160, 1_190 + 300));
    staff(app, MenuChange::ModifierSizePrice(mozzarella, "small".to_owned(), 170)).await.unwrap();
    assert_eq!((price("small").await, price("large").await), (890 + 170, 1_190 + 300));
    // No price depends on the other one now, and storing it is rejected.
    let refused = staff(app, MenuChange::ModifierPrice(mozzarella, 999)).await.unwrap_err();
    assert_eq!((refused.status(), refused.problems()[0].code.as_str()), (422, "other_sizes"));
    let refused = staff(app, MenuChange::ModifierSizePrice(mozzarella, "giant".to_owned(), 999)).await.unwrap_err();
    assert_eq!(refused.problems()[0].code, "other_sizes");
    let refused = staff(app, MenuChange::ModifierSizePrice(mozzarella, "large".to_owned(), -1)).await.unwrap_err();
    assert_eq!(refused.problems()[0].code, "price_out_of_range");
    assert_eq!(refused.problems()[0].message, "Enter a price between €0.00 and €10,000,000.00.");
}

//! Carts, checkouts and quotes: changes, prices and problems.

use crate::app::{FRIDAY_EVENING, TestApp, change_id, visitor};
use ::app::{
    domain::{
        board::{MenuChange, SoldOut},
        cart::{CartChange, CartView, Choice, LineRequest, MAX_LINES},
        error::AppError,
        id::{CartLineId, ItemId, ModifierId, VariantId, VisitorId},
        order::{Due, QuoteRequest},
        terms::ServiceMode,
    },
    services::CheckoutOptions,
};
use server::{
    carts,
    context::AppContext,
    db::{Store, StoreOptions},
    error::ServerError,
    menus,
};
use sqlx::{Connection, Executor, PgConnection};
use std::time::Duration;
use uuid::Uuid;

scenarios!(
    keeps_and_prices_what_was_added,
    equal_selections_are_merged,
    quantities_modes_and_clearing,
    refuses_what_cannot_be_priced,
    a_line_that_cannot_be_priced_any_more_stays_and_can_go,
    hasty_changes_are_all_kept,
    a_change_that_arrives_twice_is_made_once,
    a_change_past_its_deadline_is_not_said_to_be_undone,
    a_checkout_says_what_stands_in_the_way,
    full_times_are_not_offered,
    quotes_price_without_a_cart,
);

async fn change(app: &TestApp, visitor: VisitorId, change: CartChange) -> Result<CartView, AppError> {
    carts::change(&app.context, &app.slug, visitor, change_id(), &change).await.map_err(AppError::from)
}

async fn add(app: &TestApp, visitor: VisitorId, line: LineRequest) -> CartView {
    change(app, visitor, CartChange::Add(line)).await.unwrap()
}

fn refusal<T: std::fmt::Debug>(result: Result<T, ServerError>) -> AppError {
    match result {
        Err(ServerError::Refused(refusal)) => refusal,
        other => panic!("not refused: {other:?}"),
    }
}

fn large_margherita(app: &TestApp) -> LineRequest {
    let variant = Some(app.variant("margherita", "large"));
    LineRequest { variant, ..app.line("margherita", &[("toppings", "mozzarella"), ("toppings", "olives")]) }
}

pub async fn keeps_and_prices_what_was_added(app: &TestApp) {
    let guest = visitor();
    let empty = carts::view(&app.context, &app.slug, None).await.unwrap();
    assert_eq!((empty.revision, empty.count, empty.mode), (0, 0, ServiceMode::Pickup));
    assert!(empty.bill.total.is_zero(), "nothing is packed for nothing");
    add(app, guest, large_margherita(app)).await;
    let view = add(app, guest, app.line("water", &[])).await;
    assert_eq!(view.lines[0].name, "Margherita");
    assert_eq!(view.lines[0].details, ["33 cm", "Mozzarella", "Olives"]);
    assert_eq!(view.lines[0].total.unwrap().minor(), 1_190 + 220 + 100);
    assert_eq!((view.bill.subtotal.minor(), view.bill.total.minor()), (1_760, 1_810));
    assert_eq!((view.revision, view.count), (2, 2));
    assert_eq!(carts::view(&app.second(), &app.slug, Some(guest)).await.unwrap(), view);
    assert_eq!(carts::view(&app.context, &app.slug, Some(visitor())).await.unwrap().count, 0);
}

pub async fn a_change_that_arrives_twice_is_made_once(app: &TestApp) {
    let (guest, id) = (visitor(), change_id());
    let add = CartChange::Add(app.line("water", &[]));
    let first = carts::change(&app.context, &app.slug, guest, id, &add).await.unwrap();
    // The second server represents a retry of the load balancer after a lost response; other changes may come in
    // between.
    change(app, guest, CartChange::Add(large_margherita(app))).await.unwrap();
    let again = carts::change(&app.second(), &app.slug, guest, id, &add).await.unwrap();
    assert_eq!((first.count, again.count), (1, 2));
    assert!(again.revision > first.revision + 1, "the answer to a change that was made already is a write, too");
    let other = carts::change(&app.context, &app.slug, guest, change_id(), &add).await.unwrap();
    assert_eq!(other.count, 3);
    assert_eq!(carts::change(&app.context, &app.slug, visitor(), id, &add).await.unwrap().count, 1);
}

pub async fn a_change_past_its_deadline_is_not_said_to_be_undone(app: &TestApp) {
    let (guest, id) = (visitor(), change_id());
    let add_water = CartChange::Add(app.line("water", &[]));
    let before = add(app, guest, app.line("water", &[])).await;
    // Long enough for a loaded machine to send the statement.
    let (deadline, read_deadline) = (Duration::from_secs(2), Duration::from_secs(10));
    let options = StoreOptions { deadline, read_deadline, ..StoreOptions::default() };
    let hasty = AppContext { store: Store::connect(app.url(), &options).unwrap(), ..app.second() };
    // Another transaction locks the cart for longer than the server waits.
    let mut other = PgConnection::connect(app.url()).await.unwrap();
    other.execute("BEGIN").await.unwrap();
    let hold = sqlx::query("SELECT 1 FROM carts WHERE restaurant_id = $1 AND visitor_id = $2 FOR UPDATE");
    hold.bind(app.restaurant.uuid()).bind(guest.uuid()).execute(&mut other).await.unwrap();
    let refused = carts::change(&hasty, &app.slug, guest, id, &add_water).await.map_err(AppError::from);
    assert_eq!(refused.unwrap_err(), AppError::Unknown);
    other.execute("COMMIT").await.unwrap();
    // The delayed statement is executed in the end, and a retry of the change is not another one.
    while carts::view(&app.context, &app.slug, Some(guest)).await.unwrap().revision == before.revision {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let again = carts::change(&app.context, &app.slug, guest, id, &add_water).await.unwrap();
    assert_eq!(again.count, before.count + 1);
}

pub async fn equal_selections_are_merged(app: &TestApp) {
    let guest = visitor();
    add(app, guest, large_margherita(app)).await;
    let mut same = large_margherita(app);
    same.modifiers.reverse();
    same.quantity = 2;
    let view = add(app, guest, same).await;
    assert_eq!((view.lines.len(), view.count), (1, 3));
    let noted = LineRequest { note: "well done".to_owned(), ..large_margherita(app) };
    let view = add(app, guest, noted).await;
    assert_eq!((view.lines.len(), view.count), (2, 4));
    let plain = CartChange::Replace(view.lines[1].line.id, large_margherita(app));
    let view = change(app, guest, plain).await.unwrap();
    assert_eq!((view.lines.len(), view.count), (1, 4));
}

pub async fn quantities_modes_and_clearing(app: &TestApp) {
    let guest = visitor();
    let view = add(app, guest, app.line("water", &[])).await;
    let line = view.lines[0].line.id;
    assert_eq!(change(app, guest, CartChange::SetQuantity(line, 99)).await.unwrap().count, 99);
    let refused = change(app, guest, CartChange::Add(app.line("water", &[]))).await.unwrap_err();
    assert_eq!(refused.problems()[0].field, "quantity");
    assert!(change(app, guest, CartChange::SetQuantity(line, 100)).await.is_err());
    let delivery = change(app, guest, CartChange::SetMode(ServiceMode::Delivery)).await.unwrap();
    assert_eq!(delivery.mode, ServiceMode::Delivery);
    assert_eq!(change(app, guest, CartChange::SetQuantity(line, 0)).await.unwrap().lines, []);
    assert_eq!(change(app, guest, CartChange::SetQuantity(line, 0)).await.unwrap().lines, []);
    let gone = change(app, guest, CartChange::SetQuantity(line, 1)).await.unwrap_err();
    assert_eq!(gone.status(), 404);
    add(app, guest, app.line("beer", &[])).await;
    let cleared = change(app, guest, CartChange::Clear).await.unwrap();
    assert_eq!((cleared.count, cleared.mode), (0, ServiceMode::Delivery));
}

pub async fn refuses_what_cannot_be_priced(app: &TestApp) {
    let guest = visitor();
    let water = app.line("water", &[]);
    let wrong = [
        (LineRequest { item: ItemId::from_uuid(Uuid::new_v4()), ..water.clone() }, 422, "item", "unknown_item"),
        (
            LineRequest { variant: Some(VariantId::from_uuid(Uuid::new_v4())), ..water.clone() },
            422,
            "variant",
            "unknown_variant",
        ),
        (app.line("margherita", &[]), 422, "variant", "unknown_variant"),
        (LineRequest { quantity: 0, ..water.clone() }, 422, "quantity", "quantity_out_of_range"),
        (LineRequest { quantity: 4_000_000_000, ..water.clone() }, 422, "quantity", "quantity_out_of_range"),
        (LineRequest { note: "x".repeat(281), ..water.clone() }, 422, "note", "note_too_long"),
        (app.line("steak", &[]), 422, "modifier", "too_few_modifiers"),
        (app.line("steak", &[("side", "fries"), ("side", "bread")]), 422, "modifier", "too_many_modifiers"),
        (app.line("water", &[("side", "fries")]), 422, "modifier", "unknown_modifier"),
        (app.line("soup", &[]), 409, "item", "sold_out"),
    ];
    for (line, status, field, code) in wrong {
        for change_of in
            [CartChange::Add(line.clone()), CartChange::Replace(CartLineId::from_uuid(Uuid::new_v4()), line)]
        {
            let refused = change(app, guest, change_of).await.unwrap_err();
            let problem = &refused.problems()[0];
            assert_eq!((refused.status(), problem.field.as_str(), problem.code.as_str()), (status, field, code));
        }
    }
    assert_eq!(carts::view(&app.context, &app.slug, Some(guest)).await.unwrap().revision, 0);
    for number in 0..MAX_LINES {
        add(app, guest, LineRequest { note: number.to_string(), ..water.clone() }).await;
    }
    let refused = change(app, guest, CartChange::Add(app.line("beer", &[]))).await.unwrap_err();
    assert_eq!(refused.problems()[0].code, "too_many_lines");
}

pub async fn a_line_that_cannot_be_priced_any_more_stays_and_can_go(app: &TestApp) {
    let guest = visitor();
    add(app, guest, app.line("steak", &[("side", "bread")])).await;
    add(app, guest, app.line("water", &[])).await;
    let sold_out = MenuChange::ItemSoldOut(app.item("steak"), SoldOut::UntilStocked);
    menus::change(&app.context, &app.staff(), &app.slug, &sold_out).await.unwrap();
    let view = carts::view(&app.context, &app.slug, Some(guest)).await.unwrap();
    assert_eq!(view.lines[0].name, "Rump steak");
    assert_eq!(view.lines[0].details, ["Garlic bread"]);
    assert_eq!(view.lines[0].problem.as_deref(), Some("Rump steak: Sold out."));
    assert_eq!((view.lines[0].total, view.bill.subtotal.minor()), (None, 250));
    let checkout = carts::checkout(&app.context, &app.slug, Some(guest), &CheckoutOptions::default()).await.unwrap();
    assert_eq!(checkout.problems[0].code, "sold_out");
    let removed = change(app, guest, CartChange::SetQuantity(view.lines[0].line.id, 0)).await.unwrap();
    assert_eq!(removed.lines.len(), 1);
}

pub async fn hasty_changes_are_all_kept(app: &TestApp) {
    let guest = visitor();
    let taps: Vec<_> = (0..8)
        .map(|_| {
            let (context, slug, line) = (app.context.clone(), app.slug.clone(), app.line("water", &[]));
            tokio::spawn(async move {
                carts::change(&context, &slug, guest, change_id(), &CartChange::Add(line)).await.unwrap()
            })
        })
        .collect();
    for tap in taps {
        tap.await.unwrap();
    }
    let view = carts::view(&app.context, &app.slug, Some(guest)).await.unwrap();
    assert_eq!((view.count, view.revision, view.lines.len()), (8, 8, 1));
}

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

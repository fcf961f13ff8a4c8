//! Carts: changes, prices and problems.

use crate::app::{TestApp, change_id, visitor};
use ::app::{
    domain::{
        board::{MenuChange, SoldOut},
        cart::{CartChange, CartView, LineRequest, MAX_LINES},
        error::AppError,
        id::{CartLineId, ItemId, VariantId, VisitorId},
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
);

async fn change(app: &TestApp, visitor: VisitorId, change: CartChange) -> Result<CartView, AppError> {
    carts::change(&app.context, &app.slug, visitor, change_id(), &change).await.map_err(AppError::from)
}

pub async fn add(app: &TestApp, visitor: VisitorId, line: LineRequest) -> CartView {
    change(app, visitor, CartChange::Add(line)).await.unwrap()
}

pub fn refusal<T: std::fmt::Debug>(result: Result<T, ServerError>) -> AppError {
    match result {
        Err(ServerError::Refused(refusal)) => refusal,
        other => panic!("not refused: {other:?}"),
    }
}

pub fn large_margherita(app: &TestApp) -> LineRequest {
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

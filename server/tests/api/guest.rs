//! Actions of guests and staff in the scenarios.

use crate::app::TestApp;
use ::app::{
    domain::{
        board::{OrderMove, Ticket},
        error::AppError,
        id::{OrderId, StaffId, VisitorId},
        order::{Address, Contact, Due, NewOrder, OrderView, PlacedOrder, Reason, Verb},
        role::Role,
        terms::ServiceMode,
        time::Timestamp,
    },
    services::{OrderKey, OrderedCart, Staff, Workplace},
};
use server::{carts, error::ServerError, kitchen, orders};
use sha2::{Digest, Sha256};
use sqlx::{Connection, PgConnection};
use uuid::Uuid;

/// A small order for pickup, as soon as possible.
pub fn pickup(app: &TestApp) -> NewOrder {
    NewOrder {
        lines: vec![app.line("marinara", &[]), app.line("chicken", &[("side", "bread")])],
        mode: ServiceMode::Pickup,
        due: Due::Asap,
        contact: Contact { name: "Ada".to_owned(), phone: "+49 30 5550199".to_owned(), email: String::new() },
        address: None,
        table: None,
        tip_minor: 0,
        note: String::new(),
        agreed_total_minor: None,
    }
}

/// A delivery at a time.
pub fn delivery(app: &TestApp, at: Timestamp) -> NewOrder {
    NewOrder {
        mode: ServiceMode::Delivery,
        due: Due::At(at),
        address: Some(Address {
            street: "Kastanienallee 1".to_owned(),
            postcode: "10435".to_owned(),
            city: "Berlin".to_owned(),
            directions: "2nd floor".to_owned(),
            location: None,
        }),
        ..pickup(app)
    }
}

/// An idempotency key with the fingerprint of the order.
pub fn key(name: &str, order: &NewOrder) -> OrderKey {
    OrderKey {
        key: name.to_owned(),
        fingerprint: Sha256::digest(serde_json::to_vec(order).unwrap()).into(),
        order: OrderId::from_uuid(Uuid::now_v7()),
    }
}

/// Places an order under a new key.
pub async fn place(app: &TestApp, order: &NewOrder) -> Result<PlacedOrder, AppError> {
    place_cart(app, None, order).await
}

/// Places an order of a visitor, with the whole cart.
pub async fn place_for(app: &TestApp, visitor: VisitorId, order: &NewOrder) -> Result<PlacedOrder, AppError> {
    let cart = answer(carts::view(&app.context, &app.slug, Some(visitor)).await)?;
    place_cart(app, Some(&OrderedCart::of(visitor, &cart)), order).await
}

/// Places an order that removes these lines from a cart.
pub async fn place_cart(app: &TestApp, cart: Option<&OrderedCart>, order: &NewOrder) -> Result<PlacedOrder, AppError> {
    let key = key(&Uuid::new_v4().to_string(), order);
    answer(orders::place(&app.context, &app.slug, &key, cart, order).await)
}

/// The order's page.
pub async fn page(app: &TestApp, token: &str) -> OrderView {
    answer(orders::view(&app.context, token).await).unwrap()
}

/// A staff member of the fixture restaurant.
pub fn staff(app: &TestApp) -> Staff {
    let (restaurant, slug) = (app.restaurant, app.slug.clone());
    let place = Workplace { restaurant, slug, name: "Corner Kitchen".to_owned(), role: Role::Floor };
    Staff { id: StaffId::from_uuid(Uuid::new_v4()), name: "Grace".to_owned(), restaurants: vec![place] }
}

/// A transition based on a version.
pub fn decision(order: OrderId, verb: Verb, version: i64) -> OrderMove {
    let reason = matches!(verb, Verb::Reject | Verb::Cancel).then_some(Reason::TooBusy);
    let minutes = (verb == Verb::Postpone).then_some(25);
    OrderMove { order, verb, version, minutes, reason, words: String::new(), key: Uuid::new_v4().to_string() }
}

/// Applies a staff decision.
pub async fn decide(app: &TestApp, decision: &OrderMove) -> Result<Ticket, AppError> {
    answer(kitchen::move_order(&app.context, &staff(app), &app.slug, decision).await)
}

/// Applies a staff transition to the current version.
pub async fn step(app: &TestApp, placed: &PlacedOrder, verb: Verb) -> Result<Ticket, AppError> {
    let version = page(app, &placed.token).await.version;
    decide(app, &decision(placed.id, verb, version)).await
}

/// The result of a use case; any error but a rejection fails the test.
pub fn answer<T>(outcome: Result<T, ServerError>) -> Result<T, AppError> {
    match outcome {
        Ok(value) => Ok(value),
        Err(ServerError::Refused(refusal)) => Err(refusal),
        Err(error) => panic!("{error:?}"),
    }
}

/// A number from the database; `$1` is the fixture restaurant.
pub async fn number(app: &TestApp, statement: &str) -> i64 {
    let mut connection = PgConnection::connect(app.url()).await.unwrap();
    sqlx::query_scalar(sqlx::AssertSqlSafe(statement.to_owned()))
        .bind(app.restaurant.uuid())
        .fetch_one(&mut connection)
        .await
        .unwrap()
}

/// Changes rows; `$1` is the fixture restaurant.
pub async fn change(app: &TestApp, statement: &str) {
    let mut connection = PgConnection::connect(app.url()).await.unwrap();
    sqlx::query(sqlx::AssertSqlSafe(statement.to_owned()))
        .bind(app.restaurant.uuid())
        .execute(&mut connection)
        .await
        .unwrap();
}

//! Orders whose menu changes while they are placed: priced again, and refused at another total than the agreed one.

use crate::{
    app::TestApp,
    guest::{answer, change, key, pickup, place},
    orders::dearer,
};
use ::app::domain::{
    error::AppError,
    order::{NewOrder, PlacedOrder},
};
use server::orders;
use sqlx::{Connection, PgConnection, postgres::PgConnectOptions};
use std::time::Duration;

scenarios! { changed_menus_are_priced_again }

pub async fn changed_menus_are_priced_again(app: &TestApp) {
    // Without an agreed total the order is taken at the new prices.
    assert_eq!(place_while_priced(app, &pickup(app), 990).await.unwrap().total.minor(), 2610);
    // Both menus are known: the sentence names what changed.
    let order = NewOrder { agreed_total_minor: Some(2610), ..pickup(app) };
    let refused = place_while_priced(app, &order, 890).await.unwrap_err();
    assert_eq!(refused.code(), "total_changed");
    assert!(refused.to_string().contains("€25.10 instead of €26.10: Marinara €8.90 instead of €9.90."), "{refused}");
    // Only the new menu is known: the sentence has both totals.
    app.context.catalogue.refresh(app.restaurant).await.unwrap();
    let refused = place(app, &order).await.unwrap_err();
    assert_eq!(refused.code(), "total_changed");
    let words = "€25.10 instead of €26.10: your cart, the menu or its fees changed since you looked.";
    assert!(refused.to_string().contains(words), "{refused}");
    // The change does not affect the agreed total.
    change(app, "UPDATE restaurants SET menu_version = menu_version + 1 WHERE restaurant_id = $1").await;
    place(app, &NewOrder { agreed_total_minor: Some(2510), ..pickup(app) }).await.unwrap();
}

/// Places an order, and changes the price of the marinara after the order was priced and before it is stored: until then
/// another transaction holds its key.
async fn place_while_priced(app: &TestApp, order: &NewOrder, price: i64) -> Result<PlacedOrder, AppError> {
    let key = key(&uuid::Uuid::new_v4().to_string(), order);
    let mut holder = PgConnection::connect(app.url()).await.unwrap();
    let mut held = holder.begin().await.unwrap();
    sqlx::query(
        "INSERT INTO idempotency_keys (restaurant_id, scope, key, fingerprint, order_id, version, replays, created_at)
         VALUES ($1, 'place', $2, '\\x00', $1, 1, 0, 'epoch')",
    )
    .bind(app.restaurant.uuid())
    .bind(&key.key)
    .execute(&mut *held)
    .await
    .unwrap();
    let change = async {
        wait_for_a_blocked_order(app).await;
        dearer(app, price).await;
        held.rollback().await.unwrap();
    };
    let (placed, ()) = tokio::join!(orders::place(&app.context, &app.slug, &key, None, order), change);
    answer(placed)
}

/// Waits until a statement that places an order waits for a lock, on the node of the restaurant.
async fn wait_for_a_blocked_order(app: &TestApp) {
    let mut node: PgConnectOptions = app.url().parse().unwrap();
    if let Some(address) = app.context.store.locate(app.restaurant).await.address {
        let (host, port) = address.split_once(':').unwrap();
        node = node.host(host).port(port.parse().unwrap());
    }
    let mut connection = PgConnection::connect_with(&node).await.unwrap();
    let blocked = "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database()
        AND wait_event_type = 'Lock' AND query LIKE '%place_order%')";
    while !sqlx::query_scalar::<_, bool>(blocked).fetch_one(&mut connection).await.unwrap() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

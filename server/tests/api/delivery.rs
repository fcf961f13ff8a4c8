//! Delivery to a list that cannot be written.

use crate::{
    app::{FRIDAY_EVENING, TestApp, visitor},
    guest::{answer, number, pickup, place_for},
};
use server::{orders, outbox};

/// The order of a list that refuses it waits in the outbox, and the others are delivered.
#[tokio::test]
async fn an_order_that_cannot_be_delivered_waits_alone() {
    let app = &TestApp::start().await;
    let (ada, bob) = (visitor(), visitor());
    place_for(app, ada, &pickup(app)).await.unwrap();
    place_for(app, bob, &pickup(app)).await.unwrap();
    let refuse = format!("ALTER TABLE visitor_orders ADD CONSTRAINT refused CHECK (visitor_id <> '{ada}')");
    app.sql(&refuse).await;
    outbox::deliver(&app.context, app.restaurant).await.unwrap();
    app.sql("ALTER TABLE visitor_orders DROP CONSTRAINT refused").await;
    assert!(answer(orders::recent(&app.context, ada).await).unwrap().is_empty());
    assert_eq!(answer(orders::recent(&app.context, bob).await).unwrap()[0].number, 2);
    assert_eq!(outbox::deliver(&app.context, app.restaurant).await.unwrap(), 0, "not before its time");
    app.at(FRIDAY_EVENING.plus_minutes(1));
    assert_eq!(outbox::deliver(&app.context, app.restaurant).await.unwrap(), 1);
    assert_eq!(answer(orders::recent(&app.context, ada).await).unwrap()[0].number, 1);
    assert_eq!(number(app, "SELECT count(*) FROM outbox WHERE restaurant_id = $1").await, 0);
}

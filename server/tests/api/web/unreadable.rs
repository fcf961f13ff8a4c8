//! An order with an unreadable bill, for its guest and for an API client.

use crate::{
    guest,
    web::site::{Browser, TestServer},
};
use serde_json::Value;

#[tokio::test]
async fn an_order_without_a_readable_bill_is_shown_without_it() {
    let site = TestServer::start().await;
    let placed = guest::place(&site.app, &guest::pickup(&site.app)).await.unwrap();
    site.app.sql("UPDATE orders SET bill = '{\"lines\": 7}'").await;

    let answer = reqwest::get(site.url(&format!("/api/v1/orders/{}", placed.token))).await.unwrap();
    assert_eq!(answer.status(), 200);
    let view: Value = answer.json().await.unwrap();
    assert!(view["bill"].is_null() && view["unreadable"] == "bill", "{view}");
    assert_eq!((&view["number"], &view["status"]), (&Value::from(placed.number), &Value::from("placed")));
    assert!(view["restaurant_phone"].as_str().is_some_and(|phone| !phone.is_empty()), "{view}");

    let page = Browser::new().page(&site.url(&format!("/orders/{}", placed.token))).await;
    assert!(page.contains("The details of this order cannot be shown. The restaurant has it: call"), "{page}");

    let mut events = reqwest::get(site.url(&format!("/orders/{}/events", placed.token))).await.unwrap();
    assert_eq!(events.status(), 200);
    let mut seen = String::new();
    while !seen.contains("event: order") {
        seen.push_str(&String::from_utf8_lossy(&events.chunk().await.unwrap().expect("the stream stays open")));
    }

    let document: Value = reqwest::get(site.url("/api/v1/openapi.json")).await.unwrap().json().await.unwrap();
    let order = &document["components"]["schemas"]["OrderView"];
    assert!(order["properties"]["bill"].to_string().contains("null"), "{order}");
    assert!(order["properties"]["unreadable"].to_string().contains("null"), "{order}");
    assert!(!order["required"].as_array().unwrap().iter().any(|name| name == "bill"), "{order}");
    assert_eq!(document["components"]["schemas"]["Unreadable"]["enum"][0], "bill");
}

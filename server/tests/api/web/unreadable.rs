//! Orders and carts with unreadable parts, for their guest and for an API client.

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

#[tokio::test]
async fn an_order_without_a_readable_state_is_shown_with_its_number_and_whom_to_call() {
    let site = TestServer::start().await;
    let placed = guest::place(&site.app, &guest::pickup(&site.app)).await.unwrap();
    site.app.sql("ALTER TABLE orders DROP CONSTRAINT orders_status_check").await;
    site.app.sql("UPDATE orders SET status = 'frozen'").await;

    let answer = reqwest::get(site.url(&format!("/api/v1/orders/{}", placed.token))).await.unwrap();
    assert_eq!(answer.status(), 200);
    let view: Value = answer.json().await.unwrap();
    assert_eq!((&view["number"], &view["unreadable"]), (&Value::from(placed.number), &Value::from("state")));

    let browser = Browser::new();
    let address = site.url(&format!("/orders/{}", placed.token));
    let page = browser.page(&address).await;
    assert!(page.contains("The status of this order cannot be shown"), "{page}");
    assert!(page.contains("The restaurant has your order: call") && page.contains("tel:+49305550101"), "{page}");
    assert!(page.contains("Marinara") && page.contains("tabular-nums\">1</strong>"), "{page}");
    assert!(!page.contains("aria-current=\"step\"") && !page.contains("/cancel"), "{page}");
    let cancelled = browser.post(&format!("{address}/cancel"), &[]).await;
    assert_eq!(cancelled.status(), 409);
    let page = cancelled.text().await.unwrap();
    assert!(page.contains("This order can no longer be read here. Call the restaurant about it."), "{page}");
}

#[tokio::test]
async fn a_line_that_cannot_be_read_can_only_be_removed() {
    let site = TestServer::start().await;
    let browser = Browser::new();
    for dish in ["marinara", "water", "chicken"] {
        let (item, bread) = (site.app.item(dish).to_string(), site.app.modifier("side", "bread").to_string());
        let mut fields = vec![("action", "add"), ("item", item.as_str()), ("quantity", "1")];
        if dish == "chicken" {
            fields.push(("modifier", &bread));
        }
        assert_eq!(browser.post(&site.restaurant("/cart"), &fields).await.status(), 303);
    }
    site.app.sql("UPDATE carts SET lines = jsonb_set(lines, '{0,quantity}', '\"half\"')").await;
    // A dish that is not on the menu any more has no page either.
    site.app
        .sql("UPDATE carts SET lines = jsonb_set(lines, '{2,item}', '\"6f2ab0a5-0d3c-4d4f-9d0c-0f1f6a3c7d11\"')")
        .await;
    let page = browser.page(&site.restaurant("/cart")).await;
    assert_eq!(page.matches(">Remove<").count(), 3, "{page}");
    assert_eq!((page.matches(">Change<").count(), page.matches("data-quantity").count()), (1, 1), "{page}");
    let links = page.split("href=\"").filter_map(|rest| rest.split('"').next());
    for link in links.filter(|link| link.contains("/items/")) {
        assert_eq!(browser.get(&site.url(link)).await.status(), 200, "{link}");
    }
}

//! Restaurants that are not published: invisible to strangers on every surface, complete for their team, without orders.

use crate::{
    app::TestApp,
    guest,
    web::site::{Browser, TestServer, hidden},
};
use app::domain::error::AppError;
use serde_json::json;

/// Sets who sees the fixture restaurant, as a change by its team does.
async fn list_as(site: &TestServer, listing: &str) {
    let set = format!(
        "UPDATE restaurants SET listing = '{listing}', menu_version = menu_version + 1 WHERE restaurant_id = '{}'",
        site.app.restaurant
    );
    site.app.sql(&set).await;
    site.server.context.catalogue.changed(site.app.restaurant).await.unwrap();
    site.app.context.catalogue.changed(site.app.restaurant).await.unwrap();
}

/// All addresses of the fixture restaurant for guests and programs.
fn addresses(site: &TestServer) -> Vec<String> {
    let item = format!("/items/{}", site.app.item("marinara"));
    let pages = ["", "?due=asap", item.as_str(), "/cart", "/checkout"].map(|path| site.restaurant(path));
    pages.into_iter().chain([site.api("/menu"), site.api("/menu?due=asap")]).collect()
}

fn quote(site: &TestServer) -> serde_json::Value {
    json!({ "mode": "pickup", "due": "asap", "lines": [
        { "item": site.app.item("marinara"), "variant": null, "modifiers": [], "quantity": 1, "note": "" }
    ] })
}

#[tokio::test]
async fn guests_do_not_find_a_restaurant_that_is_not_published() {
    let site = TestServer::start().await;
    let guest = Browser::new();
    for address in addresses(&site) {
        // Twice, so that what is cached is in the cache.
        assert_eq!(guest.get(&address).await.status(), 200, "{address}");
        assert_eq!(guest.get(&address).await.status(), 200, "{address}");
    }
    let (home, search) = (site.url("/"), site.url("/api/v1/restaurants?q=corner"));
    assert!(guest.page(&home).await.contains(&site.app.slug));
    let order = crate::guest::pickup(&site.app);
    for listing in ["draft", "review", "suspended"] {
        list_as(&site, listing).await;
        for address in addresses(&site) {
            let unknown = guest.get(&address.replace(&site.app.slug, "no-such-restaurant")).await;
            let found = guest.get(&address).await;
            assert_eq!(found.status(), 404, "{listing}: {address}");
            let (found, unknown) = (found.text().await.unwrap(), unknown.text().await.unwrap());
            assert!(!found.contains("Corner"), "{listing}: {address}");
            assert_eq!(found, unknown, "{listing}: {address}");
        }
        let quoted = guest.0.post(site.api("/quotes")).json(&quote(&site)).send().await.unwrap();
        assert_eq!(quoted.status(), 404, "{listing}");
        let order = guest.0.post(site.api("/orders")).header("idempotency-key", "a").json(&order);
        assert_eq!(order.send().await.unwrap().status(), 404, "{listing}");
        let key = uuid::Uuid::new_v4().to_string();
        for form in [[("action", "clear"), ("order", &key)], [("update", "1"), ("order", &key)]] {
            for path in ["/cart", "/checkout"] {
                let refused = guest.post(&site.restaurant(path), &form).await;
                assert_eq!(refused.status(), 404, "{listing}: {path}");
                assert!(!refused.text().await.unwrap().contains("Corner"), "{listing}: {path}");
            }
        }
        assert!(!guest.page(&home).await.contains(&site.app.slug), "{listing}");
        assert!(!guest.page(&search).await.contains(&site.app.slug), "{listing}");
        list_as(&site, "published").await;
        for address in addresses(&site) {
            assert_eq!(guest.get(&address).await.status(), 200, "{address}");
        }
        assert!(guest.page(&home).await.contains(&site.app.slug), "{listing}");
    }
}

#[tokio::test]
async fn its_team_walks_through_everything_but_the_order() {
    let site = TestServer::start().await;
    let (cook, stranger) = (Browser::new(), Browser::new());
    site.sign_in_as(&cook, "kitchen").await;
    list_as(&site, "draft").await;
    for address in [site.restaurant(""), site.restaurant("/cart")] {
        let page = cook.get(&address).await;
        assert_eq!(page.status(), 200, "{address}");
        assert_eq!(page.headers()["cache-control"], "no-store", "{address}");
        let page = page.text().await.unwrap();
        assert!(page.contains("Only your team sees this page"), "{address}");
        assert_eq!(stranger.get(&address).await.status(), 404, "{address}");
    }
    let item = site.app.item("marinara").to_string();
    let form = [("action", "add"), ("item", item.as_str()), ("quantity", "1")];
    assert_eq!(cook.post(&site.restaurant("/cart"), &form).await.status(), 303);
    let checkout = cook.page(&site.restaurant("/checkout")).await;
    assert!(checkout.contains("Only your team sees this page"));
    let (order, agreed) = (hidden(&checkout, "order"), hidden(&checkout, "agreed"));
    let form = [
        ("order", order.as_str()),
        ("agreed", agreed.as_str()),
        ("mode", "pickup"),
        ("name", "Ada"),
        ("phone", "+49 30 5550101"),
    ];
    let refused = cook.post(&site.restaurant("/checkout"), &form).await;
    assert_eq!(refused.status(), 409);
    assert!(refused.text().await.unwrap().contains("not open to guests yet"));
    assert_eq!(site.app.count("orders").await, 0);
    list_as(&site, "published").await;
    assert_eq!(cook.post(&site.restaurant("/checkout"), &form).await.status(), 303);
    assert!(!cook.page(&site.restaurant("")).await.contains("Only your team sees this page"));
}

#[tokio::test]
async fn an_order_that_meets_the_end_of_a_listing_is_refused() {
    let app = TestApp::start().await;
    // Cached as published, while another server takes it offline.
    app.snapshot().await;
    app.sql("UPDATE restaurants SET listing = 'draft', menu_version = menu_version + 1").await;
    let refused = guest::place(&app, &guest::pickup(&app)).await.unwrap_err();
    assert!(matches!(&refused, AppError::Conflict { problem } if problem.code == "not_published"), "{refused:?}");
    assert_eq!(app.count("orders").await, 0);
}

#[tokio::test]
async fn an_order_of_a_suspended_restaurant_stays_readable_and_is_not_repeated() {
    let site = TestServer::start().await;
    let placed = guest::place(&site.app, &guest::pickup(&site.app)).await.unwrap();
    list_as(&site, "suspended").await;
    let browser = Browser::new();
    let address = site.url(&format!("/orders/{}", placed.token));
    assert_eq!(browser.get(&address).await.status(), 200);
    let again = browser.post(&format!("{address}/again"), &[]).await;
    assert_eq!(again.status(), 409);
    assert!(again.text().await.unwrap().contains("takes no orders here at the moment"));
}

#[tokio::test]
async fn an_order_that_was_placed_before_is_confirmed_again() {
    let site = TestServer::start().await;
    let program = Browser::new();
    let order = guest::pickup(&site.app);
    let place =
        |key: &'static str| program.0.post(site.api("/orders")).header("idempotency-key", key).json(&order).send();
    let placed: serde_json::Value = place("first").await.unwrap().json().await.unwrap();
    list_as(&site, "draft").await;
    // Its response was lost, and then the restaurant was taken offline.
    let again = place("first").await.unwrap();
    assert_eq!(again.status(), 200);
    let again: serde_json::Value = again.json().await.unwrap();
    assert_eq!(again["token"], placed["token"]);
    assert_eq!(place("second").await.unwrap().status(), 404);
    assert_eq!(site.app.count("orders").await, 1);
}

//! Carts through plain forms: each change is made once, and a rejected one says why.

use crate::web::{
    forms::with_cart,
    site::{Browser, TestServer, hidden},
};
use app::domain::cart::CartView;

pub async fn count(site: &TestServer, browser: &Browser) -> u32 {
    let cart = browser.0.get(site.restaurant("/cart")).header("accept", "application/json").send().await.unwrap();
    cart.json::<CartView>().await.unwrap().count
}

#[tokio::test]
async fn a_form_of_the_cart_is_done_once_by_its_key() {
    let site = TestServer::start().await;
    let browser = with_cart(&site).await;
    let item = site.app.item("chicken").to_string();
    let address = site.restaurant(&format!("/items/{item}"));
    let bread = site.app.modifier("side", "bread").to_string();
    let key = hidden(&browser.page(&address).await, "key");
    assert_ne!(hidden(&browser.page(&address).await, "key"), key, "each page has its own key");
    let mut fields =
        vec![("action", "add"), ("item", &*item), ("modifier", &*bread), ("quantity", "1"), ("key", &*key)];
    for _ in 0..3 {
        assert_eq!(browser.post(&address, &fields).await.status(), 303);
        assert_eq!(count(&site, &browser).await, 3, "the answer got lost, and the browser sent it again");
    }
    // A rejected form can be corrected on the same page.
    fields[3] = ("quantity", "0");
    let refused = browser.post(&address, &fields).await;
    assert_eq!(refused.status(), 422);
    assert_eq!(hidden(&refused.text().await.unwrap(), "key"), key);
    fields[3] = ("quantity", "2");
    assert_eq!(browser.post(&address, &fields).await.status(), 303);
    assert_eq!(count(&site, &browser).await, 5);
    // Clients without a key are identified by their request id; without one, each request is a change.
    let plain = &fields[..4];
    for expected in [7, 7] {
        let sent = browser.form(&address, plain).header("x-request-id", "3fdb0c1e35d14d0f8f5f9a1c2b3d4e5f");
        assert_eq!(sent.header("accept", "text/html").send().await.unwrap().status(), 303);
        assert_eq!(count(&site, &browser).await, expected);
    }
    assert_eq!(browser.post(&address, plain).await.status(), 303);
    assert_eq!(count(&site, &browser).await, 9);
    // The menu page is the same for all guests: a key in it would merge different changes.
    assert!(!browser.page(&site.restaurant("")).await.contains("name=\"key\""));
    let cart = browser.page(&site.restaurant("/cart")).await;
    let forms = cart.matches("<form method=\"post\"").count();
    assert_eq!(cart.matches("name=\"key\"").count(), forms, "{cart}");
}

#[tokio::test]
async fn a_line_that_is_gone_leaves_the_guest_at_the_cart() {
    let site = TestServer::start().await;
    let browser = with_cart(&site).await;
    let gone = uuid::Uuid::new_v4().to_string();
    let fields = [("action", "quantity"), ("line", gone.as_str()), ("quantity", "2")];
    let refused = browser.post(&site.restaurant("/cart"), &fields).await;
    assert_eq!(refused.status(), 404);
    let page = refused.text().await.unwrap();
    assert!(page.contains("This line of the cart does not exist") && page.contains("Marinara"), "{page}");
}

#[tokio::test]
async fn a_cart_that_is_looked_at_is_kept_for_another_90_days() {
    let site = TestServer::start().await;
    let browser = with_cart(&site).await;
    let answer = browser.get(&site.restaurant("/cart")).await;
    let cookie = answer.headers()["set-cookie"].to_str().unwrap().to_owned();
    assert!(cookie.starts_with("toast_visitor=") && cookie.contains("Max-Age=7776000"), "{cookie}");
    assert!(cookie.contains("HttpOnly"), "a cart that a script has named gets out of reach of scripts: {cookie}");
    assert_eq!(count(&site, &browser).await, 2);
    assert!(!Browser::new().get(&site.restaurant("/cart")).await.headers().contains_key("set-cookie"));
    assert!(!browser.get(&site.restaurant("")).await.headers().contains_key("set-cookie"));
}

#[tokio::test]
async fn carts_refuse_what_cannot_be_cooked() {
    let site = TestServer::start().await;
    let marinara = site.app.item("marinara").to_string();
    let chicken = site.app.item("chicken").to_string();
    let other = site.app.import(&crate::app::TestApp::fixture("elsewhere")).await;
    assert_ne!(other, site.app.restaurant);
    let foreign = server::demo::item_id("elsewhere", "marinara").to_string();
    let cart = site.restaurant("/cart");
    for (fields, status, code) in [
        (vec![("action", "add"), ("item", marinara.as_str()), ("quantity", "0")], 422, "quantity_out_of_range"),
        (vec![("action", "add"), ("item", &marinara), ("quantity", "1000")], 422, "quantity_out_of_range"),
        (vec![("action", "add"), ("item", &marinara), ("quantity", "-1")], 422, "quantity_out_of_range"),
        (vec![("action", "add"), ("item", &marinara), ("quantity", "two")], 422, "quantity_out_of_range"),
        (vec![("action", "add"), ("item", &chicken)], 422, "too_few_modifiers"),
        (vec![("action", "add"), ("item", &foreign)], 422, "unknown_item"),
        (vec![("action", "add"), ("item", "pizza")], 422, "unknown"),
        (vec![("action", "dance")], 422, "unknown"),
        (vec![("action", "mode"), ("mode", "drone")], 422, "unknown"),
    ] {
        let answer = Browser::new().post_for_json(&cart, &fields).await;
        assert_eq!(answer.status(), status, "{fields:?}");
        assert_eq!(answer.headers()["content-type"], "application/problem+json");
        let body: serde_json::Value = answer.json().await.unwrap();
        assert_eq!(body["errors"][0]["code"], code, "{fields:?} {body}");
        assert!(body["errors"][0]["message"].as_str().unwrap().ends_with('.'), "{body}");
        let page = Browser::new().post(&cart, &fields).await;
        assert_eq!(page.status(), status, "the page answers with the same status");
    }
}

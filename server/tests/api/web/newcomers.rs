//! A first visit without scripts: items added concurrently are in one cart.

use crate::web::site::{Browser, TestServer, hidden};
use ::app::domain::cart::CartView;
use futures::future::join_all;
use reqwest::Response;

/// The items in a browser's cart, in alphabetical order.
async fn dishes(site: &TestServer, browser: &Browser) -> Vec<String> {
    let address = site.restaurant("/cart");
    let cart: CartView =
        browser.0.get(address).header("accept", "application/json").send().await.unwrap().json().await.unwrap();
    let mut names: Vec<_> = cart.lines.into_iter().map(|line| line.name).collect();
    names.sort();
    names
}

fn cookie(answer: &Response) -> Option<&str> {
    answer.headers().get("set-cookie").map(|cookie| cookie.to_str().unwrap())
}

#[tokio::test]
async fn two_dishes_added_at_once_are_in_one_cart() {
    let site = TestServer::start().await;
    let (marinara, water) = (site.app.item("marinara").to_string(), site.app.item("water").to_string());
    let item_page = format!("/items/{marinara}");
    // From the menu, from the menu for a time, and from the page of a dish.
    for page in ["", "?mode=pickup", item_page.as_str()] {
        let browser = Browser::new();
        browser.page(&site.restaurant(page)).await;
        let posts = [(site.restaurant("/cart"), &marinara), (site.restaurant(&item_page), &water)];
        let added = posts.iter().map(|(address, item)| async {
            let fields = [("action", "add"), ("item", item.as_str())];
            browser.post(address, &fields).await.status()
        });
        assert_eq!(join_all(added).await, [303, 303], "{page}");
        assert_eq!(dishes(&site, &browser).await, ["Marinara", "Still water"], "{page}");
    }
}

#[tokio::test]
async fn an_order_again_and_a_dish_at_once_are_in_one_cart() {
    let site = TestServer::start().await;
    let placed = crate::guest::place(&site.app, &crate::guest::pickup(&site.app)).await.unwrap();
    let browser = Browser::new();
    let order = format!("/orders/{}", placed.token);
    browser.page(&site.url(&order)).await;
    let water = site.app.item("water").to_string();
    let fields = [("action", "add"), ("item", water.as_str())];
    let (cart, again) = (site.restaurant("/cart"), site.url(&format!("{order}/again")));
    let (added, repeated) = tokio::join!(browser.post(&cart, &fields), browser.post(&again, &[]));
    assert_eq!((added.status().as_u16(), repeated.status().as_u16()), (303, 303));
    assert_eq!(dishes(&site, &browser).await.len(), 3);
}

#[tokio::test]
async fn a_page_that_names_a_cart_is_shared_with_no_other_guest() {
    let site = TestServer::start().await;
    let menu = site.restaurant("");
    let (first, second) = (Browser::new(), Browser::new());
    let (ada, bob) = (first.get(&menu).await, second.get(&menu).await);
    for answer in [&ada, &bob] {
        let cookie = cookie(answer).unwrap();
        assert!(cookie.starts_with("toast_visitor=") && cookie.contains("HttpOnly"), "{cookie}");
        assert!(!cookie.contains("Max-Age"), "it is gone with the session until a dish is added: {cookie}");
        assert_eq!(answer.headers()["cache-control"], "private, max-age=0");
    }
    assert_ne!(cookie(&ada), cookie(&bob));
    let tag = ada.headers()["etag"].clone();
    assert_eq!(tag, bob.headers()["etag"]);
    assert_eq!(ada.text().await.unwrap(), bob.text().await.unwrap());
    // From then on the page is the shared one.
    let known = first.get(&menu).await;
    assert_eq!(cookie(&known), None);
    assert!(known.headers()["cache-control"].to_str().unwrap().starts_with("public"));
    // Also when the browser has cached the page without the cookie.
    let unchanged = Browser::new().0.get(&menu).header("if-none-match", tag).send().await.unwrap();
    assert_eq!(
        (unchanged.status().as_u16(), unchanged.headers()["cache-control"].as_bytes()),
        (304, &b"private, max-age=0"[..])
    );
    assert!(cookie(&unchanged).is_some());
}

#[tokio::test]
async fn a_shared_cache_gets_a_page_that_it_may_keep() {
    let site = TestServer::start().await;
    for (name, value) in [("cdn-loop", "toast"), ("via", "1.1 varnish")] {
        let answer = Browser::new().0.get(site.restaurant("")).header(name, value).send().await.unwrap();
        assert_eq!(cookie(&answer), None, "{name}");
        assert!(answer.headers()["cache-control"].to_str().unwrap().starts_with("public"), "{name}");
    }
    let head = Browser::new().0.head(site.restaurant("")).send().await.unwrap();
    assert_eq!(cookie(&head), None);
}

#[tokio::test]
async fn a_cart_is_named_for_long_once_something_is_in_it() {
    let site = TestServer::start().await;
    let browser = Browser::new();
    let offered = browser.get(&site.restaurant("")).await;
    let name = cookie(&offered).unwrap().split(';').next().unwrap().to_owned();
    let water = site.app.item("water").to_string();
    let added = browser.post(&site.restaurant("/cart"), &[("action", "add"), ("item", &water)]).await;
    let kept = cookie(&added).unwrap();
    assert!(kept.starts_with(&name) && kept.contains("Max-Age=7776000"), "{kept}");
    // Pages without such a form, and error pages, set no cookie.
    for path in ["/restaurants/nowhere", "/orders/dead", "/", "/sign-in"] {
        assert_eq!(cookie(&Browser::new().get(&site.url(path)).await), None, "{path}");
    }
    assert!(!hidden(&browser.page(&site.restaurant("/checkout")).await, "order").is_empty());
}

#[tokio::test]
async fn looking_at_an_empty_cart_does_not_make_its_cookie_last() {
    let site = TestServer::start().await;
    let browser = Browser::new();
    browser.page(&site.restaurant("")).await;
    let answer = browser.0.get(site.restaurant("/cart")).send().await.unwrap();
    assert_eq!((answer.status().as_u16(), cookie(&answer)), (200, None));
    let water = site.app.item("water").to_string();
    browser.post(&site.restaurant("/cart"), &[("action", "add"), ("item", water.as_str())]).await;
    let answer = browser.0.get(site.restaurant("/cart")).send().await.unwrap();
    assert!(cookie(&answer).unwrap().contains("Max-Age="), "{:?}", cookie(&answer));
}

//! Menus from the cache: the same headers as the first response, validators, and changes that are visible at once.

use crate::web::site::{Browser, TestServer};
use app::domain::menu::Menu;
use reqwest::{Client, Method, Response, header::HeaderMap};
use server::telemetry;
use std::collections::BTreeMap;

/// The headers that do not differ by request.
fn lasting(headers: &HeaderMap) -> BTreeMap<String, String> {
    let differing = ["date", "x-request-id", "set-cookie"];
    let headers = headers.iter().filter(|(name, _)| !differing.contains(&name.as_str()));
    headers.map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned())).collect()
}

async fn ask(method: Method, url: &str, headers: &[(&str, &str)]) -> Response {
    let request =
        headers.iter().fold(Client::new().request(method, url), |request, (name, value)| request.header(*name, *value));
    request.send().await.unwrap()
}

/// The number of requests counted for a route.
fn counted(route: &str, method: &str, status: u16) -> u64 {
    let metrics = telemetry::start_metrics().unwrap().render();
    let labels = [format!("route=\"{route}\""), format!("method=\"{method}\""), format!("status=\"{status}\"")];
    let mut lines = metrics.lines().filter(|line| line.starts_with("toast_requests_total"));
    let line = lines.find(|line| labels.iter().all(|label| line.contains(label)));
    line.map_or(0, |line| line.rsplit(' ').next().unwrap().parse().unwrap())
}

#[tokio::test]
async fn a_cached_menu_is_sent_with_the_headers_of_a_new_one() {
    let site = TestServer::start_with(&["--public-url=https://toast.example", "--node=a-app1"]).await;
    for url in [site.restaurant(""), site.api("/menu")] {
        for (method, sent) in [
            (Method::GET, &[("accept-encoding", "br")][..]),
            (Method::GET, &[]),
            (Method::HEAD, &[]),
            (Method::HEAD, &[("accept-encoding", "br")]),
        ] {
            site.app.sql("UPDATE restaurants SET menu_version = menu_version + 1").await;
            site.server.context.catalogue.invalidate(site.app.restaurant);
            let (new, cached) = (ask(method.clone(), &url, sent).await, ask(method.clone(), &url, sent).await);
            assert_eq!((new.status().as_u16(), cached.status().as_u16()), (200, 200), "{method} {url}");
            assert_eq!(lasting(new.headers()), lasting(cached.headers()), "{method} {url}");
            let headers = cached.headers().clone();
            assert_eq!(headers["x-toast-node"], "a-app1");
            for name in
                ["content-security-policy", "strict-transport-security", "x-frame-options", "etag", "x-request-id"]
            {
                assert!(headers.contains_key(name), "{method} {url}: {name}");
            }
            assert_eq!(headers.get("content-encoding").is_some(), !sent.is_empty(), "{method} {url}");
            let length: usize = headers["content-length"].to_str().unwrap().parse().unwrap();
            let (new, cached) = (new.bytes().await.unwrap(), cached.bytes().await.unwrap());
            assert_eq!(new, cached);
            assert!(length > 500, "{length}");
            assert_eq!(cached.len(), if method == Method::HEAD { 0 } else { length }, "{method} {url}");
        }
    }
}

#[tokio::test]
async fn a_current_menu_is_not_sent_again() {
    let site = TestServer::start().await;
    for url in [site.restaurant(""), site.api("/menu"), site.url("/api/v1/openapi.json")] {
        let first = ask(Method::GET, &url, &[("accept-encoding", "br")]).await;
        let tag = first.headers()["etag"].to_str().unwrap().to_owned();
        for known in [tag.clone(), format!("W/{tag}"), format!("\"other\", {tag}"), "*".to_owned()] {
            let again = ask(Method::GET, &url, &[("if-none-match", &known)]).await;
            assert_eq!((again.status().as_u16(), &again.headers()["etag"]), (304, &first.headers()["etag"]), "{known}");
            assert_eq!(again.text().await.unwrap(), "");
        }
        assert_eq!(ask(Method::GET, &url, &[("if-none-match", "\"other\"")]).await.status(), 200);
    }
}

#[tokio::test]
async fn a_change_of_the_menu_is_in_the_next_response() {
    let site = TestServer::start().await;
    let staff = Browser::new();
    site.sign_in(&staff).await;
    let item = site.app.item("marinara").to_string();
    let is_sold_out = || async {
        let menu: Menu = reqwest::get(site.api("/menu")).await.unwrap().json().await.unwrap();
        let (_, dish) = menu.item(site.app.item("marinara")).unwrap();
        let page = Browser::new().page(&site.restaurant("")).await;
        assert_eq!(dish.sold_out.is_some(), page.contains("Sold out"), "page and API show the same");
        dish.sold_out.is_some()
    };
    for _ in 0..2 {
        for (value, expected) in [("until_stocked", true), ("no", false)] {
            let form = [("change", "item_sold_out"), ("target", item.as_str()), ("value", value)];
            assert_eq!(staff.post(&site.dashboard("/menu"), &form).await.status(), 303);
            for _ in 0..3 {
                assert_eq!(is_sold_out().await, expected, "{value}");
            }
        }
    }
}

#[tokio::test]
async fn a_menu_without_a_restaurant_is_not_found() {
    let site = TestServer::start().await;
    for _ in 0..2 {
        assert_eq!(ask(Method::GET, &site.url("/api/v1/restaurants/nowhere/menu"), &[]).await.status(), 404);
        assert_eq!(ask(Method::GET, &site.url("/restaurants/nowhere"), &[]).await.status(), 404);
    }
    // Other methods reach the routes also when the menu is cached.
    ask(Method::GET, &site.api("/menu"), &[]).await;
    assert_eq!(ask(Method::DELETE, &site.api("/menu"), &[]).await.status(), 405);
    assert_eq!(ask(Method::GET, &site.api("/menu?due=never"), &[]).await.status(), 422);
    assert_eq!(ask(Method::GET, &site.api("/menu?due=asap"), &[]).await.status(), 200);
}

#[tokio::test]
async fn cached_responses_are_counted_and_named() {
    let site = TestServer::start().await;
    let url = site.restaurant("");
    ask(Method::GET, &url, &[]).await;
    let before = counted("/restaurants/{slug}", "HEAD", 200);
    for _ in 0..3 {
        let named = ask(Method::HEAD, &url, &[("x-request-id", "balancer-1234")]).await;
        assert_eq!(named.headers()["x-request-id"], "balancer-1234");
    }
    // Other tests of this process count as well.
    assert!(counted("/restaurants/{slug}", "HEAD", 200) >= before + 3);
    let (first, second) = (ask(Method::GET, &url, &[]).await, ask(Method::GET, &url, &[("x-request-id", "<b>")]).await);
    assert_ne!(first.headers()["x-request-id"], second.headers()["x-request-id"]);
    assert_eq!(second.headers()["x-request-id"].len(), 32);
}

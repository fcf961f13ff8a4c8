//! Sign-in over HTTP: redirects, and rate limits by client address.

use crate::web::site::{Browser, PASSWORD, TestServer};
use reqwest::Response;

async fn sign_in(site: &TestServer, from: &str, password: &str, next: &str) -> Response {
    let email = site.email("owner");
    let form = [("email", email.as_str()), ("password", password), ("next", next)];
    let request = Browser::new().form(&site.url("/sign-in"), &form);
    request.header("accept", "text/html").header("x-forwarded-for", from).send().await.unwrap()
}

#[tokio::test]
async fn signing_in_leads_on_within_the_site_only() {
    let site = TestServer::start().await;
    site.employ("owner").await;
    let own = format!("/dashboard/{}/orders", site.app.slug);
    for (next, to) in [
        (own.as_str(), own.as_str()),
        ("/\t/evil.example", "/dashboard"),
        ("\t//evil.example", "/dashboard"),
        ("/\u{1}", "/dashboard"),
        ("/\u{7f}x", "/dashboard"),
        ("/caf\u{e9}", "/dashboard"),
        ("//evil.example", "/dashboard"),
        ("/\\evil.example", "/dashboard"),
    ] {
        let answer = sign_in(&site, "", PASSWORD, next).await;
        assert_eq!((answer.status().as_u16(), answer.headers()["location"].to_str().unwrap()), (303, to), "{next:?}");
        let page =
            Browser::new().get(&site.url(&format!("/sign-in?next={}", encoded(next)))).await.text().await.unwrap();
        assert!(page.contains(&format!("name=\"next\" value=\"{to}\"")), "{next:?}");
    }
    // The same check applies to every form with a redirect.
    let cart = Browser::new();
    for next in ["/\t/evil.example", "/\u{1}", "/\u{7f}"] {
        let answer = cart.post(&site.restaurant("/cart"), &[("action", "clear"), ("next", next)]).await;
        assert_eq!(answer.status(), 303, "{next:?}");
        assert!(answer.headers()["location"].to_str().unwrap().ends_with("/cart"), "{next:?}");
    }
}

#[tokio::test]
async fn strangers_are_sent_to_one_sign_in_address_and_back() {
    let site = TestServer::start().await;
    site.employ("owner").await;
    let page = site.dashboard("/menu");
    let visited = Browser::new().get(&page).await.headers()["location"].to_str().unwrap().to_owned();
    let sent = Browser::new().post(&page, &[("change", "pause"), ("value", "0")]).await;
    assert_eq!(visited, sent.headers()["location"].to_str().unwrap());
    assert_eq!(visited, format!("/sign-in?next=/dashboard/{}/menu", site.app.slug));
}

#[tokio::test]
async fn guesses_count_for_the_address_that_a_trusted_proxy_names() {
    let site = TestServer::start_with(&["--trusted-proxies=127.0.0.1,100.64.0.0/10"]).await;
    site.employ("owner").await;
    for guess in 0..7 {
        let answer = sign_in(&site, "198.51.100.1", "wrong", "/").await;
        assert_eq!(answer.status(), if guess < 5 { 422 } else { 429 });
        assert_eq!(answer.headers().contains_key("retry-after"), guess >= 5);
    }
    assert_eq!(sign_in(&site, "198.51.100.1", PASSWORD, "/").await.status(), 429);
    assert_eq!(
        sign_in(&site, "203.0.113.5, 198.51.100.1", PASSWORD, "/").await.status(),
        429,
        "only the last is believed"
    );
    assert_eq!(sign_in(&site, "198.51.100.2", PASSWORD, "/").await.status(), 303);
}

#[tokio::test]
async fn forwarded_addresses_do_not_evade_the_rate_limit() {
    let site = TestServer::start().await;
    site.employ("owner").await;
    for guess in 0..7 {
        let answer = sign_in(&site, &format!("198.51.100.{guess}"), "wrong", "/").await;
        assert_eq!(answer.status(), if guess < 5 { 422 } else { 429 });
    }
}

fn encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |encoded, byte| encoded + &format!("%{byte:02X}"))
}

//! Information in pages, and attacks by other sites and people.

use crate::web::site::{Browser, TestServer};

#[tokio::test]
async fn a_menu_page_is_the_same_bytes_for_all() {
    let site = TestServer::start().await;
    let (ada, bob) = (Browser::new(), Browser::new());
    let item = site.app.item("marinara").to_string();
    ada.post(&site.restaurant("/cart"), &[("action", "add"), ("item", &item)]).await;
    site.sign_in(&bob).await;
    let first = ada.get(&site.restaurant("")).await;
    assert!(first.headers().get("set-cookie").is_none());
    assert!(first.headers()["cache-control"].to_str().unwrap().contains("public"));
    let tag = first.headers()["etag"].clone();
    let first = first.text().await.unwrap();
    assert_eq!(first, bob.page(&site.restaurant("")).await);
    assert!(!first.contains("nonce"), "a nonce would make each page another one");
    let unchanged = ada.0.get(site.restaurant("")).header("if-none-match", tag).send().await.unwrap();
    assert_eq!(unchanged.status(), 304);
    let packed = ada.0.get(site.restaurant("")).header("accept-encoding", "gzip, br").send().await.unwrap();
    assert_eq!(packed.headers()["content-encoding"], "br");
}

#[tokio::test]
async fn personal_pages_are_never_kept() {
    let site = TestServer::start().await;
    for path in ["/", "/sign-in"] {
        assert_eq!(Browser::new().get(&site.url(path)).await.headers()["cache-control"], "no-store", "{path}");
    }
    for path in ["/cart", "/checkout"] {
        assert_eq!(Browser::new().get(&site.restaurant(path)).await.headers()["cache-control"], "no-store", "{path}");
    }
}

#[tokio::test]
async fn every_answer_is_guarded() {
    let site = TestServer::start().await;
    for path in ["/", "/nothing", "/api/v1/restaurants", "/readyz"] {
        let answer = Browser::new().get(&site.url(path)).await;
        let policy = answer.headers()["content-security-policy"].to_str().unwrap().to_owned();
        assert!(
            policy.contains("default-src 'none'")
                && !policy.contains("unsafe-inline")
                && !policy.contains("'unsafe-eval'")
        );
        assert_eq!(answer.headers()["x-content-type-options"], "nosniff");
        assert!(answer.headers().contains_key("x-request-id"));
        let page = answer.text().await.unwrap();
        assert!(!page.contains(" style=\"") && !page.contains(" onclick="), "{path}");
        for script in page.split("<script").skip(1) {
            let head = script.split('>').next().unwrap();
            assert!(head.contains("src=") || head.contains("application/ld+json"), "{path}: inline script {head}");
        }
    }
}

#[tokio::test]
async fn other_sites_change_nothing_in_our_users_name() {
    let site = TestServer::start().await;
    let browser = Browser::new();
    let form = [("action", "clear")];
    for (name, value) in
        [("sec-fetch-site", "cross-site"), ("sec-fetch-site", "same-site"), ("origin", "https://evil.example")]
    {
        let refused = browser.0.post(site.restaurant("/cart")).header(name, value).form(&form).send().await.unwrap();
        assert_eq!(refused.status(), 403, "{name}: {value}");
    }
    let own = format!("http://{}", site.server.addr);
    let allowed = browser.0.post(site.restaurant("/cart")).header("origin", own).form(&form).send().await.unwrap();
    assert_eq!(allowed.status(), 303);
}

#[tokio::test]
async fn cookies_are_bound_to_the_host_when_guests_come_encrypted() {
    let site = TestServer::start_with(&["--public-url=https://toast.example"]).await;
    let item = site.app.item("marinara").to_string();
    let form = [("action", "add"), ("item", item.as_str())];
    let answer = Browser::new().post(&site.restaurant("/cart"), &form).await;
    let cookie = answer.headers()["set-cookie"].to_str().unwrap();
    assert!(
        cookie.starts_with("__Host-")
            && cookie.contains("Secure")
            && cookie.contains("HttpOnly")
            && cookie.contains("SameSite=Lax")
    );
    assert!(answer.headers().contains_key("strict-transport-security"));
}

#[tokio::test]
async fn redirects_lead_nowhere_else() {
    let site = TestServer::start().await;
    for next in ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)"] {
        let form = [("action", "clear"), ("next", next)];
        let answer = Browser::new().post(&site.restaurant("/cart"), &form).await;
        assert!(answer.headers()["location"].to_str().unwrap().starts_with("/restaurants/"), "{next}");
    }
}

#[tokio::test]
async fn what_people_type_is_text() {
    let site = TestServer::start().await;
    let hostile = "<script>alert(1)</script><img src=x onerror=alert(1)>";
    let page = Browser::new().page(&site.url(&format!("/?q={}", urlencode(hostile)))).await;
    assert!(!page.contains("<script>alert") && !page.contains("<img src=x"));
}

fn urlencode(text: &str) -> String {
    text.bytes().fold(String::new(), |encoded, byte| encoded + &format!("%{byte:02X}"))
}

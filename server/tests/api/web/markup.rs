//! The HTML as sent: valid, with absolute URLs, and readable for search engines.

use crate::web::site::{Browser, TestServer};
use serde_json::{Value, json};

/// The parts outside and inside of islands.
fn parted(html: &str) -> (String, String) {
    let (mut outside, mut inside) = (String::new(), String::new());
    for (index, part) in html.split("<leptos-island").enumerate() {
        let (island, after) = if index == 0 { ("", part) } else { part.split_once("</leptos-island>").unwrap() };
        inside.push_str(island);
        outside.push_str(after);
    }
    (outside, inside)
}

#[tokio::test]
async fn markers_of_the_framework_stand_in_islands_only() {
    let site = TestServer::start().await;
    let browser = Browser::new();
    let item = site.app.item("marinara").to_string();
    browser.post(&site.restaurant("/cart"), &[("action", "add"), ("item", &item)]).await;
    site.sign_in(&browser).await;
    let addresses = [
        site.url("/"),
        site.url("/?q=nothing+at+all"),
        site.url("/sign-in"),
        site.url("/dashboard"),
        site.url("/nowhere"),
        site.restaurant(""),
        site.restaurant("?mode=pickup"),
        site.restaurant(&format!("/items/{item}")),
        site.restaurant("/cart"),
        site.restaurant("/checkout"),
        site.dashboard("/orders"),
        site.dashboard("/menu"),
    ];
    for address in addresses {
        let page = browser.page(&address).await;
        let (outside, inside) = parted(&page);
        assert!(!page.contains("<!>"), "{address}");
        assert!(!outside.contains("<!---->"), "{address}");
        if address.ends_with("/orders") {
            assert!(inside.contains("<!---->"), "without its markers the board cannot wake");
        }
    }
}

fn canonical(page: &str) -> &str {
    let link = page.split("<link").find(|tag| tag.contains("rel=\"canonical\"")).unwrap();
    link.split_once("href=\"").unwrap().1.split('"').next().unwrap()
}

async fn page_at(site: &TestServer, host: &str) -> String {
    Browser::new().0.get(site.restaurant("")).header("host", host).send().await.unwrap().text().await.unwrap()
}

#[tokio::test]
async fn without_a_public_address_a_page_is_named_by_the_host_that_was_asked() {
    let site = TestServer::start().await;
    // Pages are cached: the host of one request must not be in another's page.
    for host in ["localhost:3000", "evil.example", "localhost:3000", "Kitchen.Local"] {
        let expected = format!("http://{}/restaurants/{}", host.to_lowercase(), site.app.slug);
        assert_eq!(canonical(&page_at(&site, host).await), expected);
    }
}

#[tokio::test]
async fn the_public_address_names_pages_at_any_host() {
    let site = TestServer::start_with(&["--public-url=https://toast.example"]).await;
    for host in ["10.0.0.7:3000", "evil.example"] {
        let expected = format!("https://toast.example/restaurants/{}", site.app.slug);
        assert_eq!(canonical(&page_at(&site, host).await), expected);
    }
}

#[tokio::test]
async fn search_engines_read_the_hours_with_nights_and_holidays() {
    let site = TestServer::start_with(&["--public-url=https://toast.example"]).await;
    let page = page_at(&site, "toast.example").await;
    let data = page.split_once("<script type=\"application/ld+json\">").unwrap().1.split("</script>").next().unwrap();
    let data: Value = serde_json::from_str(data).unwrap();
    assert_eq!(data["url"], format!("https://toast.example/restaurants/{}", site.app.slug));
    let weekly = |days: &[&str], opens: &str, closes: &str| {
        let days: Vec<_> = days.iter().map(|day| format!("https://schema.org/{day}")).collect();
        json!({"@type": "OpeningHoursSpecification", "dayOfWeek": days, "opens": opens, "closes": closes})
    };
    let on = |date: &str, opens: &str, closes: &str| {
        json!({
            "@type": "OpeningHoursSpecification", "validFrom": date, "validThrough": date, "opens": opens, "closes": closes,
        })
    };
    let expected = json!([
        weekly(&["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"], "11:00", "22:30"),
        weekly(&["Saturday", "Sunday"], "18:00", "03:00"),
        on("2026-12-24", "00:00", "00:00"),
        on("2026-12-31", "17:00", "02:00"),
    ]);
    assert_eq!(data["openingHoursSpecification"], expected);
}

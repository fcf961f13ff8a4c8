//! Orders through plain forms: no input is lost, nothing is ordered twice.

use crate::{
    guest,
    web::{
        cart_forms::count,
        site::{Browser, TestServer, hidden},
    },
};
use app::domain::cart::CartView;
use sqlx::{Connection, Executor, PgConnection};

pub async fn with_cart(site: &TestServer) -> Browser {
    let browser = Browser::new();
    let item = site.app.item("marinara").to_string();
    let added = browser.post(&site.restaurant("/cart"), &[("action", "add"), ("item", &item), ("quantity", "2")]).await;
    assert_eq!(added.status(), 303);
    browser
}

async fn checkout_fields(site: &TestServer, browser: &Browser) -> Vec<(&'static str, String)> {
    let page = browser.page(&site.restaurant("/checkout")).await;
    vec![
        ("order", hidden(&page, "order")),
        ("agreed", hidden(&page, "agreed")),
        ("mode", "pickup".to_owned()),
        ("due", "asap".to_owned()),
        ("name", "Ada".to_owned()),
        ("phone", "+49 30 5550199".to_owned()),
        ("tip", "0".to_owned()),
    ]
}

fn borrowed<'a>(fields: &'a [(&'static str, String)]) -> Vec<(&'static str, &'a str)> {
    fields.iter().map(|(name, value)| (*name, value.as_str())).collect()
}

#[tokio::test]
async fn a_guest_orders_without_scripts() {
    let site = TestServer::start().await;
    let browser = with_cart(&site).await;
    let fields = checkout_fields(&site, &browser).await;
    let placed = browser.post(&site.restaurant("/checkout"), &borrowed(&fields)).await;
    assert_eq!(placed.status(), 303);
    let order = placed.headers()["location"].to_str().unwrap().to_owned();
    let page = browser.page(&site.url(&order)).await;
    assert!(page.contains("Marinara") && page.contains("Ada"));

    let again = browser.post(&site.restaurant("/checkout"), &borrowed(&fields)).await;
    assert_eq!(again.headers()["location"].to_str().unwrap(), order, "a second tap is the same order");
    let cart: CartView = browser
        .0
        .get(site.restaurant("/cart"))
        .header("accept", "application/json")
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(cart.count, 0);

    let cancelled = browser.post(&site.url(&format!("{order}/cancel")), &[]).await;
    assert_eq!(cancelled.status(), 303);
    let twice = browser.post(&site.url(&format!("{order}/cancel")), &[]).await;
    assert_eq!(twice.status(), 303, "cancelling twice is no error");
    let repeated = browser.post(&site.url(&format!("{order}/again")), &[]).await;
    assert_eq!(repeated.status(), 303, "{}", repeated.text().await.unwrap());
}

/// A double tap: the second request arrives while the first is being stored.
#[tokio::test]
async fn two_taps_at_once_lead_to_one_order() {
    let site = TestServer::start().await;
    guest::place(&site.app, &guest::pickup(&site.app)).await.unwrap();
    let browser = with_cart(&site).await;
    let fields = checkout_fields(&site, &browser).await;
    let mut connection = PgConnection::connect(site.app.url()).await.unwrap();
    connection.execute("BEGIN").await.unwrap();
    connection.execute("SELECT 1 FROM order_counters FOR UPDATE").await.unwrap();
    let (address, fields) = (site.restaurant("/checkout"), borrowed(&fields));
    let release = async {
        tokio::time::sleep(std::time::Duration::from_secs(1)).await;
        connection.execute("COMMIT").await.unwrap();
    };
    let (first, second, ()) = tokio::join!(browser.post(&address, &fields), browser.post(&address, &fields), release);
    assert_eq!((first.status().as_u16(), second.status().as_u16()), (303, 303));
    assert_eq!(first.headers()["location"], second.headers()["location"]);
    assert_eq!(site.app.count("orders").await, 2);
    assert_eq!(count(&site, &browser).await, 0);
}

#[tokio::test]
async fn an_open_restaurant_without_room_is_not_called_closed() {
    let site = TestServer::start().await;
    let browser = with_cart(&site).await;
    let mode = [("action", "mode"), ("mode", "delivery")];
    assert_eq!(browser.post(&site.restaurant("/cart"), &mode).await.status(), 303);
    let checkout = || async { browser.page(&site.restaurant("/checkout")).await };
    assert!(checkout().await.contains("40 min"));
    let fill = |times: u32| {
        let site = &site;
        async move {
            let statement = format!(
                "INSERT INTO slot_loads SELECT '{}', 'delivery', to_timestamp(1795194000 + 900 * n), 2
                 FROM generate_series(0, {times}) n ON CONFLICT DO NOTHING",
                site.app.restaurant
            );
            site.app.sql(&statement).await;
        }
    };
    // The earliest time is 18:40, in the slot of 18:30.
    fill(2).await;
    let page = checkout().await;
    assert!(page.contains("As soon as possible · about 18:45") && page.contains(">about 18:45<"));
    assert!(!page.contains("Closed right now") && !page.contains("40 min"));
    fill(18).await;
    let page = checkout().await;
    assert!(page.contains("Open until 22:30") && page.contains("No time is left for as soon as possible"));
    assert!(page.contains("for later") && !page.contains("40 min"));
    assert!(!page.contains("Closed right now") && !page.contains("value=\"asap\"") && page.contains("Sat 18:45"));
}

#[tokio::test]
async fn a_form_with_other_content_under_the_same_key_is_rejected() {
    let site = TestServer::start().await;
    let browser = with_cart(&site).await;
    let mut fields = checkout_fields(&site, &browser).await;
    assert_eq!(browser.post(&site.restaurant("/checkout"), &borrowed(&fields)).await.status(), 303);
    fields.push(("note", "no onions".to_owned()));
    let refused = browser.post(&site.restaurant("/checkout"), &borrowed(&fields)).await;
    assert_eq!(refused.status(), 409);
    let page = refused.text().await.unwrap();
    assert!(page.contains("You already ordered: number 1."), "{page}");
    assert!(page.contains("See your order") && page.contains("href=\"/orders/"), "{page}");
    assert!(!page.contains("Idempotency-Key"), "{page}");
    // Only its guest gets the link to an order.
    let stranger = with_cart(&site).await;
    let refused = stranger.post(&site.restaurant("/checkout"), &borrowed(&fields)).await;
    assert_eq!(refused.status(), 409);
    let page = refused.text().await.unwrap();
    assert!(page.contains("You already ordered with this page.") && !page.contains("/orders/"), "{page}");
    assert_ne!(hidden(&page, "order"), fields[0].1, "the next try is an order of its own");
}

#[tokio::test]
async fn an_order_again_shows_what_was_left_out_of_the_cart() {
    let site = TestServer::start().await;
    let browser = with_cart(&site).await;
    let water = site.app.item("water").to_string();
    browser.post(&site.restaurant("/cart"), &[("action", "add"), ("item", &water)]).await;
    let fields = checkout_fields(&site, &browser).await;
    let placed = browser.post(&site.restaurant("/checkout"), &borrowed(&fields)).await;
    let order = placed.headers()["location"].to_str().unwrap().to_owned();
    browser.post(&site.url(&format!("{order}/cancel")), &[]).await;
    let marinara = site.app.item("marinara");
    site.app.sql(&format!("UPDATE items SET sold_out_until = 'infinity' WHERE item_id = '{marinara}'")).await;
    site.app.sql("UPDATE restaurants SET menu_version = menu_version + 1").await;
    site.app.context.catalogue.refresh(site.app.restaurant).await.unwrap();
    tokio::time::sleep(std::time::Duration::from_millis(1_100)).await;
    let key = hidden(&browser.page(&site.url(&order)).await, "key");
    for _ in 0..2 {
        let answer = browser.post(&site.url(&format!("{order}/again")), &[("key", &key)]).await;
        assert_eq!(answer.status(), 303);
        let cart = answer.headers()["location"].to_str().unwrap().to_owned();
        assert!(cart.starts_with("/restaurants/"), "{cart}");
        // The notice is there after a reload as well.
        browser.page(&site.url(&cart)).await;
        let page = browser.page(&site.url(&cart)).await;
        assert!(
            page.contains("Left out: these cannot be ordered now") && page.contains("<bdi>Marinara</bdi>: Sold out"),
            "{page}"
        );
        assert!(page.contains("Still water") && page.contains("data-count=\"1\""), "{page}");
    }
    // A browser without a cart gets one.
    let stranger = Browser::new();
    let answer = stranger.post(&site.url(&format!("{order}/again")), &[("key", &key)]).await;
    let page = stranger.page(&site.url(answer.headers()["location"].to_str().unwrap())).await;
    assert!(page.contains("data-count=\"1\"") && page.contains("<bdi>Marinara</bdi>: Sold out"), "{page}");
    // For a token of no order of this restaurant it is the plain cart.
    let page = browser.page(&site.restaurant("/cart?again=nothing")).await;
    assert!(page.contains("data-count=\"1\"") && !page.contains("Left out:"), "{page}");
    let back = browser.get(&site.url(&format!("{order}/again"))).await;
    assert_eq!((back.status().as_u16(), back.headers()["location"].to_str().unwrap()), (303, order.as_str()));
}

#[tokio::test]
async fn what_was_typed_stays_when_something_is_missing() {
    let site = TestServer::start().await;
    let browser = with_cart(&site).await;
    let mut fields = checkout_fields(&site, &browser).await;
    for (name, value) in &mut fields {
        match *name {
            "phone" => *value = String::new(),
            "name" => *value = "Ada <Lovelace>".to_owned(),
            _ => {}
        }
    }
    let refused = browser.post(&site.restaurant("/checkout"), &borrowed(&fields)).await;
    assert_eq!(refused.status(), 422);
    let page = refused.text().await.unwrap();
    assert!(page.contains("Ada &lt;Lovelace&gt;"), "the name is kept, escaped");
    assert!(page.contains("role=\"alert\""), "the page says what to change");
    assert_eq!(hidden(&page, "order"), fields[0].1, "the order keeps its key");
}

#[tokio::test]
async fn a_changed_total_is_shown_before_anything_is_ordered() {
    let site = TestServer::start().await;
    let browser = with_cart(&site).await;
    let fields = checkout_fields(&site, &browser).await;
    site.app.sql("UPDATE variants SET price_minor = price_minor + 100").await;
    site.app.sql("UPDATE restaurants SET menu_version = menu_version + 1").await;
    tokio::time::sleep(std::time::Duration::from_millis(1_100)).await;
    let refused = browser.post(&site.restaurant("/checkout"), &borrowed(&fields)).await;
    assert_eq!(refused.status(), 409);
    let page = refused.text().await.unwrap();
    assert!(page.contains("The total is now"), "{page}");
    let agreed: Vec<_> = fields
        .into_iter()
        .map(|(name, value)| if name == "agreed" { (name, hidden(&page, "agreed")) } else { (name, value) })
        .collect();
    assert_eq!(browser.post(&site.restaurant("/checkout"), &borrowed(&agreed)).await.status(), 303);
}

#[tokio::test]
async fn a_tip_chosen_on_the_page_needs_no_second_look() {
    let site = TestServer::start().await;
    let browser = with_cart(&site).await;
    let mut fields = checkout_fields(&site, &browser).await;
    fields.retain(|(name, _)| *name != "tip");
    fields.extend([("tip", "other".to_owned()), ("tip_other", "2,50".to_owned())]);
    assert_eq!(browser.post(&site.restaurant("/checkout"), &borrowed(&fields)).await.status(), 303);
}

#[tokio::test]
async fn unknown_places_are_pages_that_lead_on() {
    let site = TestServer::start().await;
    let browser = Browser::new();
    for path in [
        "/restaurants/nowhere",
        "/restaurants/nowhere/cart",
        "/restaurants/nowhere/checkout",
        "/orders/dead",
        "/nothing",
    ] {
        let answer = browser.get(&site.url(path)).await;
        assert_eq!(answer.status(), 404, "{path}");
        let page = answer.text().await.unwrap();
        assert!(page.contains("<h1") && page.contains("href=\"/\""), "{path}: {page}");
    }
}

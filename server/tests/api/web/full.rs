//! Full slots through HTTP, without scripts: pages report them in one sentence and keep the choice.

use crate::{
    app::FRIDAY_EVENING,
    full::{fill, fill_all, limit},
    guest::number,
    web::site::{Browser, TestServer, hidden},
};
use app::domain::terms::ServiceMode;
use serde_json::Value;

const FULL: &str = "The time you chose, 18:45, is full. Choose another.";

fn at() -> String {
    FRIDAY_EVENING.plus_minutes(45).millis().to_string()
}

/// The option that a form of a full time contains.
fn kept() -> String {
    format!("<option value=\"{}\" selected>18:45 · full</option>", at())
}

#[tokio::test]
async fn a_full_time_cannot_be_chosen_on_the_menu_page() {
    let site = TestServer::start().await;
    limit(&site.app).await;
    let browser = Browser::new();
    let option = format!("<option value=\"{}\"", at());
    assert!(browser.page(&site.restaurant("")).await.contains(&option));
    fill_all(&site.app, 3, 3).await;
    fill(&site.app, ServiceMode::Pickup, 1, 3).await;
    // The cached page is a minute old at most; a choice is checked again.
    let choice = [("action", "due"), ("due", &at())];
    let refused = browser.post(&site.restaurant("/cart"), &choice).await;
    assert_eq!(refused.status(), 409);
    let page = refused.text().await.unwrap();
    assert!(page.contains(FULL) && page.contains("Marinara"), "{page}");
    let from_cart = [("action", "due"), ("due", &at()), ("next", &format!("/restaurants/{}/cart", site.app.slug))];
    let page = browser.post(&site.restaurant("/cart"), &from_cart).await.text().await.unwrap();
    assert!(page.contains(FULL) && page.contains("Your order</h1>"), "told where it was chosen");

    site.at(FRIDAY_EVENING.plus_minutes(1));
    let page = browser.page(&site.restaurant("")).await;
    assert!(!page.contains(&option) && page.contains("Ready from 19:00"), "{page}");
    let page = browser.page(&site.restaurant(&format!("?due={}", at()))).await;
    assert!(page.contains(FULL) && page.contains(&kept()) && page.contains("Dishes for 18:45."), "{page}");
    let menu = reqwest::get(site.api(&format!("/menu?due={}", at()))).await.unwrap();
    assert_eq!(menu.status(), 409);
    let refused: Value = serde_json::from_str(&menu.text().await.unwrap()).unwrap();
    assert_eq!((refused["code"].as_str(), refused["detail"].as_str()), (Some("slot_full"), Some(FULL)));
}

#[tokio::test]
async fn cart_and_checkout_say_that_the_chosen_time_is_full() {
    let site = TestServer::start().await;
    limit(&site.app).await;
    let browser = Browser::new();
    let marinara = site.app.item("marinara").to_string();
    let add = [("action", "add"), ("item", marinara.as_str()), ("quantity", "1"), ("due", &at())];
    assert_eq!(browser.post(&site.restaurant("/cart"), &add).await.status(), 303);
    fill_all(&site.app, 3, 3).await;

    let cart = browser.page(&site.restaurant("/cart")).await;
    assert_eq!(cart.matches(FULL).count(), 1, "{cart}");
    assert!(cart.contains(&kept()), "{cart}");
    let checkout = browser.page(&site.restaurant("/checkout")).await;
    assert!(checkout.contains(FULL) && checkout.contains(&kept()), "{checkout}");
    assert!(!checkout.contains("value=\"asap\" selected"), "{checkout}");
    // As the page's script requests an update of the form.
    let update = [("update", "1"), ("due", &at()), ("mode", "pickup")];
    let again = browser.post(&site.restaurant("/checkout"), &update).await.text().await.unwrap();
    assert!(again.contains(FULL) && again.contains(&kept()), "{again}");

    let (order, agreed) = (hidden(&checkout, "order"), hidden(&checkout, "agreed"));
    let mut form = vec![("order", order), ("agreed", agreed), ("mode", "pickup".to_owned()), ("due", at())];
    form.extend(
        [("name", "Ada"), ("phone", "+49 30 5550199"), ("tip", "0")].map(|(name, value)| (name, value.to_owned())),
    );
    let fields: Vec<_> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let refused = browser.post(&site.restaurant("/checkout"), &fields).await;
    assert_eq!(refused.status(), 409);
    let page = refused.text().await.unwrap();
    assert!(page.contains(FULL) && page.contains(&kept()) && page.contains("value=\"Ada\""), "{page}");
    assert_eq!(number(&site.app, "SELECT count(*) FROM orders WHERE restaurant_id = $1").await, 0);

    let later = FRIDAY_EVENING.plus_minutes(60).millis().to_string();
    form[3].1 = later;
    let fields: Vec<_> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(browser.post(&site.restaurant("/checkout"), &fields).await.status(), 303);
}

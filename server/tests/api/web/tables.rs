//! Codes of tables: on paper, and what a guest gets who opens one.

use crate::web::{
    serving::Form,
    site::{Browser, TestServer},
};

async fn order_page(site: &TestServer, guest: &Browser) -> String {
    guest.page(&site.restaurant("/checkout")).await
}

async fn add(site: &TestServer, guest: &Browser) {
    let item = site.app.item("marinara").to_string();
    let added = guest.post(&site.restaurant("/cart"), &[("action", "add"), ("item", &item), ("quantity", "1")]).await;
    assert_eq!(added.status(), 303);
}

const CHOSEN: &str = "<option value=\"Terrace 4\" selected";

#[tokio::test]
async fn a_guest_who_opens_a_code_orders_to_that_table() {
    let site = TestServer::start().await;
    let guest = Browser::new();
    let response = guest.get(&site.restaurant("?table=Terrace%204")).await;
    assert_eq!(response.headers()["cache-control"], "no-store");
    let page = response.text().await.unwrap();
    assert!(page.contains("You are at table <bdi>Terrace 4</bdi>"), "{page}");
    assert_eq!(site.app.count("carts").await, 0, "a visit alone stores nothing");
    add(&site, &guest).await;
    assert!(guest.page(&site.restaurant("/cart")).await.contains("To table <bdi>Terrace 4</bdi>"));
    let page = order_page(&site, &guest).await;
    let dine_in = page.split("id=\"mode-dine-in\"").nth(1).unwrap().split('>').next().unwrap();
    assert!(dine_in.contains("checked") && page.contains(CHOSEN), "{page}");

    // The table outlives the order, for a second round, but not the meal.
    site.at(crate::app::FRIDAY_EVENING.plus_minutes(3 * 60));
    assert!(order_page(&site, &guest).await.contains(CHOSEN));
    site.at(crate::app::FRIDAY_EVENING.plus_minutes(4 * 60 + 1));
    assert!(!order_page(&site, &guest).await.contains(CHOSEN));
}

#[tokio::test]
async fn a_cart_that_is_there_gets_the_table_at_once_and_each_code_counts_for_its_restaurant() {
    let site = TestServer::start().await;
    let guest = Browser::new();
    add(&site, &guest).await;
    guest.get(&site.restaurant("?table=Terrace%204")).await;
    assert!(guest.page(&site.restaurant("/cart")).await.contains("To table <bdi>Terrace 4</bdi>"));
    // Programs that send forms in the background get the table, too, and its cookie ends with the first change.
    let other = Browser::new();
    other.get(&site.restaurant("?table=1")).await;
    let item = site.app.item("marinara").to_string();
    let form = [("action", "add"), ("item", &*item), ("quantity", "1")];
    let added = other.post_for_json(&site.restaurant("/cart"), &form).await;
    let cookies: Vec<_> = added.headers().get_all("set-cookie").iter().map(|line| line.to_str().unwrap()).collect();
    assert!(cookies.iter().any(|line| line.starts_with("toast_table=; ") && line.contains("Max-Age=0")), "{cookies:?}");
    assert_eq!(added.json::<serde_json::Value>().await.unwrap()["table"], "1");
    site.app.import(&crate::app::TestApp::fixture("elsewhere")).await;
    let third = Browser::new();
    third.get(&site.url("/restaurants/elsewhere?table=1")).await;
    add(&site, &third).await;
    assert!(!third.page(&site.restaurant("/cart")).await.contains("To table"));
}

#[tokio::test]
async fn an_unknown_table_gets_a_sentence_and_changes_nothing() {
    let site = TestServer::start().await;
    let guest = Browser::new();
    add(&site, &guest).await;
    let response = guest.get(&site.restaurant("?table=99%3Cb%3E")).await;
    assert_eq!(response.status(), 200);
    let page = response.text().await.unwrap();
    assert!(
        page.contains("There is no table “<bdi>99&lt;b&gt;</bdi>” here.") && page.contains("ask the staff"),
        "{page}"
    );
    let page = order_page(&site, &guest).await;
    assert!(page.split("id=\"mode-pickup\"").nth(1).unwrap().split('>').next().unwrap().contains("checked"));
    assert_eq!(guest.get(&site.url("/restaurants/nowhere?table=1")).await.status(), 404);
}

#[tokio::test]
async fn a_page_that_is_only_fetched_in_advance_keeps_no_table() {
    let site = TestServer::start().await;
    let guest = Browser::new();
    let address = site.restaurant("?table=1");
    let ahead = guest.0.get(&address).header("sec-purpose", "prefetch;prerender").send().await.unwrap();
    assert_eq!(ahead.status(), 200);
    assert_eq!(guest.0.head(&address).send().await.unwrap().status(), 200);
    assert_eq!(site.app.count("carts").await, 0);
}

#[tokio::test]
async fn codes_are_printed_for_every_table() {
    let site = TestServer::start().await;
    let owner = Browser::new();
    site.sign_in(&owner).await;
    Form::of(&site, &owner, "tables").await.with("tables", "1-5\nTerrace & 4").save(&owner).await;
    let page = owner.page(&site.dashboard("/settings/tables/print")).await;
    assert_eq!(page.matches("<svg").count(), 6, "{page}");
    let address = site.restaurant("?table=Terrace%20%26%204");
    assert!(page.contains(&format!("href=\"{address}\"")) && page.contains("Terrace &amp; 4"), "{page}");
    assert!(!page.contains(" style=") && !page.contains("<style"), "the content security policy forbids it");
    let opened = Browser::new().page(&address).await;
    assert!(opened.contains("You are at table <bdi>Terrace &amp; 4</bdi>"), "{opened}");
}

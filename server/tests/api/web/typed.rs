//! Text from keyboards and clipboards: digits of other scripts, invisible marks, line breaks.

use crate::web::site::{Browser, TestServer, hidden};
use app::domain::board::Board;

async fn checkout(site: &TestServer, browser: &Browser, fields: &[(&str, &str)]) -> reqwest::Response {
    let item = site.app.item("marinara").to_string();
    // Full-width, as a Japanese keyboard writes it.
    let added =
        browser.post(&site.restaurant("/cart"), &[("action", "add"), ("item", &item), ("quantity", "２")]).await;
    assert_eq!(added.status(), 303, "{}", added.text().await.unwrap());
    let page = browser.page(&site.restaurant("/checkout")).await;
    let (order, agreed) = (hidden(&page, "order"), hidden(&page, "agreed"));
    let usual = [("order", order.as_str()), ("agreed", &agreed), ("mode", "pickup"), ("due", "asap"), ("name", "Ada")];
    let kept = usual.into_iter().filter(|(name, _)| fields.iter().all(|(own, _)| own != name));
    let all: Vec<_> = kept.chain(fields.iter().copied()).collect();
    browser.post(&site.restaurant("/checkout"), &all).await
}

#[tokio::test]
async fn numbers_are_taken_as_they_are_pasted_and_typed() {
    let site = TestServer::start().await;
    let browser = Browser::new();
    let fields = [("phone", "\u{202a}+49\u{2011}٣٠\u{200e} 5550199\u{202c}"), ("tip", "other"), ("tip_other", "٢٫٥٠")];
    let placed = checkout(&site, &browser, &fields).await;
    assert_eq!(placed.status(), 303, "{}", placed.text().await.unwrap());
    let address = placed.headers()["location"].to_str().unwrap().to_owned();
    let page = browser.page(&site.url(&address)).await;
    assert!(page.contains("€2.50"), "the tip is on the bill");
    let staff = Browser::new();
    site.sign_in(&staff).await;
    let board: Board = staff.0.get(site.dashboard("/orders/snapshot")).send().await.unwrap().json().await.unwrap();
    assert_eq!(board.tickets[0].contact, "+49-30 5550199");
}

#[tokio::test]
async fn a_postcode_in_other_digits_has_its_zone() {
    let site = TestServer::start().await;
    let delivered = [
        ("mode", "delivery"),
        ("street", "Kastanienallee 1"),
        ("postcode", "１０４３５"),
        ("phone", "030 5550199"),
        ("update", "1"),
    ];
    let page = checkout(&site, &Browser::new(), &delivered).await.text().await.unwrap();
    assert!(page.contains("€1.90") && !page.contains("does not deliver"), "{page}");
}

#[tokio::test]
async fn a_name_that_cannot_be_seen_is_none() {
    let site = TestServer::start().await;
    let fields = [("name", "\u{200b}\u{feff}\u{2800}"), ("phone", "030 5550199")];
    let refused = checkout(&site, &Browser::new(), &fields).await;
    assert_eq!(refused.status(), 422);
    assert!(refused.text().await.unwrap().contains("Enter the name the order is called out by."));
    // A phone number of invisible marks is no phone number, and the required contact is missing.
    let refused = checkout(&site, &Browser::new(), &[("phone", "\u{202a}\u{202c}"), ("email", "\u{200b}")]).await;
    assert!(refused.text().await.unwrap().contains("Enter a phone number or an e-mail address"));
}

#[tokio::test]
async fn a_line_break_counts_once() {
    let site = TestServer::start().await;
    let note = format!("{}\r\n{}", "a".repeat(139), "b".repeat(140));
    let fields = [("phone", "030 5550199"), ("note", note.as_str())];
    let placed = checkout(&site, &Browser::new(), &fields).await;
    assert_eq!(placed.status(), 303, "{}", placed.text().await.unwrap());
    let item = site.app.item("marinara").to_string();
    let fields = [("action", "add"), ("item", item.as_str()), ("quantity", "1"), ("note", &note)];
    assert_eq!(Browser::new().post(&site.restaurant("/cart"), &fields).await.status(), 303);
    let long = format!("{note}c");
    let fields = [("action", "add"), ("item", item.as_str()), ("quantity", "1"), ("note", &long)];
    assert_eq!(Browser::new().post(&site.restaurant("/cart"), &fields).await.status(), 422);
}

#[tokio::test]
async fn prices_of_the_menu_are_read_in_any_digits() {
    let site = TestServer::start().await;
    let staff = Browser::new();
    site.sign_in(&staff).await;
    // Prices need the role of an owner.
    site.app.sql("UPDATE staff_memberships SET role = 'owner'").await;
    let variant = site.app.variant("marinara", "");
    let target = variant.to_string();
    for (typed, shown) in [("١٢٫٩٠", "€12.90"), ("１３．９０", "€13.90"), ("\u{200e}14,90\u{200e}", "€14.90")]
    {
        let form = [("change", "price"), ("target", target.as_str()), ("value", typed)];
        let saved = staff.post(&site.dashboard("/menu"), &form).await;
        assert_eq!(saved.status(), 303, "{typed}: {}", saved.text().await.unwrap());
        assert!(Browser::new().page(&site.restaurant("")).await.contains(shown), "{shown}");
    }
}

#[tokio::test]
async fn the_hint_for_a_tip_fits_the_currency() {
    let site = TestServer::start().await;
    site.app.sql("UPDATE restaurants SET currency = 'JPY', menu_version = menu_version + 1").await;
    tokio::time::sleep(std::time::Duration::from_millis(1_100)).await;
    let refused =
        checkout(&site, &Browser::new(), &[("phone", "030 5550199"), ("tip", "other"), ("tip_other", "x")]).await;
    assert_eq!(refused.status(), 422);
    let page = refused.text().await.unwrap();
    // Two at 790 yen.
    assert!(page.contains("enter a sum such as 150."), "{page}");
    assert!(!page.contains("2.50"));
}

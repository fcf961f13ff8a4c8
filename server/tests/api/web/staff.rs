//! Staff through HTTP: access to their own restaurant only, and edits that guests see.

use crate::{
    guest,
    web::site::{Browser, TestServer},
};
use app::domain::{
    board::{Board, Ticket},
    time::Timestamp,
};

#[tokio::test]
async fn strangers_are_sent_to_sign_in_and_staff_of_others_away() {
    let site = TestServer::start().await;
    for path in ["/orders", "/menu"] {
        let answer = Browser::new().get(&site.dashboard(path)).await;
        let sent = answer.status() == 401
            || answer.headers().get("location").is_some_and(|to| to.to_str().unwrap().starts_with("/sign-in"));
        assert!(sent, "{path}: {}", answer.status());
    }
    assert_eq!(Browser::new().0.get(site.dashboard("/orders/snapshot")).send().await.unwrap().status(), 401);
    let browser = Browser::new();
    site.sign_in(&browser).await;
    assert_eq!(browser.get(&site.dashboard("/orders")).await.status(), 200);
    site.app.import(&crate::app::TestApp::fixture("elsewhere")).await;
    for path in ["/dashboard/elsewhere/orders", "/dashboard/elsewhere/menu", "/dashboard/elsewhere/orders/snapshot"] {
        assert_eq!(browser.get(&site.url(path)).await.status(), 403, "{path}");
    }
    let moved = browser.post(&site.url("/dashboard/elsewhere/menu"), &[("change", "pause"), ("value", "30")]).await;
    assert_eq!(moved.status(), 403);
    assert_eq!(browser.post(&site.url("/sign-out"), &[]).await.status(), 303);
    assert_ne!(browser.get(&site.dashboard("/orders")).await.status(), 200);
}

#[tokio::test]
async fn an_order_moves_along_by_forms() {
    let site = TestServer::start().await;
    let browser = Browser::new();
    site.sign_in(&browser).await;
    let placed = guest::place(&site.app, &guest::pickup(&site.app)).await.unwrap();
    let board: Board = browser.0.get(site.dashboard("/orders/snapshot")).send().await.unwrap().json().await.unwrap();
    let ticket = board.tickets.iter().find(|ticket| ticket.number == placed.number).unwrap();
    let (id, version) = (ticket.id.to_string(), ticket.version.to_string());
    let accept = [("order", id.as_str()), ("verb", "accept"), ("version", &version), ("minutes", "20"), ("key", "m1")];
    let first = browser.post_for_json(&site.dashboard("/orders"), &accept).await;
    assert_eq!(first.status(), 200);
    let first: Ticket = first.json().await.unwrap();
    let retried: Ticket = browser.post_for_json(&site.dashboard("/orders"), &accept).await.json().await.unwrap();
    assert_eq!(first.version, retried.version, "a retry moves nothing");
    let stale = [("order", id.as_str()), ("verb", "finish"), ("version", &version), ("key", "m2")];
    assert_eq!(browser.post(&site.dashboard("/orders"), &stale).await.status(), 409);
    let page = browser.page(&site.url(&format!("/orders/{}", placed.token))).await;
    assert!(page.contains("eing prepared"), "the guest's page follows");
}

#[tokio::test]
async fn guests_see_a_change_of_the_menu_at_once() {
    let site = TestServer::start().await;
    let browser = Browser::new();
    site.sign_in(&browser).await;
    let guest = Browser::new();
    assert!(guest.page(&site.restaurant("")).await.contains("Marinara"));
    let item = site.app.item("marinara").to_string();
    let variant = site.app.variant("marinara", "").to_string();
    let editor = site.dashboard("/menu");
    for form in [
        [("change", "rename_item"), ("target", item.as_str()), ("value", "Marinara & more")],
        [("change", "price"), ("target", &variant), ("value", "77,70")],
    ] {
        assert_eq!(browser.post(&editor, &form).await.status(), 303);
    }
    let page = guest.page(&site.restaurant("")).await;
    assert!(page.contains("Marinara &amp; more") && page.contains("77.70"));
    for (value, status) in [("-1", 422), ("1.234", 422), ("cheap", 422), ("", 422)] {
        let form = [("change", "price"), ("target", variant.as_str()), ("value", value)];
        assert_eq!(browser.post(&editor, &form).await.status(), status, "{value}");
    }
    let form = [("change", "item_sold_out"), ("target", item.as_str()), ("value", "today")];
    assert_eq!(browser.post(&editor, &form).await.status(), 303);
    assert!(guest.page(&site.restaurant("")).await.to_lowercase().contains("sold out"));
    assert_eq!(browser.post(&editor, &[("change", "pause"), ("value", "30")]).await.status(), 303);
    assert!(guest.page(&site.restaurant("")).await.contains("Paused until"));
}

#[tokio::test]
async fn sold_out_until_a_time_that_comes_twice_ends_the_next_time_it_comes() {
    // 25 October 2026, 02:10 in Berlin, for the second time; 02:30 was 40 minutes ago and comes again in 20.
    let site = TestServer::start_at(Timestamp::from_millis(1_792_890_600_000), &[]).await;
    let browser = Browser::new();
    site.sign_in(&browser).await;
    let (item, editor) = (site.app.item("marinara").to_string(), site.dashboard("/menu"));
    let mark = [("change", "item_sold_out"), ("target", item.as_str()), ("value", "until"), ("until", "02:30")];
    assert_eq!(browser.post(&editor, &mark).await.status(), 303);
    assert!(Browser::new().page(&site.restaurant("")).await.contains("Sold out until 02:30 CET"));
    for wrong in ["", "25:00", "noon", "02:30 CET"] {
        let mark = [("change", "item_sold_out"), ("target", item.as_str()), ("value", "until"), ("until", wrong)];
        assert_eq!(browser.post(&editor, &mark).await.status(), 422, "{wrong}");
    }
}

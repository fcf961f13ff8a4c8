//! Live streams: immediate, replayed, and ended by a drain.

use crate::{
    app::FRIDAY_EVENING,
    guest,
    web::site::{Browser, PASSWORD, TestServer},
};
use app::domain::order::Verb;
use std::time::Duration;

/// Streams send immediately; the latency is measured by the benchmark, not here.
const SOON: Duration = Duration::from_secs(5);

/// The server ends a stream within five seconds; a slow machine gets more.
const PATIENT: Duration = Duration::from_mins(1);

/// Reads a stream until it contains a text, or times out.
async fn read_until(response: &mut reqwest::Response, text: &str) -> String {
    let mut seen = String::new();
    let reading = async {
        while !seen.contains(text) {
            match response.chunk().await.unwrap() {
                Some(chunk) => seen.push_str(&String::from_utf8_lossy(&chunk)),
                None => break,
            }
        }
    };
    let in_time = tokio::time::timeout(SOON, reading).await.is_ok();
    assert!(in_time && seen.contains(text), "no {text} in {seen}");
    seen
}

#[tokio::test]
async fn a_new_order_reaches_the_board_and_is_replayed_after_a_gap() {
    let site = TestServer::start().await;
    let browser = Browser::new();
    site.sign_in(&browser).await;
    let mut stream = browser.0.get(site.dashboard("/orders/events?after=0")).send().await.unwrap();
    assert_eq!(stream.headers()["content-type"], "text/event-stream");
    let order = serde_json::to_value(guest::pickup(&site.app)).unwrap();
    let place =
        |key: &str| browser.0.post(site.api("/orders")).header("idempotency-key", key.to_owned()).json(&order).send();
    assert_eq!(place("s1").await.unwrap().status(), 201);
    let seen = read_until(&mut stream, "event: ticket").await;
    assert!(seen.contains("id: 1") || read_until(&mut stream, "id: 1").await.contains("id: 1"));
    drop(stream);
    assert_eq!(place("s2").await.unwrap().status(), 201);
    assert_eq!(place("s3").await.unwrap().status(), 201);
    let again = browser.0.get(site.dashboard("/orders/events")).header("last-event-id", "1").send();
    let mut again = again.await.unwrap();
    let replayed = read_until(&mut again, "id: 3").await;
    assert!(replayed.contains("id: 2") && !replayed.contains("id: 1\n"), "{replayed}");
}

#[tokio::test]
async fn a_guest_follows_the_order_and_the_stream_ends_with_it() {
    let site = TestServer::start().await;
    let placed = guest::place(&site.app, &guest::pickup(&site.app)).await.unwrap();
    let mut stream = reqwest::get(site.url(&format!("/orders/{}/events", placed.token))).await.unwrap();
    read_until(&mut stream, "event: order").await;
    let cancelled = Browser::new().post(&site.url(&format!("/orders/{}/cancel", placed.token)), &[]).await;
    assert_eq!(cancelled.status(), 303);
    let seen = read_until(&mut stream, "event: end").await;
    assert!(seen.contains("cancelled"), "{seen}");
    assert_eq!(reqwest::get(site.url("/orders/dead/events")).await.unwrap().status(), 404);
}

#[tokio::test]
async fn a_drain_ends_streams_and_finishes() {
    let site = TestServer::start().await;
    let browser = Browser::new();
    site.sign_in(&browser).await;
    let mut stream = browser.0.get(site.dashboard("/orders/events?after=0")).send().await.unwrap();
    assert_eq!(reqwest::get(site.url("/readyz")).await.unwrap().status(), 200);
    let TestServer { server, app, .. } = site;
    let stopped = tokio::time::timeout(Duration::from_secs(8), server.stop());
    let ended = async { while let Ok(Some(_)) = stream.chunk().await {} };
    let (stopped, ()) = tokio::join!(stopped, ended);
    assert!(stopped.is_ok(), "the drain waits for a stream");
    drop(app);
}

#[tokio::test]
async fn a_guest_follows_until_nothing_can_be_undone() {
    let site = TestServer::start().await;
    let placed = guest::place(&site.app, &guest::pickup(&site.app)).await.unwrap();
    let address = site.url(&format!("/orders/{}", placed.token));
    let mut stream = reqwest::get(format!("{address}/events?after=1")).await.unwrap();
    read_until(&mut stream, "event: heartbeat").await;
    guest::step(&site.app, &placed, Verb::Reject).await.unwrap();
    let seen = read_until(&mut stream, "\"status\":\"rejected\"").await;
    assert!(!seen.contains("event: end"), "{seen}");
    // A page loaded in that time is live, too, with and without scripts.
    let page = Browser::new().page(&address).await;
    assert!(page.contains("could not take this order"), "{page}");
    assert!(page.contains("data-order-live") && page.contains("http-equiv=\"refresh\""), "{page}");
    let mut late = reqwest::get(format!("{address}/events?after=2")).await.unwrap();
    guest::step(&site.app, &placed, Verb::Undo).await.unwrap();
    for stream in [&mut stream, &mut late] {
        let seen = read_until(stream, "\"status\":\"placed\"").await;
        assert!(!seen.contains("event: end"), "{seen}");
    }
    guest::step(&site.app, &placed, Verb::Reject).await.unwrap();
    site.at(FRIDAY_EVENING.plus_minutes(4));
    read_until(&mut stream, "event: end").await;
    let page = Browser::new().page(&address).await;
    assert!(!page.contains("data-order-live") && !page.contains("http-equiv=\"refresh\""), "{page}");
}

/// Reads a stream to its end.
async fn read_out(stream: &mut reqwest::Response) {
    let reading = async { while let Ok(Some(_)) = stream.chunk().await {} };
    assert!(tokio::time::timeout(PATIENT, reading).await.is_ok(), "the stream goes on");
}

#[tokio::test]
async fn a_board_is_not_told_to_those_who_may_not_see_it_any_more() {
    let site = TestServer::start().await;
    let restaurant = site.app.restaurant;
    let ended = format!("DELETE FROM staff_memberships WHERE restaurant_id = '{restaurant}'");
    let expired = "UPDATE sessions SET expires_at = expires_at - interval '13 hours'";
    let browser = Browser::new();
    site.sign_in(&browser).await;
    let watch = || async {
        let mut stream = browser.0.get(site.dashboard("/orders/events?after=0")).send().await.unwrap();
        read_until(&mut stream, "event: heartbeat").await;
        stream
    };
    let mut stream = watch().await;
    assert_eq!(browser.post(&site.url("/sign-out"), &[]).await.status(), 303);
    read_out(&mut stream).await;

    for change in [expired, ended.as_str()] {
        let form = [("email", &*site.email("owner")), ("password", PASSWORD)];
        assert_eq!(browser.post(&site.url("/sign-in"), &form).await.status(), 303);
        let mut stream = watch().await;
        site.app.sql(change).await;
        read_out(&mut stream).await;
        let again = browser.0.get(site.dashboard("/orders/events?after=0")).send().await.unwrap();
        assert!([401, 403].contains(&again.status().as_u16()), "{}", again.status());
    }
}

#[tokio::test]
async fn a_board_is_told_when_a_pause_begins_and_when_it_ends_by_itself() {
    let site = TestServer::start().await;
    let browser = Browser::new();
    site.sign_in(&browser).await;
    let mut stream = browser.0.get(site.dashboard("/orders/events?after=0")).send().await.unwrap();
    read_until(&mut stream, "data: {\"paused\":null}").await;
    let pause = |minutes: &'static str| {
        let form = [("change", "pause"), ("value", minutes)];
        let (browser, editor) = (&browser, site.dashboard("/menu"));
        async move { assert_eq!(browser.post(&editor, &form).await.status(), 303) }
    };
    pause("15").await;
    read_until(&mut stream, "Paused until 18:15").await;
    pause("60").await;
    read_until(&mut stream, "Paused until 19:00").await;
    site.at(FRIDAY_EVENING.plus_minutes(60));
    let seen = read_until(&mut stream, "data: {\"paused\":null}").await;
    assert_eq!(seen.matches("event: pause").count(), 1, "said once: {seen}");
}

#[tokio::test]
async fn silencing_names_the_board_that_was_looked_at() {
    let site = TestServer::start().await;
    let browser = Browser::new();
    site.sign_in(&browser).await;
    guest::place(&site.app, &guest::pickup(&site.app)).await.unwrap();
    let page = browser.page(&site.dashboard("/orders")).await;
    let seen = crate::web::site::hidden(&page, "seen");
    assert_eq!(seen, "1");
    guest::place(&site.app, &guest::pickup(&site.app)).await.unwrap();
    let address = site.dashboard("/orders/acknowledge");
    assert_eq!(browser.post(&address, &[("seen", seen.as_str())]).await.status(), 303);
    assert_eq!(site.app.count("orders WHERE acknowledged_at IS NULL").await, 1);
    for wrong in [vec![], vec![("seen", "")], vec![("seen", "all")]] {
        assert_eq!(browser.post_for_json(&address, &wrong).await.status(), 422);
        let refused = browser.post(&address, &wrong).await;
        assert_eq!(refused.status(), 422);
        assert!(refused.text().await.unwrap().contains("out of date"));
    }
    assert_eq!(site.app.count("orders WHERE acknowledged_at IS NULL").await, 1);
}

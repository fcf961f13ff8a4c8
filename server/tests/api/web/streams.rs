//! Live streams: at once, replayed, and ended by a drain.

use crate::{
    guest,
    web::site::{Browser, Site},
};
use std::time::Duration;

/// Streams tell at once; how soon that is, is measured and not tested.
const SOON: Duration = Duration::from_secs(5);

/// Reads a stream until it holds a text, or gives up.
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
    let site = Site::start().await;
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
    let site = Site::start().await;
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
    let site = Site::start().await;
    let browser = Browser::new();
    site.sign_in(&browser).await;
    let mut stream = browser.0.get(site.dashboard("/orders/events?after=0")).send().await.unwrap();
    assert_eq!(reqwest::get(site.url("/readyz")).await.unwrap().status(), 200);
    let Site { server, app } = site;
    let stopped = tokio::time::timeout(Duration::from_secs(8), server.stop());
    let ended = async { while let Ok(Some(_)) = stream.chunk().await {} };
    let (stopped, ()) = tokio::join!(stopped, ended);
    assert!(stopped.is_ok(), "the drain waits for a stream");
    drop(app);
}

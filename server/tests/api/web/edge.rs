//! Readiness, bounded metrics, and responses to unusual requests.

use crate::web::site::{Browser, TestServer};
use reqwest::{Client, Method};
use server::telemetry;

/// Whether `/readyz` responds like this. Retries, since its timeout is short and the machine may be loaded.
async fn says(site: &TestServer, status: u16, words: &str) -> bool {
    for _ in 0..50 {
        let answer = reqwest::get(site.url("/readyz")).await.unwrap();
        if answer.status() == status && answer.text().await.unwrap().starts_with(words) {
            return true;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    false
}

#[tokio::test]
async fn a_server_is_ready_when_its_database_has_its_schema() {
    let site = TestServer::start().await;
    for (change, ready, words) in [
        ("SELECT", 200, "ready"),
        // The next version's schema during a rolling upgrade.
        (
            "INSERT INTO _sqlx_migrations SELECT 9999, 'later', now(), true, checksum, 0 FROM _sqlx_migrations LIMIT 1",
            200,
            "ready",
        ),
        ("UPDATE _sqlx_migrations SET success = false WHERE version = 1", 503, "schema behind"),
        ("UPDATE _sqlx_migrations SET success = true", 200, "ready"),
        ("DELETE FROM _sqlx_migrations WHERE version IN (1, 9999)", 503, "schema behind"),
        ("DROP TABLE _sqlx_migrations", 503, "schema behind"),
    ] {
        site.app.sql(change).await;
        assert!(says(&site, ready, words).await, "{change}: {ready} {words}");
    }
    assert_eq!(reqwest::get(site.url("/livez")).await.unwrap().status(), 200);
}

#[tokio::test]
async fn made_up_methods_are_one_series() {
    let site = TestServer::start().await;
    for number in 0..20 {
        let method = Method::from_bytes(format!("MADEUP{number}").as_bytes()).unwrap();
        let answer = Client::new().request(method, site.url("/")).send().await.unwrap();
        assert!(answer.status().is_client_error());
    }
    let metrics = telemetry::start_metrics().unwrap().render();
    assert!(!metrics.contains("MADEUP"));
    assert!(metrics.contains("method=\"other\""));
}

#[tokio::test]
async fn addresses_with_odd_letters_are_not_there() {
    let site = TestServer::start().await;
    for name in ["%00", "a%00b", "%0A", "%FF", "%09", "%F0%9F%8D%95", "..%2F..", "%5C"] {
        for path in [
            format!("/restaurants/{name}"),
            format!("/restaurants/{name}/cart"),
            format!("/restaurants/{name}/checkout"),
            format!("/orders/{name}"),
            format!("/orders/{name}/events"),
            format!("/dashboard/{name}/orders"),
            format!("/api/v1/restaurants/{name}/menu"),
            format!("/api/v1/orders/{name}"),
        ] {
            let status = Browser::new().get(&site.url(&path)).await.status();
            assert!(!status.is_server_error(), "{path}: {status}");
        }
    }
}

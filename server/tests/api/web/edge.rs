//! What operators and programs rely on at the edge: readiness, bounded metrics, answers to odd requests.

use crate::web::site::{Browser, Site};
use reqwest::{Client, Method};
use server::telemetry;

#[tokio::test]
async fn a_server_is_ready_when_its_database_has_its_schema() {
    let site = Site::start().await;
    let ready = || async {
        let answer = reqwest::get(site.url("/readyz")).await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    };
    assert_eq!(ready().await, (200, "ready\n".to_owned()));
    site.app
        .sql(
            "INSERT INTO _sqlx_migrations SELECT 9999, 'later', now(), true, checksum, 0 FROM _sqlx_migrations LIMIT 1",
        )
        .await;
    assert_eq!(ready().await.0, 200, "a later schema is the next version's, which is being rolled out");
    site.app.sql("UPDATE _sqlx_migrations SET success = false WHERE version = 1").await;
    assert_eq!(ready().await.0, 503, "a migration that broke off");
    site.app.sql("UPDATE _sqlx_migrations SET success = true").await;
    site.app.sql("DELETE FROM _sqlx_migrations WHERE version = (SELECT max(version) FROM _sqlx_migrations WHERE version < 9999)").await;
    let (status, words) = ready().await;
    assert_eq!(status, 503, "an older schema");
    assert!(words.contains("toast migrate"), "{words}");
    site.app.sql("DROP TABLE _sqlx_migrations").await;
    assert_eq!(ready().await.0, 503, "an empty database");
    assert_eq!(reqwest::get(site.url("/livez")).await.unwrap().status(), 200);
}

#[tokio::test]
async fn made_up_methods_are_one_series() {
    let site = Site::start().await;
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
    let site = Site::start().await;
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

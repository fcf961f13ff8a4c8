//! What guests meet while their database stands still, is gone, is demoted, or leaves only its standby behind.
//!
//! Each test has a PostgreSQL of its own, so that it can be frozen; the one over a cluster freezes a worker of
//! `TOAST_TEST_CLUSTER_URL`, and is ignored without.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a broken expectation is how a test fails"
)]

#[path = "api/app.rs"]
#[allow(dead_code, reason = "a part of it is needed")]
mod app;
#[path = "cluster/database.rs"]
mod cluster;
#[path = "absence/frozen.rs"]
mod frozen;
#[path = "api/guest.rs"]
#[allow(dead_code, reason = "a part of it is needed")]
mod guest;
#[path = "absence/postgres.rs"]
mod postgres;
#[path = "absence/shop.rs"]
mod shop;
#[path = "absence/worker.rs"]
mod worker;

use app::TestApp;
use postgres::Private;
use reqwest::StatusCode;
use shop::{Shop, within};
use sqlx::{Connection, Executor, PgConnection};
use std::time::Duration;

/// What a guest may wait for a refusal, and a little for a slow machine.
const REFUSED: Duration = Duration::from_millis(2_500);
/// What a refusal may take that needs no look at the database.
const AT_ONCE: Duration = Duration::from_millis(700);
/// Everything works again after so long.
const RECOVERED: Duration = Duration::from_secs(5);
const NOWHERE: &str = "postgres://toast@127.0.0.1:1/toast";

async fn around(private: &Private) -> (TestApp, Shop) {
    let url = private.url();
    let mut connection = PgConnection::connect(&url).await.unwrap();
    sqlx::migrate!("./migrations").run(&mut connection).await.unwrap();
    let app = TestApp::start_on(url.clone()).await;
    let shop = Shop::open(&[&format!("--database-url={url}")]).await;
    assert_eq!(shop.order(&app).await.status, StatusCode::CREATED);
    (app, shop)
}

async fn refuses_quickly_and_then_at_once(shop: &Shop, app: &TestApp) {
    for _ in 0..3 {
        shop.order(app).await.is_refused_within(REFUSED);
    }
    for _ in 0..5 {
        shop.order(app).await.is_refused_within(AT_ONCE);
    }
    // What was seen before can still be read.
    assert_eq!(shop.menu(app).await, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_frozen_database_refuses_soon_and_is_back_soon() {
    let private = Private::start();
    let (app, shop) = around(&private).await;
    let frozen = private.freeze();
    refuses_quickly_and_then_at_once(&shop, &app).await;
    let circuits = shop.operators("/circuits").await;
    assert!(circuits.contains("\"database_node\":\"primary\",\"state\":\"open\",\"why\":\"hangs\""), "{circuits}");
    assert!(shop.operators("/metrics").await.contains("toast_circuit_state{node=\"primary\"} 2"));
    drop(frozen);
    within(RECOVERED, async || shop.order(&app).await.status == StatusCode::CREATED).await;
    let placement = shop.operators(&format!("/placement?restaurant={}", app.slug)).await;
    assert!(placement.contains("\"shard\":null,\"node\":\"primary\""), "{placement}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stopped_database_refuses_soon_and_is_back_soon() {
    let mut private = Private::start();
    let (app, shop) = around(&private).await;
    private.stop();
    for _ in 0..5 {
        shop.order(&app).await.is_refused_within(REFUSED);
    }
    assert_eq!(shop.menu(&app).await, StatusCode::OK);
    private.run();
    within(RECOVERED, async || shop.order(&app).await.status == StatusCode::CREATED).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_demoted_database_is_noticed() {
    const OURS: &str =
        "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'toast' AND query LIKE '%place_order%'";
    let private = Private::start();
    let (app, shop) = around(&private).await;
    let mut admin = PgConnection::connect(&private.url()).await.unwrap();
    admin.execute("ALTER SYSTEM SET default_transaction_read_only = on").await.unwrap();
    admin.execute("SELECT pg_reload_conf()").await.unwrap();
    tokio::time::sleep(Duration::from_millis(300)).await;
    shop.order(&app).await.is_refused_within(REFUSED);
    // No connection that took orders from the leader is left to take one from what it became.
    let left: i64 = sqlx::query_scalar(OURS).fetch_one(&mut admin).await.unwrap();
    assert_eq!(left, 0);
    admin.execute("SET default_transaction_read_only = off").await.unwrap();
    admin.execute("ALTER SYSTEM RESET default_transaction_read_only").await.unwrap();
    admin.execute("SELECT pg_reload_conf()").await.unwrap();
    within(RECOVERED, async || shop.order(&app).await.status == StatusCode::CREATED).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn menus_and_lists_are_read_from_the_standby_when_the_leader_is_away() {
    let app = TestApp::start().await;
    let (leader, standby) = (format!("--database-url={NOWHERE}"), format!("--standby-url={}", app.url()));
    let shop = Shop::open(&[&leader, &standby]).await;
    // A server that has just started finds out first that the leader is away.
    within(RECOVERED * 4, async || shop.menu(&app).await == StatusCode::OK).await;
    within(RECOVERED * 4, async || shop.get("/").await == StatusCode::OK).await;
    within(RECOVERED * 4, async || shop.get("/api/v1/restaurants?q=marinara").await == StatusCode::OK).await;
    // Nothing is sold from it.
    for _ in 0..3 {
        assert_eq!(shop.order(&app).await.status, StatusCode::SERVICE_UNAVAILABLE);
    }
    shop.order(&app).await.is_refused_within(REFUSED);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_standby_that_is_behind_does_not_bring_back_an_old_menu() {
    let (app, behind) = (TestApp::start().await, TestApp::start().await);
    app.plant(&TestApp::fixture("shared-kitchen")).await;
    behind.plant(&TestApp::fixture("shared-kitchen")).await;
    let toml = TestApp::fixture("shared-kitchen").replace("Marinara", "Margherita of today");
    app.plant(&toml).await;
    let shop =
        Shop::open(&[&format!("--database-url={}", app.url()), &format!("--standby-url={}", behind.url())]).await;
    let page = "/restaurants/shared-kitchen";
    // Without a copy, the standby's word is taken.
    assert!(shop.text(page).await.contains("Marinara"));
    // A quote asks the leader, and from then on nothing older is shown.
    let toast = &shop.server.toast;
    let newest = toast.catalogue.snapshot(toast, "shared-kitchen").await.unwrap();
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    let newest = newest.version().max(toast.catalogue.snapshot(toast, "shared-kitchen").await.unwrap().version());
    for _ in 0..3 {
        assert!(shop.text(page).await.contains("Margherita of today"));
        assert_eq!(toast.catalogue.shown(toast, "shared-kitchen").await.unwrap().version(), newest);
        tokio::time::sleep(Duration::from_millis(1_100)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answers_name_node_and_region() {
    let app = TestApp::start().await;
    let url = format!("--database-url={}", app.url());
    let shop = Shop::open(&[&url, "--node=a-app1", "--region=a"]).await;
    let headers = shop.headers("/livez").await;
    assert_eq!(
        (&headers["x-toast-node"], &headers["x-toast-region"]),
        (&"a-app1".parse().unwrap(), &"a".parse().unwrap())
    );
}

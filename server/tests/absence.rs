//! What guests meet while their database stands still, is gone, is demoted, or leaves only its standby behind.
//!
//! Each test has a PostgreSQL of its own, so that it can be frozen; the one over a cluster freezes a worker of
//! `TOAST_TEST_CLUSTER_URL`, and is ignored without. They need quiet, since a hanging database is told by how long it takes:
//! the whole check runs them alone and one after the other.

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

use ::app::domain::error::AppError;
use app::{HERE, TestApp};
use postgres::Private;
use reqwest::StatusCode;
use server::{accounts, demo, error::ServerError};
use shop::{Shop, within};
use sqlx::{Connection, Executor, PgConnection};
use std::time::{Duration, Instant};

/// How long a write waits while its database lives.
const DEADLINE: &str = "--database-deadline-ms=60000";
/// What a guest may wait for a refusal: usually 1.3 s, and far less than [`DEADLINE`] on a machine with much else to do.
const REFUSED: Duration = Duration::from_secs(20);
/// What is promised, where only one wait is behind it.
const PROMISED: Duration = Duration::from_secs(2);
/// What a refusal may take that needs no look at the database.
const AT_ONCE: Duration = Duration::from_millis(700);
/// Everything works again after so long.
const RECOVERED: Duration = Duration::from_secs(30);
const NOWHERE: &str = "postgres://toast@127.0.0.1:1/toast";

async fn around(private: &Private) -> (TestApp, Shop) {
    let url = private.url();
    let mut connection = PgConnection::connect(&url).await.unwrap();
    sqlx::migrate!("./migrations").run(&mut connection).await.unwrap();
    let app = TestApp::start_on(url.clone()).await;
    let shop = Shop::open(&[&format!("--database-url={url}"), DEADLINE]).await;
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
async fn a_server_stops_although_its_database_hangs() {
    let private = Private::start();
    let (app, first) = around(&private).await;
    first.server.stop().await;
    let shop = Shop::open(&[&format!("--database-url={}", private.url()), DEADLINE, "--drain-seconds=1"]).await;
    let (begun, order) = (Instant::now(), guest::pickup(&app));
    // Orders without a pause, so that some are between two statements when everything stands still.
    let guests = futures::future::join_all((0..12).map(|_| async {
        while begun.elapsed() < Duration::from_secs(2) {
            shop.order_at(&app.slug, &order).await;
        }
    }));
    let (_, frozen) = tokio::join!(guests, async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        private.freeze()
    });
    let stopping = Instant::now();
    shop.server.stop().await;
    assert!(stopping.elapsed() < Duration::from_secs(30), "stopped after {:?}", stopping.elapsed());
    drop(frozen);
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
    // No connection that took orders from the leader is left to take one from what it became; the process of a session
    // that was ended needs a moment to be gone.
    let watched = tokio::sync::Mutex::new(&mut admin);
    within(RECOVERED, async || {
        let left: i64 = sqlx::query_scalar(OURS).fetch_one(&mut **watched.lock().await).await.unwrap();
        left == 0
    })
    .await;
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
    within(RECOVERED, async || shop.menu(&app).await == StatusCode::OK).await;
    within(RECOVERED, async || shop.get("/").await == StatusCode::OK).await;
    within(RECOVERED, async || shop.get("/api/v1/restaurants?q=marinara").await == StatusCode::OK).await;
    // Balancers send guests all the same, if to nobody better.
    within(RECOVERED, async || shop.text("/readyz").await == "reading\n").await;
    assert_eq!(shop.get("/readyz").await, StatusCode::OK);
    // Nothing is sold from it, and nobody waits for the leader's map of a cluster on top of the leader.
    for _ in 0..3 {
        assert_eq!(shop.order(&app).await.status, StatusCode::SERVICE_UNAVAILABLE);
    }
    for _ in 0..3 {
        shop.order(&app).await.is_refused_within(PROMISED);
    }
}

/// The leader stands for the node of an account, which may be another than that of the restaurant somebody works for.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_signs_in_is_known_at_the_standby_and_guessing_locks_there_too() {
    let app = TestApp::start().await;
    app.plant(&TestApp::fixture("shared-kitchen")).await;
    let sign_ins = demo::demo(&app.context, false).await.unwrap();
    let email = &sign_ins.first().unwrap().email;
    let (leader, standby) = (format!("--database-url={NOWHERE}"), format!("--standby-url={}", app.url()));
    let shop = Shop::open(&[&leader, &standby]).await;
    let guess = async |password: &str| accounts::sign_in(&shop.server.context, email, password, HERE).await;
    let is_refused = |outcome| matches!(outcome, Err(ServerError::Refused(AppError::Invalid { .. })));
    for turn in 0..5 {
        let outcome = guess("not it").await;
        assert!(is_refused(outcome), "turn {turn}");
    }
    assert!(matches!(guess("toast-demo").await, Err(ServerError::Refused(AppError::TooMany { .. }))));
    let another = &sign_ins.last().unwrap().email;
    assert_ne!(another, email);
    // Who it is is known; that there is nowhere to keep a session is another matter.
    let known = accounts::sign_in(&shop.server.context, another, "toast-demo", HERE).await;
    assert!(known.as_ref().is_err_and(ServerError::is_unavailable), "{known:?}");
}

/// Whoever gave up on the question would take the server for dead, and nobody's guests would come to tell it that the leader is
/// away.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn balancers_hear_within_their_second_that_only_the_standby_answers() {
    let app = TestApp::start().await;
    let (leader, standby) = (format!("--database-url={NOWHERE}"), format!("--standby-url={}", app.url()));
    let shop = Shop::open(&[&leader, &standby]).await;
    let asked_by_a_balancer = async || tokio::time::timeout(Duration::from_secs(1), shop.text("/readyz")).await;
    within(RECOVERED, async || asked_by_a_balancer().await.is_ok_and(|said| said == "reading\n")).await;
    for _ in 0..5 {
        assert_eq!(asked_by_a_balancer().await, Ok("reading\n".to_owned()));
    }
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
    let context = &shop.server.context;
    let newest = context.catalogue.snapshot(context, "shared-kitchen").await.unwrap();
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    let newest = newest.version().max(context.catalogue.snapshot(context, "shared-kitchen").await.unwrap().version());
    for _ in 0..3 {
        assert!(shop.text(page).await.contains("Margherita of today"));
        assert_eq!(context.catalogue.shown(context, "shared-kitchen").await.unwrap().version(), newest);
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

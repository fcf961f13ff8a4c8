//! Requests while the database is paused, stopped or demoted, or only the replica is left.
//!
//! Each test has its own PostgreSQL, so that it can be paused; the cluster tests pause and change the nodes of
//! `TOAST_TEST_CLUSTER_URL`, and are ignored without. A hanging database is detected by its response times, so these
//! tests need an otherwise idle machine: the check script runs them alone and one after the other.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "api/app.rs"]
#[allow(dead_code, reason = "a part of it is needed")]
mod app;
#[path = "cluster/database.rs"]
mod cluster;
#[path = "db_outage/coordinator.rs"]
mod coordinator;
#[path = "db_outage/forwarder.rs"]
mod forwarder;
#[path = "db_outage/groups.rs"]
mod groups;
#[path = "api/guest.rs"]
#[allow(dead_code, reason = "a part of it is needed")]
mod guest;
#[path = "db_outage/people.rs"]
mod people;
#[path = "db_outage/test_server.rs"]
mod test_server;
#[path = "db_outage/worker.rs"]
mod worker;

use ::app::domain::error::AppError;
use app::{HERE, TestApp};
use reqwest::StatusCode;
use server::{accounts, demo, error::ServerError};
use sqlx::{Connection, Executor, PgConnection};
use std::time::{Duration, Instant};
use support::postgres::{PostgresTools, TempPostgres};
use test_server::{TestServer, eventually};

/// Longest wait of a write while its database is alive.
const DEADLINE: &str = "--database-deadline-ms=60000";
/// Limit for a rejection: usually 1.3 s, and far less than [`DEADLINE`] on a loaded machine.
const REFUSED: Duration = Duration::from_secs(20);
/// The promised limit, where a request has only one wait.
const PROMISED: Duration = Duration::from_secs(2);
/// Limit for a rejection without a database query.
const AT_ONCE: Duration = Duration::from_millis(700);
/// Limit for the recovery.
const RECOVERED: Duration = Duration::from_secs(30);
const NOWHERE: &str = "postgres://toast@127.0.0.1:1/toast";

fn start_postgres() -> TempPostgres {
    PostgresTools::find().unwrap().server("outage", &["fsync = off"]).unwrap()
}

async fn start_with_data(postgres: &TempPostgres) -> (TestApp, TestServer) {
    let url = postgres.url("postgres");
    let mut connection = PgConnection::connect(&url).await.unwrap();
    sqlx::migrate!("./migrations").run(&mut connection).await.unwrap();
    let app = TestApp::start_on(url.clone()).await;
    let toast = TestServer::open(&[&format!("--database-url={url}"), DEADLINE]).await;
    assert_eq!(toast.order(&app).await.status, StatusCode::CREATED);
    (app, toast)
}

async fn rejects_quickly_and_then_immediately(toast: &TestServer, app: &TestApp) {
    for _ in 0..3 {
        toast.order(app).await.is_refused_within(REFUSED);
    }
    for _ in 0..5 {
        toast.order(app).await.is_refused_within(AT_ONCE);
    }
    // Cached data can still be read.
    assert_eq!(toast.menu(app).await, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_paused_database_is_rejected_soon_and_recovers_soon() {
    let postgres = start_postgres();
    let (app, toast) = start_with_data(&postgres).await;
    let paused = postgres.pause().unwrap();
    rejects_quickly_and_then_immediately(&toast, &app).await;
    let circuits = toast.operators("/circuits").await;
    assert!(circuits.contains("\"database_node\":\"primary\",\"state\":\"open\",\"why\":\"hangs\""), "{circuits}");
    assert!(toast.operators("/metrics").await.contains("toast_circuit_state{node=\"primary\"} 2"));
    drop(paused);
    eventually(RECOVERED, async || toast.order(&app).await.status == StatusCode::CREATED).await;
    let placement = toast.operators(&format!("/placement?restaurant={}", app.slug)).await;
    assert!(placement.contains("\"shard\":null,\"node\":\"primary\""), "{placement}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_stops_although_its_database_hangs() {
    let postgres = start_postgres();
    let (app, first) = start_with_data(&postgres).await;
    first.server.stop().await;
    let toast =
        TestServer::open(&[&format!("--database-url={}", postgres.url("postgres")), DEADLINE, "--drain-seconds=1"])
            .await;
    let (begun, order) = (Instant::now(), guest::pickup(&app));
    // Orders without a pause, so that some are between two statements when the database is paused.
    let guests = futures::future::join_all((0..12).map(|_| async {
        while begun.elapsed() < Duration::from_secs(2) {
            toast.order_at(&app.slug, &order).await;
        }
    }));
    let (_, paused) = tokio::join!(guests, async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        postgres.pause().unwrap()
    });
    let stopping = Instant::now();
    toast.server.stop().await;
    assert!(stopping.elapsed() < Duration::from_secs(30), "stopped after {:?}", stopping.elapsed());
    drop(paused);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stopped_database_is_rejected_soon_and_recovers_soon() {
    let postgres = start_postgres();
    let (app, toast) = start_with_data(&postgres).await;
    postgres.stop().unwrap();
    for _ in 0..5 {
        toast.order(&app).await.is_refused_within(REFUSED);
    }
    assert_eq!(toast.menu(&app).await, StatusCode::OK);
    postgres.start().unwrap();
    eventually(RECOVERED, async || toast.order(&app).await.status == StatusCode::CREATED).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_demoted_database_is_noticed() {
    const OURS: &str =
        "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'toast' AND query LIKE '%place_order%'";
    let postgres = start_postgres();
    let (app, toast) = start_with_data(&postgres).await;
    let mut admin = PgConnection::connect(&postgres.url("postgres")).await.unwrap();
    admin.execute("ALTER SYSTEM SET default_transaction_read_only = on").await.unwrap();
    admin.execute("SELECT pg_reload_conf()").await.unwrap();
    tokio::time::sleep(Duration::from_millis(300)).await;
    toast.order(&app).await.is_refused_within(REFUSED);
    // No connection to the old primary may take orders after the demotion; the process of a terminated session needs
    // a moment to exit.
    let watched = tokio::sync::Mutex::new(&mut admin);
    eventually(RECOVERED, async || {
        let left: i64 = sqlx::query_scalar(OURS).fetch_one(&mut **watched.lock().await).await.unwrap();
        left == 0
    })
    .await;
    admin.execute("SET default_transaction_read_only = off").await.unwrap();
    admin.execute("ALTER SYSTEM RESET default_transaction_read_only").await.unwrap();
    admin.execute("SELECT pg_reload_conf()").await.unwrap();
    eventually(RECOVERED, async || toast.order(&app).await.status == StatusCode::CREATED).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn menus_and_lists_are_read_from_the_standby_when_the_leader_is_away() {
    let app = TestApp::start().await;
    let (leader, standby) = (format!("--database-url={NOWHERE}"), format!("--standby-url={}", app.url()));
    let toast = TestServer::open(&[&leader, &standby]).await;
    // A new server needs some requests to detect that the primary is down.
    eventually(RECOVERED, async || toast.menu(&app).await == StatusCode::OK).await;
    eventually(RECOVERED, async || toast.get("/").await == StatusCode::OK).await;
    eventually(RECOVERED, async || toast.get("/api/v1/restaurants?q=marinara").await == StatusCode::OK).await;
    // Load balancers send requests to it if there is no better server.
    eventually(RECOVERED, async || toast.text("/readyz").await == "read-only\n").await;
    assert_eq!(toast.get("/readyz").await, StatusCode::OK);
    // It takes no orders, and a request does not wait for the shard map in addition to the primary.
    for _ in 0..3 {
        assert_eq!(toast.order(&app).await.status, StatusCode::SERVICE_UNAVAILABLE);
    }
    for _ in 0..3 {
        toast.order(&app).await.is_refused_within(PROMISED);
    }
}

/// The primary represents the node of an account, which may be another than the restaurant's.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sign_in_is_verified_at_the_replica_and_guessing_locks_there_too() {
    let app = TestApp::start().await;
    app.import(&TestApp::fixture("shared-kitchen")).await;
    let sign_ins = demo::demo(&app.context, false).await.unwrap();
    let email = &sign_ins.first().unwrap().email;
    let (leader, standby) = (format!("--database-url={NOWHERE}"), format!("--standby-url={}", app.url()));
    let toast = TestServer::open(&[&leader, &standby]).await;
    let guess = async |password: &str| accounts::sign_in(&toast.server.context, email, password, HERE).await;
    let is_refused = |outcome| matches!(outcome, Err(ServerError::Refused(AppError::Invalid { .. })));
    for turn in 0..5 {
        let outcome = guess("not it").await;
        assert!(is_refused(outcome), "turn {turn}");
    }
    assert!(matches!(guess("toast-demo").await, Err(ServerError::Refused(AppError::TooMany { .. }))));
    let another = &sign_ins.last().unwrap().email;
    assert_ne!(another, email);
    // The account is verified; storing the session fails.
    let known = accounts::sign_in(&toast.server.context, another, "toast-demo", HERE).await;
    assert!(known.as_ref().is_err_and(ServerError::is_unavailable), "{known:?}");
}

/// A load balancer that times out would remove the server, and without requests it would not detect that the primary
/// is down.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn readiness_reports_read_only_within_a_second() {
    let app = TestApp::start().await;
    let (leader, standby) = (format!("--database-url={NOWHERE}"), format!("--standby-url={}", app.url()));
    let toast = TestServer::open(&[&leader, &standby]).await;
    let asked_by_a_balancer = async || tokio::time::timeout(Duration::from_secs(1), toast.text("/readyz")).await;
    eventually(RECOVERED, async || asked_by_a_balancer().await.is_ok_and(|said| said == "read-only\n")).await;
    for _ in 0..5 {
        assert_eq!(asked_by_a_balancer().await, Ok("read-only\n".to_owned()));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_standby_that_is_behind_does_not_bring_back_an_old_menu() {
    let (app, behind) = (TestApp::start().await, TestApp::start().await);
    app.import(&TestApp::fixture("shared-kitchen")).await;
    behind.import(&TestApp::fixture("shared-kitchen")).await;
    let toml = TestApp::fixture("shared-kitchen").replace("Marinara", "Margherita of today");
    app.import(&toml).await;
    let toast =
        TestServer::open(&[&format!("--database-url={}", app.url()), &format!("--standby-url={}", behind.url())]).await;
    let page = "/restaurants/shared-kitchen";
    // Without a cached snapshot the replica's version is used.
    assert!(toast.text(page).await.contains("Marinara"));
    // A quote reads the primary, and from then on no older version is shown.
    let context = &toast.server.context;
    let newest = context.catalogue.snapshot("shared-kitchen").await.unwrap();
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    let newest = newest.version().max(context.catalogue.snapshot("shared-kitchen").await.unwrap().version());
    for _ in 0..3 {
        assert!(toast.text(page).await.contains("Margherita of today"));
        assert_eq!(context.catalogue.snapshot_stale_ok("shared-kitchen").await.unwrap().version(), newest);
        tokio::time::sleep(Duration::from_millis(1_100)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answers_name_node_and_region() {
    let app = TestApp::start().await;
    let url = format!("--database-url={}", app.url());
    let toast = TestServer::open(&[&url, "--node=a-app1", "--region=a"]).await;
    let headers = toast.headers("/livez").await;
    assert_eq!(
        (&headers["x-toast-node"], &headers["x-toast-region"]),
        (&"a-app1".parse().unwrap(), &"a".parse().unwrap())
    );
}

//! A cluster whose coordinator is down: orders, carts, sign-ins and menus need its workers alone.

use crate::{
    DEADLINE, RECOVERED,
    app::{HERE, TestApp, change_id, visitor},
    cluster,
    forwarder::Forwarder,
    test_server::{TestServer, eventually},
    worker::{is_direct, postmaster},
};
use ::app::domain::cart::CartChange;
use reqwest::StatusCode;
use server::{accounts, carts, demo};
use sqlx::{Connection, PgConnection, postgres::PgConnectOptions};
use std::{
    str::FromStr,
    time::{Duration, Instant},
};
use support::process::PausedProcess;

/// Longer than the interval of the outbox scan over all shards: when that fails, the map of shards is read again.
const PAUSED: Duration = Duration::from_secs(10);

type SignIn = (String, &'static str);

/// Guests and staff of one restaurant.
async fn assert_served(toast: &TestServer, app: &TestApp, (email, password): &SignIn) {
    assert_eq!(toast.order(app).await.status, StatusCode::CREATED);
    assert_eq!(toast.menu(app).await, StatusCode::OK);
    let context = &toast.server.context;
    let change = CartChange::Add(app.line("marinara", &[]));
    assert_eq!(carts::change(context, &app.slug, visitor(), change_id(), &change).await.unwrap().count, 1);
    let secret = accounts::sign_in(context, email, password, HERE).await.unwrap();
    assert!(accounts::staff(context, &secret).await.unwrap().is_some());
    assert_eq!(toast.text("/readyz").await, "ready\n");
}

async fn sign_in(app: &TestApp) -> SignIn {
    let sign_ins = demo::demo(&app.context, false).await.unwrap();
    let first = sign_ins.into_iter().next().unwrap();
    (first.email, first.password)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs TOAST_TEST_CLUSTER_URL"]
async fn a_paused_coordinator_stops_no_restaurant() {
    let url = cluster::database().await;
    let toast = TestServer::open(&[&format!("--database-url={url}"), DEADLINE]).await;
    let app = TestApp::start_on(url.clone()).await;
    let account = sign_in(&app).await;
    assert_eq!(toast.order(&app).await.status, StatusCode::CREATED);
    eventually(RECOVERED, async || is_direct(&toast)).await;
    let coordinator = PgConnectOptions::from_str(&url).unwrap();
    let address = format!("{}:{}", coordinator.get_host(), coordinator.get_port());
    let paused = PausedProcess::pause(postmaster(&url, &address).await).unwrap();
    let begun = Instant::now();
    while begun.elapsed() < PAUSED {
        assert_served(&toast, &app, &account).await;
    }
    drop(paused);
    eventually(RECOVERED, async || toast.get("/api/v1/restaurants?q=marinara").await == StatusCode::OK).await;
    assert_served(&toast, &app, &account).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs TOAST_TEST_CLUSTER_URL"]
async fn a_server_starts_without_its_coordinator() {
    let url = cluster::database().await;
    let app = TestApp::start_on(url.clone()).await;
    let account = sign_in(&app).await;
    let mut connection = PgConnection::connect(&url).await.unwrap();
    let nodes: Vec<(i32, String, i32)> = sqlx::query_as(
        "SELECT groupid, nodename, nodeport FROM pg_dist_node WHERE groupid > 0 AND noderole = 'primary'",
    )
    .fetch_all(&mut connection)
    .await
    .unwrap();
    let nodes: Vec<_> = nodes.into_iter().map(|(group, host, port)| (group, (host, port))).collect();
    let (first, _forwarders) = Forwarder::groups(&nodes).await;
    // Without a listener.
    let coordinator = PgConnectOptions::from_str(&url).unwrap();
    let nowhere = url.replace(&format!(":{}/", coordinator.get_port()), ":1/");
    assert_ne!(nowhere, url);
    let toast =
        TestServer::open(&[&format!("--database-url={nowhere}"), &format!("--database-group-ports={first}"), DEADLINE])
            .await;
    eventually(RECOVERED, async || toast.order(&app).await.status == StatusCode::CREATED).await;
    assert!(is_direct(&toast));
    assert_served(&toast, &app, &account).await;
}

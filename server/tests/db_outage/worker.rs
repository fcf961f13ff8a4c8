//! A paused worker of a cluster: its own restaurants are rejected quickly, all others are not affected.

use crate::{
    DEADLINE, RECOVERED, REFUSED,
    app::{HERE, TestApp},
    cluster, guest,
    test_server::{TestServer, eventually},
};
use reqwest::StatusCode;
use server::{
    accounts,
    db::{DistributionKey, hash},
    demo,
};
use sqlx::{Connection, PgConnection, postgres::PgConnectOptions};
use std::{
    str::FromStr,
    time::{Duration, Instant},
};
use support::process::PausedProcess;
use uuid::Uuid;

const FROZEN: Duration = Duration::from_secs(8);

/// The process id of a worker, from its data directory.
pub async fn postmaster(coordinator: &str, address: &str) -> u32 {
    let (host, port) = address.split_once(':').unwrap();
    let worker = PgConnectOptions::from_str(coordinator).unwrap().host(host).port(port.parse().unwrap());
    let mut connection = PgConnection::connect_with(&worker).await.unwrap();
    let file: String =
        sqlx::query_scalar("SELECT pg_read_file('postmaster.pid')").fetch_one(&mut connection).await.unwrap();
    file.lines().next().unwrap().trim().parse().unwrap()
}

fn p99(times: &mut [Duration]) -> Duration {
    times.sort_unstable();
    times[(times.len() * 99 / 100).min(times.len() - 1)]
}

/// Orders at a restaurant one after another for a while; returns the response times.
async fn orders_for(toast: &TestServer, app: &TestApp, a_while: Duration) -> Vec<Duration> {
    let (begun, mut times) = (Instant::now(), Vec::new());
    while begun.elapsed() < a_while {
        let answer = toast.order(app).await;
        assert_eq!(answer.status, StatusCode::CREATED, "another restaurant was refused");
        times.push(answer.after);
    }
    times
}

/// A restaurant on another node than this one.
async fn on_another_node(url: &str, toast: &TestServer, than: &str) -> (TestApp, String) {
    loop {
        let app = TestApp::start_on(url.to_owned()).await;
        let node = toast.server.context.store.locate(app.restaurant).await.node;
        if node != than {
            return (app, node);
        }
    }
}

/// An account with its password, on another node than this one.
async fn staff_not_at(url: &str, toast: &TestServer, address: &str) -> (String, &'static str) {
    let sign_ins = demo::demo(&toast.server.context, false).await.unwrap();
    let mut connection = PgConnection::connect(url).await.unwrap();
    for sign_in in sign_ins {
        let at: String = sqlx::query_scalar(
            "SELECT nodename || ':' || nodeport FROM pg_dist_placement JOIN pg_dist_node USING (groupid)
             WHERE noderole = 'primary' AND shardid = get_shard_id_for_distribution_column('staff_accounts', $1)",
        )
        .bind(&sign_in.email)
        .fetch_one(&mut connection)
        .await
        .unwrap();
        if at != address {
            return (sign_in.email, sign_in.password);
        }
    }
    panic!("every account lies at {address}");
}

/// The hash of its secret decides where a session is stored: one in two or three would be on the node that is down.
async fn sign_in_again_and_again(toast: &TestServer, (email, password): &(String, &str)) {
    for turn in 0..12 {
        let signed_in = accounts::sign_in(&toast.server.context, email, password, HERE).await;
        assert!(signed_in.is_ok(), "turn {turn}: {signed_in:?}");
    }
}

/// Whether statements go straight to all groups of the cluster.
pub fn is_direct(toast: &TestServer) -> bool {
    let states = toast.server.context.store.node_states();
    let mut groups = states.iter().filter(|node| node.database_node.starts_with("group-")).peekable();
    groups.peek().is_some() && groups.all(|node| node.through_coordinator.is_none())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs TOAST_TEST_CLUSTER_URL"]
#[allow(clippy::print_stderr, reason = "the measurements are the purpose of the test")]
async fn a_paused_worker_does_not_affect_other_restaurants() {
    let url = cluster::database().await;
    let toast = TestServer::open(&[&format!("--database-url={url}"), DEADLINE]).await;
    let own = TestApp::start_on(url.clone()).await;
    let store = &toast.server.context.store;
    eventually(RECOVERED, async || is_direct(&toast)).await;
    let place = store.locate(own.restaurant).await;
    let (others, node) = on_another_node(&url, &toast, &place.node).await;
    assert_ne!(node, place.node);
    assert_eq!(toast.order(&own).await.status, StatusCode::CREATED);
    let mut before = orders_for(&toast, &others, FROZEN / 2).await;
    let staff = staff_not_at(&url, &toast, &place.address.clone().unwrap()).await;
    let worker = postmaster(&url, &place.address.clone().unwrap()).await;
    let paused = PausedProcess::pause(worker).unwrap();
    let own_order = guest::pickup(&own);
    let guests = async {
        let (begun, mut slowest, mut refusals) = (Instant::now(), Duration::ZERO, 0);
        while begun.elapsed() < FROZEN {
            // Many at first, to exceed the node's connections.
            let crowd = if refusals == 0 { 12 } else { 1 };
            let orders = (0..crowd).map(|_| toast.order_at(&own.slug, &own_order));
            for answer in futures::future::join_all(orders).await {
                answer.is_refused_within(REFUSED);
                slowest = slowest.max(answer.after);
                refusals += 1;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        (slowest, refusals)
    };
    let ((slowest, refusals), mut during, ()) =
        tokio::join!(guests, orders_for(&toast, &others, FROZEN), sign_in_again_and_again(&toast, &staff));
    let mut admin = PgConnection::connect(&url).await.unwrap();
    // Statements of its restaurants went to the worker itself.
    let held: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'toast' AND datname = current_database()
         AND state = 'active' AND query LIKE '%place_order%'",
    )
    .fetch_one(&mut admin)
    .await
    .unwrap();
    drop(paused);
    let thawed = Instant::now();
    eventually(RECOVERED, async || toast.order(&own).await.status == StatusCode::CREATED).await;
    let back = thawed.elapsed();
    let (calm, stormy) = (p99(&mut before), p99(&mut during));
    eprintln!(
        "others: {} orders, p99 {calm:?} before and {} orders, p99 {stormy:?} during; own: {refusals} refused, slowest \
         {slowest:?}, back after {back:?}; {held} orders at the coordinator",
        before.len(),
        during.len()
    );
    assert!(stormy < calm * 3 + Duration::from_millis(100), "others waited: {stormy:?} instead of {calm:?}");
    assert_eq!(held, 0, "orders went through the coordinator");
}

#[tokio::test]
#[ignore = "needs TOAST_TEST_CLUSTER_URL"]
async fn the_map_agrees_with_the_cluster() {
    let url = cluster::database().await;
    let app = TestApp::start_on(url.clone()).await;
    let mut connection = PgConnection::connect(&url).await.unwrap();
    for _ in 0..50 {
        let id = app::domain::id::RestaurantId::from_uuid(Uuid::new_v4());
        let shard: i64 = sqlx::query_scalar("SELECT get_shard_id_for_distribution_column('restaurants', $1)")
            .bind(id.uuid())
            .fetch_one(&mut connection)
            .await
            .unwrap();
        assert_eq!(app.context.store.locate(id).await.shard, Some(shard));
        let text = id.to_string().repeat(id.uuid().as_bytes()[0] as usize % 4);
        let text = &text[..text.len().saturating_sub(id.uuid().as_bytes()[1] as usize % 13)];
        let expected: i32 =
            sqlx::query_scalar("SELECT hashtext($1)").bind(text).fetch_one(&mut connection).await.unwrap();
        assert_eq!((hash(text.as_bytes()), DistributionKey::Slug(text).hash()), (expected, expected), "{text}");
    }
}

//! A frozen worker of a cluster: its own restaurants are refused soon, all others notice nothing.

use crate::{
    DEADLINE, RECOVERED, REFUSED,
    app::{HERE, TestApp},
    cluster,
    frozen::Frozen,
    guest,
    shop::{Shop, within},
};
use reqwest::StatusCode;
use server::{
    accounts,
    db::nodes::{Key, hash},
    demo,
};
use sqlx::{Connection, PgConnection, postgres::PgConnectOptions};
use std::{
    str::FromStr,
    time::{Duration, Instant},
};
use uuid::Uuid;

const FROZEN: Duration = Duration::from_secs(8);

/// The process of a worker, as its own files tell it.
async fn postmaster(coordinator: &str, address: &str) -> u32 {
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

/// Orders at a restaurant one after another for a while; answers how long each took.
async fn orders_for(shop: &Shop, app: &TestApp, a_while: Duration) -> Vec<Duration> {
    let (begun, mut times) = (Instant::now(), Vec::new());
    while begun.elapsed() < a_while {
        let answer = shop.order(app).await;
        assert_eq!(answer.status, StatusCode::CREATED, "another restaurant was refused");
        times.push(answer.after);
    }
    times
}

/// A restaurant on another node than those there are already.
async fn on_another_node(url: &str, shop: &Shop, than: &str) -> (TestApp, String) {
    loop {
        let app = TestApp::start_on(url.to_owned()).await;
        let node = shop.server.context.store.place_of(app.restaurant).await.node;
        if node != than {
            return (app, node);
        }
    }
}

/// Somebody with an account, and its password, elsewhere than at this address.
async fn staff_not_at(url: &str, shop: &Shop, address: &str) -> (String, &'static str) {
    let sign_ins = demo::demo(&shop.server.context, false).await.unwrap();
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

/// Each session would lie where its secret draws it: one in two or three at the node that is away.
async fn sign_in_again_and_again(shop: &Shop, (email, password): &(String, &str)) {
    for turn in 0..12 {
        let signed_in = accounts::sign_in(&shop.server.context, email, password, HERE).await;
        assert!(signed_in.is_ok(), "turn {turn}: {signed_in:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs TOAST_TEST_CLUSTER_URL"]
#[allow(clippy::print_stderr, reason = "the figures are what the test is run for")]
async fn a_frozen_worker_is_nobody_elses_trouble() {
    let url = cluster::database().await;
    let shop = Shop::open(&[&format!("--database-url={url}"), DEADLINE]).await;
    let own = TestApp::start_on(url.clone()).await;
    let store = &shop.server.context.store;
    within(RECOVERED, async || store.place_of(own.restaurant).await.shard.is_some()).await;
    let place = store.place_of(own.restaurant).await;
    let (others, node) = on_another_node(&url, &shop, &place.node).await;
    assert_ne!(node, place.node);
    assert_eq!(shop.order(&own).await.status, StatusCode::CREATED);
    let mut before = orders_for(&shop, &others, FROZEN / 2).await;
    let staff = staff_not_at(&url, &shop, &place.address.clone().unwrap()).await;
    let worker = postmaster(&url, &place.address.clone().unwrap()).await;
    let frozen = Frozen::server(worker);
    let own_order = guest::pickup(&own);
    let guests = async {
        let (begun, mut slowest, mut refusals) = (Instant::now(), Duration::ZERO, 0);
        while begun.elapsed() < FROZEN {
            // A crowd at first, so that more come than the node has places for.
            let crowd = if refusals == 0 { 12 } else { 1 };
            let orders = (0..crowd).map(|_| shop.order_at(&own.slug, &own_order));
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
        tokio::join!(guests, orders_for(&shop, &others, FROZEN), sign_in_again_and_again(&shop, &staff));
    let mut admin = PgConnection::connect(&url).await.unwrap();
    let held: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'toast' AND datname = current_database()
         AND state = 'active'",
    )
    .fetch_one(&mut admin)
    .await
    .unwrap();
    drop(frozen);
    let thawed = Instant::now();
    within(RECOVERED, async || shop.order(&own).await.status == StatusCode::CREATED).await;
    let back = thawed.elapsed();
    let (calm, stormy) = (p99(&mut before), p99(&mut during));
    eprintln!(
        "others: {} orders, p99 {calm:?} before and {} orders, p99 {stormy:?} during; own: {refusals} refused, slowest \
         {slowest:?}, back after {back:?}; {held} backends held at the end",
        before.len(),
        during.len()
    );
    assert!(stormy < calm * 3 + Duration::from_millis(100), "others waited: {stormy:?} instead of {calm:?}");
    assert!(held < 30, "{held} backends were left behind");
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
        assert_eq!(app.context.store.place_of(id).await.shard, Some(shard));
        let text = id.to_string().repeat(id.uuid().as_bytes()[0] as usize % 4);
        let text = &text[..text.len().saturating_sub(id.uuid().as_bytes()[1] as usize % 13)];
        let expected: i32 =
            sqlx::query_scalar("SELECT hashtext($1)").bind(text).fetch_one(&mut connection).await.unwrap();
        assert_eq!((hash(text.as_bytes()), Key::Slug(text).hash()), (expected, expected), "{text}");
    }
}

//! Shards that move, and groups of a cluster that are added, removed, replaced, or lose their metadata.

use crate::{
    DEADLINE, RECOVERED, REFUSED,
    app::TestApp,
    cluster::{self, ClusterDatabase},
    forwarder::Forwarder,
    test_server::{TestServer, eventually},
    worker::is_direct,
};
use reqwest::StatusCode;
use sqlx::{Connection, PgConnection};
use std::time::Duration;

/// The map of shards is read every 30 seconds, and a group without metadata is not tried before.
const READ_AGAIN: Duration = Duration::from_secs(100);

/// A restaurant on a cluster of its own database.
struct Scene {
    database: ClusterDatabase,
    admin: tokio::sync::Mutex<PgConnection>,
    toast: TestServer,
    app: TestApp,
}

impl Scene {
    async fn start(name: &str, workers: usize) -> Self {
        let database = cluster::separate(name, workers).await;
        let admin = PgConnection::connect(&database.url).await.unwrap().into();
        let app = TestApp::start_on(database.url.clone()).await;
        let toast = TestServer::open(&[&format!("--database-url={}", database.url), DEADLINE]).await;
        assert_eq!(toast.order(&app).await.status, StatusCode::CREATED);
        eventually(RECOVERED, async || is_direct(&toast)).await;
        let scene = Self { database, admin, toast, app };
        // The nodes' password files need not have the default, `localhost`.
        scene.sql("SET citus.local_hostname = '127.0.0.1'".to_owned()).await;
        scene
    }

    async fn sql(&self, statement: String) {
        let mut admin = self.admin.lock().await;
        sqlx::raw_sql(sqlx::AssertSqlSafe(statement)).execute(&mut *admin).await.unwrap();
    }

    async fn node(&self) -> String {
        self.toast.server.context.store.locate(self.app.restaurant).await.node
    }

    /// The host and port of the restaurant's worker.
    async fn worker(&self) -> (String, i32) {
        let address = self.toast.server.context.store.locate(self.app.restaurant).await.address.unwrap();
        let (host, port) = address.split_once(':').unwrap();
        (host.to_owned(), port.parse().unwrap())
    }

    async fn move_shard(&self, from: &(String, i32), to: &(String, i32)) {
        let shard = self.toast.server.context.store.locate(self.app.restaurant).await.shard.unwrap();
        let ((host, port), (to_host, to_port)) = (from, to);
        self.sql(format!(
            "SELECT citus_move_shard_placement({shard}, '{host}', {port}, '{to_host}', {to_port}, 'block_writes')"
        ))
        .await;
    }

    async fn takes_orders_again(&self, limit: Duration) {
        eventually(limit, async || self.toast.order(&self.app).await.status == StatusCode::CREATED).await;
    }

    /// The number of detours that this process has counted for a group.
    async fn detours(&self, group: &str) -> u64 {
        let metrics = self.toast.operators("/metrics").await;
        let prefix = format!("toast_database_detours_total{{node=\"{group}\"}} ");
        metrics.lines().find_map(|line| line.strip_prefix(&prefix)).map_or(0, |count| count.parse().unwrap())
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs TOAST_TEST_CLUSTER_URL"]
async fn a_group_is_added_gets_a_shard_and_is_removed() {
    let scene = Scene::start("grows", 1).await;
    let (first, second) = (scene.worker().await, scene.database.workers[1].clone());
    scene.sql(format!("SELECT citus_add_node('{}', {})", second.0, second.1)).await;
    let old = scene.node().await;
    scene.move_shard(&first, &second).await;
    // The server's map is out of date, and the worker passes the statement on.
    assert_eq!(scene.toast.order(&scene.app).await.status, StatusCode::CREATED);
    eventually(READ_AGAIN, async || scene.node().await != old).await;
    assert!(is_direct(&scene.toast));
    assert_eq!(scene.toast.order(&scene.app).await.status, StatusCode::CREATED);
    scene.move_shard(&second, &first).await;
    scene.sql(format!("SELECT citus_remove_node('{}', {})", second.0, second.1)).await;
    scene.takes_orders_again(REFUSED).await;
    eventually(READ_AGAIN, async || scene.node().await == old).await;
    let states = scene.toast.server.context.store.node_states();
    assert_eq!(states.iter().filter(|node| node.database_node.starts_with("group-")).count(), 1, "{states:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs TOAST_TEST_CLUSTER_URL"]
async fn a_group_without_metadata_is_reached_through_the_coordinator() {
    let scene = Scene::start("forgets", 2).await;
    let (host, port) = scene.worker().await;
    let (group, before) = (scene.node().await, scene.detours(&scene.node().await).await);
    scene.sql(format!("SELECT stop_metadata_sync_to_node('{host}', {port})")).await;
    scene.takes_orders_again(REFUSED).await;
    assert!(!is_direct(&scene.toast));
    for _ in 0..5 {
        assert_eq!(scene.toast.order(&scene.app).await.status, StatusCode::CREATED);
    }
    assert_eq!(scene.detours(&group).await, before + 1);
    scene.sql(format!("SELECT start_metadata_sync_to_node('{host}', {port})")).await;
    eventually(READ_AGAIN, async || {
        assert_eq!(scene.toast.order(&scene.app).await.status, StatusCode::CREATED);
        is_direct(&scene.toast)
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs TOAST_TEST_CLUSTER_URL"]
async fn a_new_primary_with_another_address_is_found() {
    let scene = Scene::start("promotes", 1).await;
    let worker = scene.worker().await;
    let update = async |port: u16| {
        scene
            .sql(format!("SELECT citus_update_node(nodeid, '127.0.0.1', {port}) FROM pg_dist_node WHERE groupid > 0"))
            .await;
    };
    let leads_to = async |port: u16| scene.worker().await.1 == i32::from(port);
    let old = Forwarder::start(worker.clone()).await;
    update(old.port).await;
    eventually(READ_AGAIN, async || leads_to(old.port).await).await;
    assert_eq!(scene.toast.order(&scene.app).await.status, StatusCode::CREATED);
    let new = Forwarder::start(worker).await;
    drop(old);
    scene.toast.order(&scene.app).await.is_refused_within(REFUSED);
    update(new.port).await;
    // Failures make the server read the map again, so it does not wait for the next regular reading.
    scene.takes_orders_again(RECOVERED).await;
    assert!(leads_to(new.port).await && is_direct(&scene.toast));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs TOAST_TEST_CLUSTER_URL"]
async fn a_demoted_worker_gets_no_orders() {
    let scene = Scene::start("demotes", 1).await;
    let (host, port) = scene.worker().await;
    let worker = scene.database.url.parse::<sqlx::postgres::PgConnectOptions>().unwrap();
    let worker = worker.host(&host).port(u16::try_from(port).unwrap());
    let mut worker = PgConnection::connect_with(&worker).await.unwrap();
    sqlx::raw_sql("ALTER SYSTEM SET default_transaction_read_only = on").execute(&mut worker).await.unwrap();
    sqlx::raw_sql("SELECT pg_reload_conf()").execute(&mut worker).await.unwrap();
    tokio::time::sleep(Duration::from_millis(300)).await;
    scene.toast.order(&scene.app).await.is_refused_within(REFUSED);
    sqlx::raw_sql("SET default_transaction_read_only = off").execute(&mut worker).await.unwrap();
    sqlx::raw_sql("ALTER SYSTEM RESET default_transaction_read_only").execute(&mut worker).await.unwrap();
    sqlx::raw_sql("SELECT pg_reload_conf()").execute(&mut worker).await.unwrap();
    scene.takes_orders_again(RECOVERED).await;
}

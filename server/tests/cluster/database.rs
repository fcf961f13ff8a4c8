//! Databases on the nodes of the cluster, migrated and distributed: one for all tests, and others for tests that change its nodes.

use server::{
    db::{Store, StoreOptions},
    distribute::{Distribution, distribute},
};
use sqlx::{Connection, Executor, PgConnection, postgres::PgConnectOptions};
use std::str::FromStr;
use tokio::sync::OnceCell;

/// The database's URL at the coordinator. Without a cluster the tests are ignored; one that is run anyway fails,
/// since it would prove nothing.
pub async fn database() -> String {
    static MADE: OnceCell<String> = OnceCell::const_new();
    MADE.get_or_init(|| async { make(&superuser(), "all", usize::MAX).await.url }).await.clone()
}

/// A database of the cluster.
#[allow(dead_code, reason = "a part of it is needed")]
pub struct ClusterDatabase {
    /// Its URL at the coordinator.
    pub url: String,
    /// Addresses of all workers, also of those that are not registered.
    pub workers: Vec<(String, i32)>,
}

/// Another database, with the first workers registered.
#[allow(dead_code, reason = "a part of it is needed")]
pub async fn separate(name: &str, workers: usize) -> ClusterDatabase {
    make(&superuser(), name, workers).await
}

fn superuser() -> String {
    std::env::var("TOAST_TEST_CLUSTER_URL")
        .expect("TOAST_TEST_CLUSTER_URL names the superuser of a coordinator with at least one worker")
}

async fn make(url: &str, name: &str, registered: usize) -> ClusterDatabase {
    let coordinator = PgConnectOptions::from_str(url).unwrap();
    let mut admin = PgConnection::connect_with(&coordinator).await.unwrap();
    let workers: Vec<(String, i32)> = sqlx::query_as(
        "SELECT nodename, nodeport FROM pg_dist_node WHERE groupid <> 0 AND noderole = 'primary' ORDER BY nodeid",
    )
    .fetch_all(&mut admin)
    .await
    .unwrap();
    assert!(!workers.is_empty(), "the cluster has no workers");
    let nodes: Vec<_> = std::iter::once(coordinator.clone())
        .chain(workers.iter().map(|(host, port)| coordinator.clone().host(host).port(u16::try_from(*port).unwrap())))
        .collect();
    let name = format!("toast_cluster_{name}_{}", std::process::id());
    for node in &nodes {
        drop_left_over(node).await;
        create(node, &name).await;
    }
    join(&coordinator.clone().database(&name), &workers[..registered.min(workers.len())]).await;
    let url = with_database(url, &name);
    let mut connection = PgConnection::connect(&url).await.unwrap();
    sqlx::migrate!("./migrations").run(&mut connection).await.unwrap();
    let options = StoreOptions { connections: 2, ..StoreOptions::default() };
    let store = Store::connect(&url, &options).unwrap();
    assert!(matches!(distribute(&store).await.unwrap(), Distribution::Placed(tables) if !tables.is_empty()));
    store.close().await;
    ClusterDatabase { url, workers }
}

async fn create(node: &PgConnectOptions, name: &str) {
    let mut admin = PgConnection::connect_with(node).await.unwrap();
    execute(&mut admin, &format!("CREATE DATABASE {name}")).await;
    let mut fresh = PgConnection::connect_with(&node.clone().database(name)).await.unwrap();
    execute(&mut fresh, "CREATE EXTENSION citus").await;
}

async fn join(coordinator: &PgConnectOptions, workers: &[(String, i32)]) {
    let mut connection = PgConnection::connect_with(coordinator).await.unwrap();
    let (host, port) = (coordinator.get_host().to_owned(), i32::from(coordinator.get_port()));
    sqlx::query("SELECT citus_set_coordinator_host($1, $2)")
        .bind(host)
        .bind(port)
        .execute(&mut connection)
        .await
        .unwrap();
    for (host, port) in workers {
        sqlx::query("SELECT citus_add_node($1, $2)").bind(host).bind(port).execute(&mut connection).await.unwrap();
    }
}

/// A run cannot clean up after its last test, so the next one does.
async fn drop_left_over(node: &PgConnectOptions) {
    let mut admin = PgConnection::connect_with(node).await.unwrap();
    let names: Vec<String> = sqlx::query_scalar("SELECT datname FROM pg_database WHERE datname LIKE 'toast_cluster_%'")
        .fetch_all(&mut admin)
        .await
        .unwrap();
    for name in names {
        let alive = name.rsplit('_').next().is_some_and(|pid| std::path::Path::new("/proc").join(pid).exists());
        if !alive {
            execute(&mut admin, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
        }
    }
}

async fn execute(connection: &mut PgConnection, statement: &str) {
    connection.execute(sqlx::AssertSqlSafe(statement.to_owned())).await.unwrap();
}

fn with_database(url: &str, name: &str) -> String {
    let (base, query) = url.split_once('?').map_or((url, None), |(base, query)| (base, Some(query)));
    let authority = base.find("://").map_or(0, |at| at + 3);
    let end = base[authority..].find('/').map_or(base.len(), |at| authority + at);
    let query = query.map(|query| format!("?{query}")).unwrap_or_default();
    format!("{}/{name}{query}", &base[..end])
}

//! Databases on the nodes of the cluster, migrated and distributed: one for all tests, and others for tests that change its nodes.

use server::{
    db::{Store, StoreOptions},
    distribute::{Distribution, distribute},
};
use sqlx::{Connection, PgConnection, postgres::PgConnectOptions};
use std::str::FromStr;
use support::{
    cluster::create_database,
    databases::{connect, drop_stale, with_database},
};
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
        // A run cannot drop its database after its last test, so the next one does.
        drop_stale(&mut connect(node).await.unwrap(), "toast_cluster_").await.unwrap();
    }
    create_database(&nodes, &name, registered).await.unwrap();
    let url = with_database(url, &name).unwrap();
    let mut connection = PgConnection::connect(&url).await.unwrap();
    sqlx::migrate!("./migrations").run(&mut connection).await.unwrap();
    let options = StoreOptions { connections: 2, ..StoreOptions::default() };
    let store = Store::connect(&url, &options).unwrap();
    assert!(matches!(distribute(&store).await.unwrap(), Distribution::Placed(tables) if !tables.is_empty()));
    store.close().await;
    ClusterDatabase { url, workers }
}

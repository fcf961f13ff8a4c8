//! The same scenarios on a Citus cluster, and a proof that each of their statements is executed by one shard.
//!
//! `TOAST_TEST_CLUSTER_URL` is the superuser's URL of a coordinator with at least one worker; without it all tests
//! here are ignored, and fail when run with `--ignored`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

/// A test for each scenario, on the cluster.
macro_rules! scenarios {
    ($($name:ident),+ $(,)?) => {
        mod tests {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                #[ignore = "needs TOAST_TEST_CLUSTER_URL"]
                async fn $name() {
                    let url = crate::cluster::database().await;
                    super::$name(&crate::app::TestApp::start_on(url).await).await;
                }
            )+
        }
    };
}

#[path = "api/app.rs"]
#[allow(dead_code, reason = "the scenarios of the cluster need a part of it")]
mod app;
#[path = "api/carts.rs"]
mod carts;
#[path = "api/checkout.rs"]
mod checkout;
#[path = "api/checkout_view.rs"]
mod checkout_view;
#[path = "cluster/database.rs"]
mod cluster;
#[path = "api/editing.rs"]
mod editing;
#[path = "api/guest.rs"]
mod guest;
#[path = "api/live.rs"]
mod live;
#[path = "api/moves.rs"]
mod moves;
#[path = "api/order_carts.rs"]
mod order_carts;
#[path = "api/orders.rs"]
mod orders;
#[path = "api/refusals.rs"]
mod refusals;
#[path = "api/repriced.rs"]
mod repriced;
#[path = "cluster/statements.rs"]
mod statements;
#[path = "api/undoing.rs"]
mod undoing;

use server::{
    db::placement::{LOCAL, PLACEMENTS},
    distribute::{Distribution, distribute},
};
use sqlx::{Connection, PgConnection, Row};
use std::collections::{BTreeMap, BTreeSet};

#[tokio::test]
#[ignore = "needs TOAST_TEST_CLUSTER_URL"]
async fn every_table_has_its_place() {
    let url = cluster::database().await;
    let mut connection = PgConnection::connect(&url).await.unwrap();
    let rows =
        sqlx::query("SELECT table_name::text, citus_table_type, distribution_column, colocation_id FROM citus_tables")
            .fetch_all(&mut connection)
            .await
            .unwrap();
    let placed: BTreeMap<String, (String, String, i32)> =
        rows.iter().map(|row| (row.get(0), (row.get(1), row.get(2), row.get(3)))).collect();
    assert_eq!(placed.len(), PLACEMENTS.len(), "{placed:?}");
    let mut groups = BTreeSet::new();
    for place in PLACEMENTS {
        let (kind, column, group) = &placed[place.table];
        assert_eq!((kind.as_str(), column.as_str()), ("distributed", place.column), "{}", place.table);
        match place.colocated_with {
            Some(colocated) => assert_eq!(*group, placed[colocated].2, "{}", place.table),
            None => assert!(groups.insert(*group), "{} shares its group", place.table),
        }
    }
    assert!(LOCAL.iter().all(|table| !placed.contains_key(*table)));
}

#[tokio::test]
#[ignore = "needs TOAST_TEST_CLUSTER_URL"]
async fn distributing_twice_changes_nothing() {
    let url = cluster::database().await;
    let app = app::TestApp::start_on(url).await;
    assert_eq!(distribute(&app.context.store).await.unwrap(), Distribution::Placed(Vec::new()));
}

#[tokio::test]
#[ignore = "needs TOAST_TEST_CLUSTER_URL"]
async fn importing_twice_changes_nothing() {
    let url = cluster::database().await;
    let app = app::TestApp::start_on(url).await;
    let version = app.snapshot().await.version();
    assert_eq!(app.import(&app::TestApp::fixture(&app.slug)).await, app.restaurant);
    app.context.catalogue.refresh(app.restaurant).await.unwrap();
    assert!(app.snapshot().await.version() >= version);
}

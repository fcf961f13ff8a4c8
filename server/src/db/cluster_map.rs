//! The cluster's catalog, read from the coordinator or any worker: shards, and the groups that store them.
//!
//! It exists on a cluster only, so its statements cannot be checked at compile time.

use crate::db::{
    placement::{FUNCTIONS, PLACEMENTS},
    shard_map::{DistributionKey, Shard, ShardMap},
};
use sqlx::{ConnectOptions, Connection, PgConnection, Row, postgres::PgConnectOptions};
use std::{collections::BTreeMap, time::Duration};

/// Limit of one attempt to read the catalog, or to check a node.
const TIMEOUT: Duration = Duration::from_secs(1);

/// Shards and groups of a cluster; both are empty on plain PostgreSQL.
#[derive(Debug, Clone, Default)]
pub(super) struct ClusterMap {
    pub(super) shards: ShardMap,
    /// Host and port of each group's primary, as the cluster knows it.
    pub(super) addresses: BTreeMap<i32, (String, u16)>,
}

impl ClusterMap {
    /// Reads it on a connection of its own.
    pub(super) async fn read(server: &PgConnectOptions) -> Result<Self, String> {
        within_timeout(async {
            // Not a pooled one: a reading without a response would occupy it.
            let mut connection = server.connect().await?;
            let has_citus = sqlx::query("SELECT 1 FROM pg_extension WHERE extname = 'citus'");
            let mut map = Self::default();
            if has_citus.fetch_optional(&mut connection).await?.is_some() {
                map =
                    Self { shards: Self::shards(&mut connection).await?, addresses: addresses(&mut connection).await? };
            }
            drop(connection.close().await);
            Ok(map)
        })
        .await
    }

    async fn shards(connection: &mut PgConnection) -> Result<ShardMap, sqlx::Error> {
        let rows = sqlx::query(
            "SELECT s.logicalrelid::text, s.shardid, s.shardminvalue::integer, s.shardmaxvalue::integer, p.groupid
             FROM pg_dist_shard s JOIN pg_dist_placement p ON p.shardid = s.shardid
             WHERE s.logicalrelid::text = ANY($1) AND s.shardminvalue IS NOT NULL",
        )
        .bind(DistributionKey::TABLES.map(str::to_owned).to_vec())
        .fetch_all(connection)
        .await?;
        let shard = |row: sqlx::postgres::PgRow| {
            let (id, from, to, group) = (row.try_get(1)?, row.try_get(2)?, row.try_get(3)?, row.try_get(4)?);
            Ok::<_, sqlx::Error>((row.try_get(0)?, Shard { id, from, to, group }))
        };
        Ok(ShardMap::new(rows.into_iter().map(shard).collect::<Result<Vec<_>, _>>()?))
    }
}

async fn addresses(connection: &mut PgConnection) -> Result<BTreeMap<i32, (String, u16)>, sqlx::Error> {
    let rows = sqlx::query("SELECT groupid, nodename, nodeport FROM pg_dist_node WHERE noderole = 'primary'")
        .fetch_all(connection)
        .await?;
    let address = |row: sqlx::postgres::PgRow| {
        let port = u16::try_from(row.try_get::<i32, _>(2)?).unwrap_or_default();
        Ok::<_, sqlx::Error>((row.try_get(0)?, (row.try_get(1)?, port)))
    };
    rows.into_iter().map(address).collect()
}

/// Checks that statements of a group's rows may be sent to a server: it is the group's primary, and has the metadata of all
/// tables and the functions. The error is the reason if not.
pub(super) async fn check_group(server: &PgConnectOptions, group: i32) -> Result<(), String> {
    let tables: Vec<_> = PLACEMENTS.iter().map(|placement| placement.table.to_owned()).collect();
    let functions: Vec<_> = FUNCTIONS.iter().map(|(function, _)| (*function).to_owned()).collect();
    let is_complete = within_timeout(async {
        let mut connection = server.connect().await?;
        let is_complete = sqlx::query_scalar::<_, bool>(
            "SELECT groupid = $1 AND NOT pg_is_in_recovery()
                AND (SELECT count(*) FROM pg_dist_partition WHERE logicalrelid::text = ANY($2)) = cardinality($2)
                AND (SELECT count(DISTINCT proname) FROM pg_proc WHERE proname = ANY($3)) = cardinality($3)
             FROM pg_dist_local_group",
        )
        .bind(group)
        .bind(tables)
        .bind(functions)
        .fetch_one(&mut connection)
        .await?;
        drop(connection.close().await);
        Ok(is_complete)
    });
    if is_complete.await? { Ok(()) } else { Err(format!("not the primary of group {group}, or without its metadata")) }
}

async fn within_timeout<T>(work: impl Future<Output = Result<T, sqlx::Error>>) -> Result<T, String> {
    match tokio::time::timeout(TIMEOUT, work).await {
        Ok(done) => done.map_err(|error| error.to_string()),
        Err(_) => Err(format!("no response within {TIMEOUT:?}")),
    }
}

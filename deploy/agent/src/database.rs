//! Superuser connections to members of database groups, and the coordinator's list of primaries.

use crate::node_config::Secrets;
use sqlx::{Connection, PgConnection};
use std::net::Ipv4Addr;

/// Connects to this node's database over the Unix socket, which only root and the database's user may open.
pub async fn local_superuser() -> sqlx::Result<PgConnection> {
    PgConnection::connect("postgres://postgres@localhost/toast?host=/run/toast/pg").await
}

pub async fn superuser(host: Ipv4Addr, database: &str, secrets: &Secrets) -> sqlx::Result<PgConnection> {
    let password = &secrets.postgres;
    PgConnection::connect(&format!("postgres://postgres:{password}@{host}:5432/{database}?sslmode=disable")).await
}

/// The address to which the coordinator sends the statements of each group.
pub async fn registered_primaries(coordinator: &mut PgConnection) -> sqlx::Result<Vec<(u16, Ipv4Addr)>> {
    let rows: Vec<(i32, String)> = sqlx::query_as(PRIMARIES).fetch_all(coordinator).await?;
    Ok(rows.into_iter().filter_map(|(group, address)| Some((group.try_into().ok()?, address.parse().ok()?))).collect())
}

const PRIMARIES: &str = "SELECT groupid, nodename FROM pg_catalog.pg_dist_node WHERE noderole = 'primary' AND isactive";

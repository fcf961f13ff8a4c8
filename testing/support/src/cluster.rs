//! A temporary Citus cluster: a coordinator and two workers with the settings of real nodes.

use crate::{
    Error,
    databases::{connect, execute, execute_at},
    postgres::{PostgresTools, TempPostgres, give_to_postgres},
};
use sqlx::postgres::PgConnectOptions;
use std::{fs, os::unix::fs::PermissionsExt};

/// Citus' own recovery of two-phase commits stays on, unlike in production: here the coordinator is never a stale one.
const SETTINGS: [&str; 8] = [
    "shared_preload_libraries = 'citus'",
    "wal_level = logical",
    "max_prepared_transactions = 400",
    "citus.node_conninfo = 'sslmode=prefer'",
    // Milliseconds; more than clients wait, as the host may be busy.
    "citus.node_connection_timeout = 10000",
    "citus.recover_2pc_interval = 2s",
    "citus.max_cached_conns_per_worker = 1",
    "citus.enable_statistics_collection = off",
];

#[derive(Debug)]
pub struct TempCluster {
    /// Group 0.
    pub coordinator: TempPostgres,
    /// Groups 1 and 2.
    pub workers: Vec<TempPostgres>,
}

impl TempCluster {
    /// Creates the nodes, each with a database `toast`, and registers the workers.
    pub async fn start(tools: &PostgresTools, name: &str) -> Result<Self, Error> {
        let passwords = tools.passwords();
        if !passwords.exists() {
            let entry = format!("127.0.0.1:*:*:*:{}\n", tools.password());
            fs::write(&passwords, entry).map_err(Error::io(passwords.display()))?;
            // libpq ignores a password file that others may read.
            let mode = fs::Permissions::from_mode(0o600);
            fs::set_permissions(&passwords, mode).map_err(Error::io(passwords.display()))?;
            give_to_postgres(&[&passwords])?;
        }
        let node = |role| tools.server(&format!("{name}-{role}"), &SETTINGS);
        let coordinator = node("coordinator")?;
        let workers = [node("worker-1")?, node("worker-2")?];
        let nodes = std::iter::once(&coordinator).chain(&workers).map(|node| node.options("postgres"));
        create_database(&nodes.collect::<Result<Vec<_>, _>>()?, "toast", usize::MAX).await?;
        Ok(Self { coordinator, workers: workers.into() })
    }

    /// Registers a worker at another port, such as a proxy's.
    pub async fn set_worker_port(&self, group: usize, port: u16) -> Result<(), Error> {
        let statement =
            format!("SELECT citus_update_node(nodeid, '127.0.0.1', {port}) FROM pg_dist_node WHERE groupid = {group}");
        execute_at(&self.coordinator.url("toast"), &statement).await
    }
}

/// Creates a database on all nodes, and registers the first `registered` workers at the first node, the coordinator.
pub async fn create_database(nodes: &[PgConnectOptions], name: &str, registered: usize) -> Result<(), Error> {
    for node in nodes {
        execute(&mut connect(node).await?, &format!("CREATE DATABASE {name}")).await?;
        execute(&mut connect(&node.clone().database(name)).await?, "CREATE EXTENSION citus").await?;
    }
    let Some((coordinator, workers)) = nodes.split_first() else { return Ok(()) };
    let mut connection = connect(&coordinator.clone().database(name)).await?;
    let address = |node: &PgConnectOptions| format!("('{}', {})", node.get_host(), node.get_port());
    execute(&mut connection, &format!("SELECT citus_set_coordinator_host{}", address(coordinator))).await?;
    for worker in workers.iter().take(registered) {
        execute(&mut connection, &format!("SELECT citus_add_node{}", address(worker))).await?;
    }
    Ok(())
}

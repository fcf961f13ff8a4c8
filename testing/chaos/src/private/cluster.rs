//! A private Citus cluster: a coordinator and two workers, set as every node of a real one is.

use super::{Postgres, Tools};
use crate::failure::Failure;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use std::fs;

/// What every node is set to. Recovery of two-phase commits is left on: here the coordinator is never a stale one.
const SETTINGS: [&str; 8] = [
    "shared_preload_libraries = 'citus'",
    "wal_level = logical",
    "max_prepared_transactions = 400",
    "citus.node_conninfo = 'sslmode=prefer'",
    // Longer than where guests wait: a trial shares its host with whatever else runs there.
    "citus.node_connection_timeout = 10000",
    "citus.recover_2pc_interval = 2s",
    "citus.max_cached_conns_per_worker = 1",
    "citus.enable_statistics_collection = off",
];

/// The nodes.
#[derive(Debug)]
pub struct Cluster {
    /// Group 0.
    pub coordinator: Postgres,
    /// Groups 1 and 2.
    pub workers: Vec<Postgres>,
}

impl Cluster {
    /// Makes and joins the nodes of the cluster of this name.
    pub async fn make(tools: &Tools, name: &str) -> Result<Self, Failure> {
        // libpq inside each node of each cluster finds the password here.
        let passwords = tools.home().join("passwords");
        if !passwords.exists() {
            fs::write(&passwords, format!("127.0.0.1:*:*:*:{}\n", tools.password()))
                .map_err(Failure::system(passwords.display()))?;
            private_to_postgres(&passwords)?;
        }
        let node = |role| tools.server(&format!("{name}-{role}"), &SETTINGS);
        let coordinator = node("coordinator")?;
        let workers = [node("worker-1")?, node("worker-2")?];
        for node in std::iter::once(&coordinator).chain(&workers) {
            execute(&node.url("postgres"), "CREATE DATABASE toast").await?;
            execute(&node.url("toast"), "CREATE EXTENSION citus").await?;
        }
        let url = coordinator.url("toast");
        execute(&url, &format!("SELECT citus_set_coordinator_host('127.0.0.1', {})", coordinator.port)).await?;
        for worker in &workers {
            execute(&url, &format!("SELECT citus_add_node('127.0.0.1', {})", worker.port)).await?;
        }
        Ok(Self { coordinator, workers: workers.into() })
    }

    /// Has the coordinator reach a worker at another port, behind which something stands between them.
    pub async fn reach_worker_at(&self, group: usize, port: u16) -> Result<(), Failure> {
        let statement =
            format!("SELECT citus_update_node(nodeid, '127.0.0.1', {port}) FROM pg_dist_node WHERE groupid = {group}");
        execute(&self.coordinator.url("toast"), &statement).await
    }
}

/// Runs a statement on a connection of its own.
pub async fn execute(url: &str, statement: &str) -> Result<(), Failure> {
    let mut connection = PgConnection::connect(url).await.map_err(Failure::database("connecting"))?;
    connection.execute(AssertSqlSafe(statement.to_owned())).await.map_err(Failure::database(statement))?;
    connection.close().await.map_err(Failure::database("disconnecting"))
}

fn private_to_postgres(file: &std::path::Path) -> Result<(), Failure> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(file, fs::Permissions::from_mode(0o600)).map_err(Failure::system(file.display()))?;
    // Only root can and must give it away.
    let _ = std::process::Command::new("chown").arg("postgres").arg(file).status();
    Ok(())
}

//! Moves shards to database groups that have joined, and off groups that are to be removed. Citus moves one after the other
//! while they are read and written; this module starts the moves, waits for them and cleans up.

mod jobs;

use crate::{
    bundle::Bundle, database, dcs, error::AgentError, inventory::Role, mesh::Mesh, node_config::Secrets,
    patroni::Patroni, provision_database::is_authorized,
};
use sqlx::PgConnection;
use std::{
    collections::BTreeSet,
    net::Ipv4Addr,
    time::{Duration, Instant},
};
use tokio::time::{sleep, timeout};

const POLL_INTERVAL: Duration = Duration::from_secs(1);
const QUERY_TIMEOUT: Duration = Duration::from_secs(20);

/// Moves shards between database groups, from any node that may connect to their leaders.
pub struct ShardMover<'a> {
    bundle: &'a Bundle,
    secrets: &'a Secrets,
    mesh: fn() -> Mesh,
    patroni: Patroni,
}

impl<'a> ShardMover<'a> {
    /// A mover that reads the current mesh from `mesh`.
    pub fn new(bundle: &'a Bundle, mesh: fn() -> Mesh) -> Result<Self, AgentError> {
        let patroni = Patroni::new(Duration::from_secs(2))?;
        Ok(Self { bundle, secrets: bundle.require_secrets()?, mesh, patroni })
    }

    /// Waits until every group in the mesh is complete and registered, then rebalances; returns the number of moves.
    /// Colocated shards move together and count as one.
    pub async fn rebalance(&self, wait: Duration) -> Result<i64, AgentError> {
        let deadline = Instant::now() + wait;
        while let Err(error) = self.check_groups().await {
            if Instant::now() > deadline {
                return Err(error);
            }
            sleep(POLL_INTERVAL).await;
        }
        jobs::wait_for_running(self).await?;
        jobs::run(self, START_REBALANCE).await
    }

    /// Moves all shards off a group and excludes it from new ones; returns the number of moves.
    pub async fn drain(&self, group: u16) -> Result<i64, AgentError> {
        if group == 0 {
            return Err(group_error(group, "is the coordinator, which cannot be removed"));
        }
        // A rebalance that is running may move shards to this group.
        jobs::wait_for_running(self).await?;
        let mut coordinator = self.coordinator().await?;
        let excluded = sqlx::query(EXCLUDE_FROM_NEW_SHARDS).bind(i32::from(group)).fetch_all(&mut coordinator).await?;
        drop(coordinator);
        if excluded.is_empty() {
            return Err(group_error(group, "is not registered at the coordinator"));
        }
        let moves = jobs::run(self, START_DRAIN).await?;
        let left = self.shard_count(group).await?;
        if left > 0 {
            return Err(group_error(group, &format!("still has {left} shards")));
        }
        // Every leader has a copy of the list of nodes. If this group kept waiting for a standby, its last member would
        // block each change of the list.
        let leader = self.leader(group).await;
        let leader = leader.ok_or_else(|| AgentError::Waiting(format!("a leader of group {group}")))?;
        self.patroni.disable_synchronous_mode(leader, self.secrets).await?;
        Ok(moves)
    }

    /// Removes a group without shards and machines from the coordinator's list of nodes and from Patroni's store.
    pub async fn forget(&self, group: u16) -> Result<(), AgentError> {
        let left = self.shard_count(group).await?;
        if group == 0 || left > 0 {
            let why = format!("still has {left} shards; move them off first: toast-agent drain {group}");
            return Err(group_error(group, &why));
        }
        if let Some(leader) = self.leader(group).await {
            let why = format!("still has the leader {leader}; first, on each of its machines: toast-agent leave");
            return Err(group_error(group, &why));
        }
        let mut coordinator = self.coordinator().await?;
        sqlx::raw_sql(TERMINATE_PATRONI_TRANSACTION).execute(&mut coordinator).await?;
        let members: Vec<(String, i32)> =
            sqlx::query_as(MEMBERS).bind(i32::from(group)).fetch_all(&mut coordinator).await?;
        for (name, port) in members {
            let remove = sqlx::query("SELECT citus_remove_node($1, $2)").bind(name).bind(port);
            remove.execute(&mut coordinator).await?;
        }
        dcs::delete_group(
            &reqwest::Client::builder().timeout(Duration::from_secs(2)).build()?,
            &(self.mesh)(),
            &self.bundle.node,
            group,
        )
        .await
    }

    /// Checks that every group in the mesh is complete, registered and authorized.
    async fn check_groups(&self) -> Result<(), AgentError> {
        let waiting = |what: String| Err(AgentError::Waiting(what));
        let (mesh, own) = ((self.mesh)(), &self.bundle.node);
        let databases = mesh.all_with_role(Role::Database, own);
        let groups: BTreeSet<u16> = databases.iter().filter_map(|peer| peer.group).collect();
        let mut coordinator = self.coordinator().await?;
        let query = database::registered_primaries(&mut coordinator);
        let registered = timeout(QUERY_TIMEOUT, query).await.map_err(late)??;
        for group in groups {
            let members = mesh.members_of(group, own);
            let Some(leader) = self.patroni.leader_of(&members, members.len()).await else {
                return waiting(format!("group {group} to have a leader and {} members", members.len()));
            };
            if !registered.contains(&(group, leader)) {
                return waiting(format!("the coordinator to register {leader} as leader of group {group}"));
            }
            // New groups are authorized by the agent on the coordinator's leader.
            if !timeout(QUERY_TIMEOUT, is_authorized(leader, self.secrets)).await.map_err(late)?? {
                return waiting(format!("group {group} to be authorized"));
            }
        }
        Ok(())
    }

    async fn shard_count(&self, group: u16) -> Result<i64, AgentError> {
        let count =
            sqlx::query_scalar("SELECT count(*) FROM pg_dist_placement WHERE groupid = $1").bind(i32::from(group));
        Ok(count.fetch_one(&mut self.coordinator().await?).await?)
    }

    async fn coordinator(&self) -> Result<PgConnection, AgentError> {
        let leader = self.leader(0).await;
        let leader = leader.ok_or_else(|| AgentError::Waiting("a leader of the coordinator".to_owned()))?;
        Ok(timeout(QUERY_TIMEOUT, database::superuser(leader, "toast", self.secrets)).await.map_err(late)??)
    }

    async fn leader(&self, group: u16) -> Option<Ipv4Addr> {
        self.patroni.leader_of(&(self.mesh)().members_of(group, &self.bundle.node), 1).await
    }
}

fn group_error(group: u16, why: &str) -> AgentError {
    AgentError::invalid(format!("group {group}"), why)
}

fn late(_: tokio::time::error::Elapsed) -> AgentError {
    AgentError::Waiting("the coordinator to respond".to_owned())
}

/// `auto` rejects a table that could only be moved while it is locked, instead of locking it.
const START_REBALANCE: &str = "SELECT citus_rebalance_start(shard_transfer_mode := 'auto')";
const START_DRAIN: &str = "SELECT citus_rebalance_start(drain_only := true, shard_transfer_mode := 'auto')";

const EXCLUDE_FROM_NEW_SHARDS: &str = "SELECT citus_set_node_property(nodename, nodeport, 'shouldhaveshards', false)
    FROM pg_dist_node WHERE groupid = $1 AND noderole = 'primary'";

/// After a leader's orderly shutdown, the coordinator's Patroni keeps a transaction open until the group's next leader
/// registers, which never happens for a removed group. Patroni reads the list of nodes again after its session has ended.
const TERMINATE_PATRONI_TRANSACTION: &str = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE application_name = 'Patroni citus' AND state = 'idle in transaction'";

/// The primary last.
const MEMBERS: &str = "SELECT nodename, nodeport FROM pg_dist_node WHERE groupid = $1
    ORDER BY noderole = 'primary'";

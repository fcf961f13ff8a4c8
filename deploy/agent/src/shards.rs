//! Shards on the move: to a database group that has joined, and off one that is to leave. Citus moves them, one after the
//! other, while they are read and written; here it is told to, watched, and cleaned up after.

mod jobs;

use crate::{
    error::Trouble,
    identity::{Identity, Secrets},
    inventory::Role,
    mesh::Mesh,
    preparation, registry,
};
use sqlx::{Connection, PgConnection};
use std::{
    collections::BTreeMap,
    fmt,
    net::Ipv4Addr,
    time::{Duration, Instant},
};
use tokio::time::{sleep, timeout};

/// How often is looked at what is waited for.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// How long one question may take.
const LONGEST_ANSWER: Duration = Duration::from_secs(20);

/// Where an operator moves shards from.
pub struct Desk<'a> {
    identity: &'a Identity,
    secrets: &'a Secrets,
    look: fn() -> Mesh,
    client: reqwest::Client,
}

/// What was moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moved {
    /// Shards that stand together count as one.
    pub moves: i64,
}

impl fmt::Display for Moved {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} moves", self.moves)
    }
}

impl<'a> Desk<'a> {
    /// A desk on this node.
    pub fn new(identity: &'a Identity, secrets: &'a Secrets, look: fn() -> Mesh) -> Result<Self, Trouble> {
        let client = reqwest::Client::builder().timeout(Duration::from_secs(2)).build()?;
        Ok(Self { identity, secrets, look, client })
    }

    /// Waits until every group that is in the mesh is complete and known to the coordinator, then evens out.
    pub async fn rebalance(&self, patience: Duration) -> Result<Moved, Trouble> {
        let deadline = Instant::now() + patience;
        while let Some(missing) = self.missing().await {
            if Instant::now() > deadline {
                return Err(Trouble::Waiting(missing));
            }
            sleep(LOOK_EVERY).await;
        }
        jobs::wait_for_others(self).await?;
        jobs::run(self, START_BALANCING).await
    }

    /// Moves all shards off a group, which gets none any more.
    pub async fn drain(&self, group: u16) -> Result<Moved, Trouble> {
        if group == 0 {
            return Err(wrong("group 0", "is the coordinator, which cannot be taken away"));
        }
        // What is under way may be bringing it some.
        jobs::wait_for_others(self).await?;
        let mut coordinator = self.coordinator().await?;
        let closed = sqlx::query(CLOSE).bind(i32::from(group)).fetch_all(&mut coordinator).await?;
        coordinator.close().await?;
        if closed.is_empty() {
            return Err(wrong(&format!("group {group}"), "is none that the coordinator knows"));
        }
        let moved = jobs::run(self, START_DRAINING).await?;
        let left = self.held_by(group).await?;
        if left > 0 {
            return Err(wrong(&format!("group {group}"), &format!("still holds {left} shards")));
        }
        self.relax(group).await?;
        Ok(moved)
    }

    /// Has a group without rows wait for no standby. Otherwise its last member would let nobody write to the list of
    /// nodes, of which each leader has a copy.
    async fn relax(&self, group: u16) -> Result<(), Trouble> {
        let leader = self.leader(group).await.ok_or_else(|| Trouble::Waiting(format!("a leader of group {group}")))?;
        let change = serde_json::json!({ "synchronous_mode": false, "synchronous_mode_strict": false });
        let asked = self.client.patch(format!("http://{leader}:8008/config")).json(&change);
        asked.basic_auth("toast", Some(&self.secrets.restapi)).send().await?.error_for_status()?;
        Ok(())
    }

    /// Takes a group without shards and machines off the coordinator's list and out of the registry of leaders.
    pub async fn forget(&self, group: u16) -> Result<(), Trouble> {
        let left = self.held_by(group).await?;
        if group == 0 || left > 0 {
            let why = format!("still holds {left} shards; move them off first: toast-agent drain {group}");
            return Err(wrong(&format!("group {group}"), &why));
        }
        if let Some(leader) = self.leader(group).await {
            let why = format!("is still led from {leader}; first, on each of its machines: toast-agent leave");
            return Err(wrong(&format!("group {group}"), &why));
        }
        let mut coordinator = self.coordinator().await?;
        sqlx::raw_sql(END_WAITING).execute(&mut coordinator).await?;
        for member in
            sqlx::query_as::<_, (String, i32)>(MEMBERS).bind(i32::from(group)).fetch_all(&mut coordinator).await?
        {
            sqlx::query("SELECT citus_remove_node($1, $2)")
                .bind(member.0)
                .bind(member.1)
                .execute(&mut coordinator)
                .await?;
        }
        coordinator.close().await?;
        registry::forget(&self.client, &(self.look)(), self.identity, group).await
    }

    /// What a move has to wait for.
    async fn missing(&self) -> Option<String> {
        let mut groups: BTreeMap<u16, Vec<Ipv4Addr>> = BTreeMap::new();
        for peer in (self.look)().everyone(Role::Database, self.identity) {
            groups.entry(peer.group.unwrap_or_default()).or_default().push(peer.address);
        }
        let registered = match self.registered().await {
            Ok(registered) => registered,
            Err(trouble) => return Some(trouble.to_string()),
        };
        for (group, members) in &groups {
            let mut leader = None;
            for member in members {
                leader = leader.or(preparation::whole(&self.client, *member, members.len()).await);
            }
            let Some(leader) = leader else {
                return Some(format!("group {group} to have a leader and {} members", members.len()));
            };
            if !registered.contains(&(i32::from(*group), leader.to_string())) {
                return Some(format!("the coordinator to know that {leader} leads group {group}"));
            }
            // What has just come is let in by the agent of the coordinator's leader.
            match self.is_let_in(leader).await {
                Ok(true) => {}
                Ok(false) => return Some(format!("group {group} to be let in")),
                Err(trouble) => return Some(trouble.to_string()),
            }
        }
        None
    }

    async fn registered(&self) -> Result<Vec<(i32, String)>, Trouble> {
        let mut coordinator = self.coordinator().await?;
        let asked = sqlx::query_as(REGISTERED).fetch_all(&mut coordinator);
        let registered = timeout(LONGEST_ANSWER, asked).await.map_err(late)??;
        coordinator.close().await?;
        Ok(registered)
    }

    async fn is_let_in(&self, leader: Ipv4Addr) -> Result<bool, Trouble> {
        let mut connection = timeout(LONGEST_ANSWER, self.superuser(leader)).await.map_err(late)??;
        let is_let_in = sqlx::query_scalar(LET_IN).fetch_one(&mut connection).await?;
        connection.close().await?;
        Ok(is_let_in)
    }

    async fn held_by(&self, group: u16) -> Result<i64, Trouble> {
        let mut coordinator = self.coordinator().await?;
        let held = sqlx::query_scalar("SELECT count(*) FROM pg_dist_placement WHERE groupid = $1")
            .bind(i32::from(group))
            .fetch_one(&mut coordinator)
            .await?;
        coordinator.close().await?;
        Ok(held)
    }

    async fn coordinator(&self) -> Result<PgConnection, Trouble> {
        let leader = self.leader(0).await.ok_or_else(|| Trouble::Waiting("a leader of the coordinator".to_owned()))?;
        timeout(LONGEST_ANSWER, self.superuser(leader)).await.map_err(late)?
    }

    async fn superuser(&self, host: Ipv4Addr) -> Result<PgConnection, Trouble> {
        preparation::superuser(host, "toast", self.secrets).await
    }

    async fn leader(&self, group: u16) -> Option<Ipv4Addr> {
        let members = (self.look)().everyone(Role::Database, self.identity);
        for member in members.iter().filter(|member| member.group == Some(group)) {
            if let Some(leader) = preparation::whole(&self.client, member.address, 1).await {
                return Some(leader);
            }
        }
        None
    }
}

fn wrong(path: &str, why: &str) -> Trouble {
    Trouble::Content { path: path.to_owned(), why: why.to_owned() }
}

fn late(_: tokio::time::error::Elapsed) -> Trouble {
    Trouble::Waiting("the coordinator to answer".to_owned())
}

/// `auto` refuses a table that could only be moved while it is locked, instead of locking it.
const START_BALANCING: &str = "SELECT citus_rebalance_start(shard_transfer_mode := 'auto')";
const START_DRAINING: &str = "SELECT citus_rebalance_start(drain_only := true, shard_transfer_mode := 'auto')";

const CLOSE: &str = "SELECT citus_set_node_property(nodename, nodeport, 'shouldhaveshards', false)
    FROM pg_dist_node WHERE groupid = $1 AND noderole = 'primary'";

/// When a leader leaves in good order, Patroni of the coordinator holds the list of nodes open for its successor, and would
/// for ever: here none comes. It reads the list anew when its session has ended.
const END_WAITING: &str = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE application_name = 'Patroni citus' AND state = 'idle in transaction'";

/// The one that takes writes last.
const MEMBERS: &str = "SELECT nodename, nodeport FROM pg_dist_node WHERE groupid = $1
    ORDER BY noderole = 'primary'";

const REGISTERED: &str = "SELECT groupid, nodename FROM pg_dist_node WHERE noderole = 'primary' AND isactive";

const LET_IN: &str = "SELECT EXISTS (SELECT FROM pg_dist_authinfo WHERE nodeid = 0 AND rolename = 'toast')";

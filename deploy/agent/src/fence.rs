//! The fence on the coordinator's leader: connections to a worker's deposed primary are ended, for they block its
//! replacement.
//!
//! A frozen worker answers neither a query nor its cancellation, so coordinator sessions wait for it and hold the lock
//! that `citus_update_node` needs; even its forced form cannot end them. Ending their sockets can.

use crate::{error::Trouble, inventory::Role, mesh::Mesh, program};
use sqlx::{Connection, PgConnection, Row};
use std::{
    collections::BTreeMap,
    net::Ipv4Addr,
    time::{Duration, Instant},
};

/// How long leader and registered primary may differ before anything is ended: a planned switch is over by then.
const PATIENCE: Duration = Duration::from_secs(2);

/// The address of the local database's superuser, by a socket that only root and the database may open.
pub const LOCAL: &str = "postgres://postgres@localhost/toast?host=/run/toast/pg";

/// What the fence knows between two rounds.
pub struct Fence {
    client: reqwest::Client,
    differing: BTreeMap<u16, Instant>,
    /// Connections ended so far.
    pub ended: u64,
}

impl Fence {
    /// A fence that has seen nothing.
    pub fn new() -> Result<Self, reqwest::Error> {
        let client = reqwest::Client::builder().timeout(Duration::from_millis(700)).build()?;
        Ok(Self { client, differing: BTreeMap::new(), ended: 0 })
    }

    /// One round; does nothing where this node does not lead the coordinator.
    pub async fn round(&mut self, mesh: &Mesh) -> Result<(), Trouble> {
        let Some(own) = mesh.address else { return Ok(()) };
        if !leads(&self.client, own).await {
            self.differing.clear();
            return Ok(());
        }
        let registered = registered_primaries().await?;
        for (group, address) in registered.into_iter().filter(|(group, _)| *group != 0) {
            match self.leader(mesh, group).await {
                Some(leader) if leader != address => self.end_connections(group, address).await?,
                _ => drop(self.differing.remove(&group)),
            }
        }
        Ok(())
    }

    async fn leader(&self, mesh: &Mesh, group: u16) -> Option<Ipv4Addr> {
        let members: Vec<Ipv4Addr> =
            mesh.with_role(Role::Database).filter(|peer| peer.group == Some(group)).map(|peer| peer.address).collect();
        let leading = futures::future::join_all(members.iter().map(|member| leads(&self.client, *member))).await;
        members.into_iter().zip(leading).find_map(|(member, leading)| leading.then_some(member))
    }

    async fn end_connections(&mut self, group: u16, deposed: Ipv4Addr) -> Result<(), Trouble> {
        let since = *self.differing.entry(group).or_insert_with(Instant::now);
        if since.elapsed() < PATIENCE {
            return Ok(());
        }
        let to = deposed.to_string();
        let arguments = ["-K", "-H", "-tn", "dst", to.as_str(), "dport", "=", ":5432"];
        let ended = program::run("ss", &arguments, Duration::from_secs(5)).await?.lines().count();
        if ended > 0 {
            tracing::warn!(group, %deposed, ended, "ended connections to a deposed primary");
        }
        self.ended = self.ended.saturating_add(u64::try_from(ended).unwrap_or(u64::MAX));
        Ok(())
    }
}

/// Whether a member says that it leads its group.
pub(crate) async fn leads(client: &reqwest::Client, member: Ipv4Addr) -> bool {
    let answer = client.get(format!("http://{member}:8008/primary")).send().await;
    answer.is_ok_and(|answer| answer.status().is_success())
}

/// Which address the coordinator sends each group's statements to.
pub(crate) async fn registered_primaries() -> Result<Vec<(u16, Ipv4Addr)>, Trouble> {
    let longest = Duration::from_secs(2);
    let work = async {
        let mut connection = PgConnection::connect(LOCAL).await?;
        let rows = sqlx::query("SELECT groupid, nodename FROM pg_catalog.pg_dist_node WHERE noderole = 'primary'")
            .fetch_all(&mut connection)
            .await?;
        let primaries = rows.iter().filter_map(|row| {
            let group: i32 = row.try_get(0).ok()?;
            let address: String = row.try_get(1).ok()?;
            Some((u16::try_from(group).ok()?, address.parse().ok()?))
        });
        let primaries = primaries.collect();
        connection.close().await?;
        Ok::<_, sqlx::Error>(primaries)
    };
    tokio::time::timeout(longest, work)
        .await
        .map_err(|_| Trouble::Waiting("the coordinator's list of nodes".to_owned()))?
        .map_err(Trouble::from)
}

//! Fencing on the coordinator's leader: terminates connections to the deposed primary of a worker group.
//!
//! A frozen worker responds neither to a query nor to its cancellation. Coordinator sessions wait for it and hold the lock
//! that `citus_update_node` needs to register the new primary; even its forced form cannot end them. Closing their
//! sockets can.

use crate::{database, error::AgentError, exec, inventory::Role, mesh::Mesh, patroni::Patroni};
use std::{
    collections::BTreeMap,
    net::Ipv4Addr,
    time::{Duration, Instant},
};
use tokio::time::timeout;

/// How long the leader and the registered primary may differ before connections are terminated: longer than a planned
/// switchover takes.
const GRACE_PERIOD: Duration = Duration::from_secs(2);

/// Groups whose registered primary does not lead, and since when.
pub struct Fence {
    patroni: Patroni,
    deposed_since: BTreeMap<u16, Instant>,
    /// Connections terminated since the agent started.
    pub terminated_connections: u64,
}

impl Fence {
    pub fn new() -> Result<Self, AgentError> {
        let patroni = Patroni::new(Duration::from_millis(700))?;
        Ok(Self { patroni, deposed_since: BTreeMap::new(), terminated_connections: 0 })
    }

    /// Checks all worker groups; does nothing unless this node leads the coordinator group.
    pub async fn check(&mut self, mesh: &Mesh) -> Result<(), AgentError> {
        let Some(own) = mesh.address else { return Ok(()) };
        if !self.patroni.is_leader(own).await {
            self.deposed_since.clear();
            return Ok(());
        }
        for (group, registered) in local_registered_primaries().await?.into_iter().filter(|(group, _)| *group != 0) {
            match self.leader(mesh, group).await {
                Some(leader) if leader != registered => self.terminate_connections(group, registered).await?,
                _ => drop(self.deposed_since.remove(&group)),
            }
        }
        Ok(())
    }

    async fn leader(&self, mesh: &Mesh, group: u16) -> Option<Ipv4Addr> {
        let members: Vec<Ipv4Addr> =
            mesh.with_role(Role::Database).filter(|peer| peer.group == Some(group)).map(|peer| peer.address).collect();
        let leading = futures::future::join_all(members.iter().map(|member| self.patroni.is_leader(*member))).await;
        members.into_iter().zip(leading).find_map(|(member, leading)| leading.then_some(member))
    }

    async fn terminate_connections(&mut self, group: u16, deposed: Ipv4Addr) -> Result<(), AgentError> {
        let since = *self.deposed_since.entry(group).or_insert_with(Instant::now);
        if since.elapsed() < GRACE_PERIOD {
            return Ok(());
        }
        let to = deposed.to_string();
        let arguments = ["-K", "-H", "-tn", "dst", to.as_str(), "dport", "=", ":5432"];
        let terminated = exec::run("ss", &arguments, Duration::from_secs(5)).await?.lines().count();
        if terminated > 0 {
            tracing::warn!(group, %deposed, terminated, "terminated connections to deposed primary");
        }
        self.terminated_connections += u64::try_from(terminated).unwrap_or(u64::MAX);
        Ok(())
    }
}

/// The registered primaries according to this node, which leads the coordinator group.
pub(crate) async fn local_registered_primaries() -> Result<Vec<(u16, Ipv4Addr)>, AgentError> {
    let query = async { database::registered_primaries(&mut database::local_superuser().await?).await };
    let primaries = timeout(Duration::from_secs(2), query).await;
    Ok(primaries.map_err(|_| AgentError::Waiting("the coordinator's list of nodes".to_owned()))??)
}

//! Registration of new database groups: the agent on the coordinator's leader authorizes them, so that they can get shards.

use crate::{
    error::AgentError, fence::local_registered_primaries, node_config::Secrets, patroni::Patroni,
    provision_database::authorize_group,
};
use std::{collections::BTreeSet, net::Ipv4Addr, time::Duration};
use tokio::time::timeout;

/// How often new groups are looked up.
pub const INTERVAL: Duration = Duration::from_secs(2);
/// A new group accepts no writes until it has a standby.
const WRITE_TIMEOUT: Duration = Duration::from_secs(10);

pub struct GroupAdmission {
    patroni: Patroni,
    secrets: Secrets,
    authorized: BTreeSet<(u16, Ipv4Addr)>,
}

impl GroupAdmission {
    /// Begins without authorized groups; authorizing one again changes nothing.
    pub fn new(secrets: Secrets) -> Result<Self, AgentError> {
        Ok(Self { patroni: Patroni::new(Duration::from_millis(700))?, secrets, authorized: BTreeSet::new() })
    }

    /// Authorizes new groups; does nothing unless this node leads the coordinator group.
    pub async fn check(&mut self, own: Ipv4Addr) -> Result<(), AgentError> {
        if !self.patroni.is_leader(own).await {
            self.authorized.clear();
            return Ok(());
        }
        let registered: BTreeSet<_> = local_registered_primaries().await?.into_iter().collect();
        // A removed group's number may be given to new machines later.
        self.authorized.retain(|group| registered.contains(group));
        for (group, leader) in registered {
            if !self.authorized.contains(&(group, leader)) {
                let late = |_| AgentError::Waiting(format!("group {group} to accept writes"));
                timeout(WRITE_TIMEOUT, authorize_group(leader, &self.secrets)).await.map_err(late)??;
                self.authorized.insert((group, leader));
                tracing::info!(group, %leader, "database group registered");
            }
        }
        Ok(())
    }
}

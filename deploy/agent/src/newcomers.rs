//! Database groups that have just joined: the agent on the coordinator's leader gives them what they need to work with
//! the others, so that shards can come.

use crate::{error::Trouble, fence, identity::Secrets, preparation};
use std::{collections::BTreeSet, net::Ipv4Addr, time::Duration};

/// How often new ones are looked for.
pub const EVERY: Duration = Duration::from_secs(2);
/// A group that has no standby yet accepts no write.
const PATIENCE: Duration = Duration::from_secs(10);

/// Who was let in already, as far as this process knows.
pub struct Newcomers {
    client: reqwest::Client,
    secrets: Secrets,
    known: BTreeSet<(u16, Ipv4Addr)>,
}

impl Newcomers {
    /// Knows nobody yet.
    pub fn new(secrets: Secrets) -> Result<Self, reqwest::Error> {
        let client = reqwest::Client::builder().timeout(Duration::from_millis(700)).build()?;
        Ok(Self { client, secrets, known: BTreeSet::new() })
    }

    /// One round; does nothing where this node does not lead the coordinator.
    pub async fn round(&mut self, own: Ipv4Addr) -> Result<(), Trouble> {
        if !fence::leads(&self.client, own).await {
            self.known.clear();
            return Ok(());
        }
        let registered: BTreeSet<_> = fence::registered_primaries().await?.into_iter().collect();
        // Whose machines have left has to be let in again when others take their number.
        self.known.retain(|one| registered.contains(one));
        for (group, leader) in registered {
            if self.known.contains(&(group, leader)) {
                continue;
            }
            let late = |_| Trouble::Waiting(format!("group {group} to accept writes"));
            tokio::time::timeout(PATIENCE, preparation::let_in(leader, &self.secrets)).await.map_err(late)??;
            self.known.insert((group, leader));
            tracing::info!(group, %leader, "is let in");
        }
        Ok(())
    }
}

//! Health checks of the servers behind an ingress: each second, out after two timeouts or one explicit refusal. Read-only
//! servers get requests only while no server is ready.

use crate::{
    inventory::Role,
    mesh::{Mesh, Peer},
    node_config::NodeConfig,
    templates::Backend,
};
use std::{collections::BTreeMap, time::Duration};

/// Timeouts in a row until a server is taken out.
const FAILURE_THRESHOLD: u32 = 2;

pub struct HealthChecker {
    client: reqwest::Client,
    failures: BTreeMap<String, u32>,
}

/// Response of a server's `/readyz`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Health {
    Ready,
    /// It has no connection to the database's leader and serves from a standby.
    ReadOnly,
    /// It rejects requests: it is shutting down, or has no usable database.
    Draining,
    Timeout,
}

impl HealthChecker {
    pub fn new() -> Result<Self, reqwest::Error> {
        let client = reqwest::Client::builder()
            .timeout(Duration::from_secs(1))
            .connect_timeout(Duration::from_millis(800))
            .pool_max_idle_per_host(0)
            .build()?;
        Ok(Self { client, failures: BTreeMap::new() })
    }

    /// Checks all servers of the mesh in parallel, including one on this node.
    pub async fn check(&mut self, mesh: &Mesh, own: &NodeConfig) -> Vec<Backend> {
        let peers = mesh.all_with_role(Role::App, own);
        let results = futures::future::join_all(peers.iter().map(|peer| probe(&self.client, peer))).await;
        let before = |peer: &Peer| self.failures.get(&peer.name).copied();
        let checked: Vec<_> =
            peers.iter().zip(results).map(|(peer, health)| (failures_after(before(peer), health), health)).collect();
        self.failures =
            peers.iter().zip(&checked).map(|(peer, (failures, _))| (peer.name.clone(), *failures)).collect();
        let is_local = |peer: &Peer| peer.site == own.site;
        let backends = peers.into_iter().zip(accepted(&checked));
        backends
            .map(|(peer, ready)| Backend { local: is_local(&peer), name: peer.name, address: peer.address, ready })
            .collect()
    }
}

/// Which servers get requests, by failures in a row and latest health.
fn accepted(checked: &[(u32, Health)]) -> Vec<bool> {
    let has_ready = checked.iter().any(|(_, health)| *health == Health::Ready);
    let is_accepted = |(failures, health): &(u32, Health)| {
        *failures < FAILURE_THRESHOLD && !(has_ready && *health == Health::ReadOnly)
    };
    checked.iter().map(is_accepted).collect()
}

/// Failures in a row. A server that is new or rejects requests is out at once.
fn failures_after(before: Option<u32>, health: Health) -> u32 {
    match health {
        Health::Ready | Health::ReadOnly => 0,
        Health::Draining => FAILURE_THRESHOLD,
        Health::Timeout => before.unwrap_or(FAILURE_THRESHOLD).saturating_add(1),
    }
}

async fn probe(client: &reqwest::Client, peer: &Peer) -> Health {
    match client.get(format!("http://{}:3000/readyz", peer.address)).send().await {
        Ok(response) if response.status().is_success() => match response.text().await {
            Ok(text) if text.trim() == "read-only" => Health::ReadOnly,
            Ok(_) => Health::Ready,
            Err(_) => Health::Timeout,
        },
        Ok(_) => Health::Draining,
        Err(_) => Health::Timeout,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_out_after_the_second_timeout() {
        let once = failures_after(Some(0), Health::Timeout);
        assert!(once < FAILURE_THRESHOLD);
        assert!(failures_after(Some(once), Health::Timeout) >= FAILURE_THRESHOLD);
    }

    #[test]
    fn a_draining_server_is_out_at_once_and_back_at_once() {
        assert!(failures_after(Some(0), Health::Draining) >= FAILURE_THRESHOLD);
        assert_eq!(failures_after(Some(7), Health::Ready), 0);
    }

    #[test]
    fn read_only_servers_get_requests_while_none_is_ready() {
        let (ready, read_only) = ((0, Health::Ready), (0, Health::ReadOnly));
        let (out, once) = ((FAILURE_THRESHOLD, Health::Draining), (1, Health::Timeout));
        assert_eq!(accepted(&[ready, read_only, out]), [true, false, false]);
        assert_eq!(accepted(&[read_only, read_only, out]), [true, true, false]);
        assert_eq!(accepted(&[out, once]), [false, true]);
        assert_eq!(accepted(&[read_only, once, (FAILURE_THRESHOLD, Health::Timeout)]), [true, true, false]);
    }

    #[test]
    fn a_new_server_has_to_respond_first() {
        assert!(failures_after(None, Health::Timeout) >= FAILURE_THRESHOLD);
    }
}

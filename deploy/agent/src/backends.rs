//! Which servers an ingress may send guests to: asked each second, out after two silent answers or one that says so.

use crate::{
    identity::Identity,
    inventory::Role,
    mesh::{Mesh, Peer},
    templates::Backend,
};
use std::{collections::BTreeMap, time::Duration};

/// How many checks in a row must fail before a server that does not answer is left out.
const SILENT: u32 = 2;

/// What an ingress knows of the servers.
pub struct Backends {
    client: reqwest::Client,
    failures: BTreeMap<String, u32>,
}

/// What a server said of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Answer {
    Ready,
    NotNow,
    Silence,
}

impl Backends {
    /// Knows nothing yet.
    pub fn new() -> Result<Self, reqwest::Error> {
        let client = reqwest::Client::builder()
            .timeout(Duration::from_secs(1))
            .connect_timeout(Duration::from_millis(800))
            .pool_max_idle_per_host(0)
            .build()?;
        Ok(Self { client, failures: BTreeMap::new() })
    }

    /// Asks every server of the mesh at once.
    pub async fn look(&mut self, mesh: &Mesh, identity: &Identity) -> Vec<Backend> {
        // A node that is ingress and server at once serves its own guests, too.
        let peers = mesh.everyone(Role::App, identity);
        let answers = futures::future::join_all(peers.iter().map(|peer| ask(&self.client, peer))).await;
        let mut seen = BTreeMap::new();
        let mut backends = Vec::new();
        for (peer, answer) in peers.iter().zip(answers) {
            let failures = after(self.failures.get(&peer.name).copied(), answer);
            backends.push(Backend {
                name: peer.name.clone(),
                site: peer.site.clone(),
                address: peer.address,
                ready: failures < SILENT,
                local: peer.site == identity.site,
            });
            seen.insert(peer.name.clone(), failures);
        }
        self.failures = seen;
        backends
    }
}

/// Failures in a row. A server that was never seen, or that says that it must not be asked, is out at once.
fn after(before: Option<u32>, answer: Answer) -> u32 {
    match answer {
        Answer::Ready => 0,
        Answer::NotNow => SILENT,
        Answer::Silence => before.unwrap_or(SILENT).saturating_add(1),
    }
}

async fn ask(client: &reqwest::Client, peer: &Peer) -> Answer {
    match client.get(format!("http://{}:3000/readyz", peer.address)).send().await {
        Ok(response) if response.status().is_success() => Answer::Ready,
        Ok(_) => Answer::NotNow,
        Err(_) => Answer::Silence,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_silent_server_is_out_at_the_second_check() {
        let once = after(Some(0), Answer::Silence);
        assert!(once < SILENT);
        assert!(after(Some(once), Answer::Silence) >= SILENT);
    }

    #[test]
    fn a_draining_server_is_out_at_once_and_back_at_once() {
        assert!(after(Some(0), Answer::NotNow) >= SILENT);
        assert_eq!(after(Some(7), Answer::Ready), 0);
    }

    #[test]
    fn a_server_that_was_never_seen_has_to_answer_first() {
        assert!(after(None, Answer::Silence) >= SILENT);
    }
}

//! Which servers an ingress may send guests to: asked each second, out after two silent answers or one that says so. Those
//! that can only show menus are better than none.

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
    /// It sees no leader of the database, and shows what a standby knows.
    Reading,
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
        let before = |peer: &Peer| self.failures.get(&peer.name).copied();
        let judged: Vec<_> =
            peers.iter().zip(answers).map(|(peer, answer)| (after(before(peer), answer), answer)).collect();
        self.failures = peers.iter().zip(&judged).map(|(peer, (failures, _))| (peer.name.clone(), *failures)).collect();
        let backend = |(peer, ready): (&Peer, bool)| Backend {
            name: peer.name.clone(),
            site: peer.site.clone(),
            address: peer.address,
            ready,
            local: peer.site == identity.site,
        };
        peers.iter().zip(ready(&judged)).map(backend).collect()
    }
}

/// Who gets guests, by failures in a row and latest answer: whoever does not fail, and those that can only show menus
/// while nobody can do more.
fn ready(judged: &[(u32, Answer)]) -> Vec<bool> {
    let somebody_can_more = judged.iter().any(|(_, answer)| *answer == Answer::Ready);
    let gets_guests =
        |(failures, answer): &(u32, Answer)| *failures < SILENT && !(somebody_can_more && *answer == Answer::Reading);
    judged.iter().map(gets_guests).collect()
}

/// Failures in a row. A server that was never seen, or that says that it must not be asked, is out at once.
fn after(before: Option<u32>, answer: Answer) -> u32 {
    match answer {
        Answer::Ready | Answer::Reading => 0,
        Answer::NotNow => SILENT,
        Answer::Silence => before.unwrap_or(SILENT).saturating_add(1),
    }
}

async fn ask(client: &reqwest::Client, peer: &Peer) -> Answer {
    match client.get(format!("http://{}:3000/readyz", peer.address)).send().await {
        Ok(response) if response.status().is_success() => match response.text().await {
            Ok(text) if text.trim() == "reading" => Answer::Reading,
            Ok(_) => Answer::Ready,
            Err(_) => Answer::Silence,
        },
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
    fn servers_without_a_leader_are_asked_while_nobody_has_one() {
        let (whole, reading, out) = ((0, Answer::Ready), (0, Answer::Reading), (SILENT, Answer::NotNow));
        assert_eq!(ready(&[whole, reading, out]), [true, false, false]);
        assert_eq!(ready(&[reading, reading, out]), [true, true, false]);
        assert_eq!(ready(&[out, (1, Answer::Silence)]), [false, true]);
        assert_eq!(ready(&[reading, (1, Answer::Silence), (SILENT, Answer::Silence)]), [true, true, false]);
    }

    #[test]
    fn a_server_that_was_never_seen_has_to_answer_first() {
        assert!(after(None, Answer::Silence) >= SILENT);
    }
}

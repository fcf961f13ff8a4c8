//! Client of Patroni's REST API on the members of database groups.

use crate::{error::AgentError, mesh::Peer, node_config::Secrets, state::DatabaseState};
use serde::Deserialize;
use std::{net::Ipv4Addr, time::Duration};

pub struct Patroni(reqwest::Client);

#[derive(Deserialize)]
struct MemberStatus {
    role: String,
    state: String,
    replication_state: Option<String>,
    timeline: Option<u64>,
    xlog: Option<WalPosition>,
}

#[derive(Deserialize)]
struct WalPosition {
    location: Option<u64>,
    replayed_location: Option<u64>,
}

#[derive(Deserialize)]
struct Cluster {
    members: Vec<Member>,
}

#[derive(Deserialize)]
struct Member {
    role: String,
    state: String,
    host: Option<Ipv4Addr>,
}

impl Patroni {
    /// A client that waits so long for each response.
    pub fn new(timeout: Duration) -> Result<Self, reqwest::Error> {
        reqwest::Client::builder().timeout(timeout).build().map(Self)
    }

    /// Whether a member leads its group and holds the leader key.
    pub async fn is_leader(&self, member: Ipv4Addr) -> bool {
        let response = self.0.get(format!("http://{member}:8008/primary")).send().await;
        response.is_ok_and(|response| response.status().is_success())
    }

    /// The leader of a group with at least `expected` healthy members, as the first of its members that responds knows it.
    pub async fn leader_of(&self, members: &[Peer], expected: usize) -> Option<Ipv4Addr> {
        for member in members {
            if let Some(leader) = self.leader_seen_by(member.address, expected).await {
                return Some(leader);
            }
        }
        None
    }

    async fn leader_seen_by(&self, member: Ipv4Addr, expected: usize) -> Option<Ipv4Addr> {
        let response = self.0.get(format!("http://{member}:8008/cluster")).send().await.ok()?;
        let cluster: Cluster = response.json().await.ok()?;
        let is_healthy = |member: &&Member| member.state == "streaming" || member.state == "running";
        let leader = cluster.members.iter().find(|member| member.role == "leader" && member.state == "running")?;
        if cluster.members.iter().filter(is_healthy).count() < expected { None } else { leader.host }
    }

    /// The state of one member; `unknown` if it does not respond.
    pub async fn state(&self, member: Ipv4Addr, group: u16) -> DatabaseState {
        let url = format!("http://{member}:8008/patroni");
        let status = async { self.0.get(url).send().await?.json::<MemberStatus>().await }.await;
        let Ok(status) = status else {
            let (role, state) = ("unknown".to_owned(), "silent".to_owned());
            return DatabaseState { group, role, state, ..DatabaseState::default() };
        };
        let leads = matches!(status.role.as_str(), "primary" | "master" | "leader");
        DatabaseState {
            group,
            role: if leads { "leader".to_owned() } else { "standby".to_owned() },
            state: status.replication_state.unwrap_or(status.state),
            lag_bytes: None,
            timeline: status.timeline,
            position: status.xlog.and_then(|position| position.location.or(position.replayed_location)),
        }
    }

    /// Makes a group acknowledge writes without a standby.
    pub async fn disable_synchronous_mode(&self, leader: Ipv4Addr, secrets: &Secrets) -> Result<(), AgentError> {
        let change = serde_json::json!({ "synchronous_mode": false, "synchronous_mode_strict": false });
        let request = self.0.patch(format!("http://{leader}:8008/config")).json(&change);
        request.basic_auth("toast", Some(&secrets.restapi)).send().await?.error_for_status()?;
        Ok(())
    }
}

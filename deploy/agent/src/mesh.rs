//! The mesh as this node sees it: its own address, and its peers by their tags.

use crate::{error::AgentError, exec, inventory::Role, node_config::NodeConfig};
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    fs,
    net::{IpAddr, Ipv4Addr},
    path::Path,
    time::Duration,
};

/// The nodes that the control server's policy lets this node see.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mesh {
    /// This node's own address, once it has joined.
    pub address: Option<Ipv4Addr>,
    /// The others, by name.
    pub peers: Vec<Peer>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Peer {
    pub name: String,
    pub site: String,
    pub roles: Vec<Role>,
    /// Its database group, on database nodes.
    pub group: Option<u16>,
    /// Its address in the mesh.
    pub address: Ipv4Addr,
}

/// State of tailscaled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MeshState {
    /// This node is part of the mesh.
    Running(Mesh),
    /// This node needs a key to join.
    NeedsLogin,
    /// Starting or stopping.
    Starting,
}

const TAILSCALE: &str = "/opt/toast/current/bin/tailscale";
const SOCKET: &str = "/run/tailscale/tailscaled.sock";

/// Client of tailscaled's local API, which costs less than starting `tailscale status` every few seconds.
pub struct TailscaleClient(reqwest::Client);

impl TailscaleClient {
    /// Connects when it is first used.
    pub fn new() -> Result<Self, reqwest::Error> {
        reqwest::Client::builder().unix_socket(SOCKET).timeout(Duration::from_secs(5)).build().map(Self)
    }

    pub async fn state(&self) -> Result<MeshState, AgentError> {
        let response = self.0.get("http://local-tailscaled.sock/localapi/v0/status").send().await?;
        parse_status(&response.error_for_status()?.text().await?)
    }
}

/// Joins with a single-use key.
pub async fn join(name: &str, control: &str, key: &Path) -> Result<(), AgentError> {
    let key = format!("--auth-key=file:{}", key.display());
    let (name, control) = (format!("--hostname={name}"), format!("--login-server=https://{control}"));
    // The long timeout avoids a second attempt while the first response is late: its key would be used up already.
    let arguments = ["up", &key, &name, &control, "--accept-dns=false", "--accept-routes=false", "--timeout=100s"];
    exec::run(TAILSCALE, &arguments, Duration::from_secs(110)).await.map(drop)
}

/// Leaves permanently: the control server removes this node, and joining again takes a new key.
pub async fn leave() -> Result<(), AgentError> {
    exec::run(TAILSCALE, &["logout"], Duration::from_secs(30)).await.map(drop)
}

/// Reads the output of `tailscale status --json`.
pub fn parse_status(text: &str) -> Result<MeshState, AgentError> {
    let status: Status = serde_json::from_str(text).map_err(|error| AgentError::invalid("tailscale status", error))?;
    Ok(match status.backend_state.as_str() {
        "Running" => MeshState::Running(status.into_mesh()),
        "NeedsLogin" => MeshState::NeedsLogin,
        _ => MeshState::Starting,
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Status {
    backend_state: String,
    #[serde(rename = "Self")]
    own: Option<StatusNode>,
    #[serde(default)]
    peer: Option<BTreeMap<String, StatusNode>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct StatusNode {
    host_name: String,
    #[serde(rename = "TailscaleIPs", default)]
    addresses: Option<Vec<IpAddr>>,
    #[serde(default)]
    tags: Option<Vec<String>>,
}

impl Status {
    fn into_mesh(self) -> Mesh {
        let address = self.own.as_ref().and_then(StatusNode::address);
        let mut peers: Vec<Peer> =
            self.peer.unwrap_or_default().into_values().filter_map(StatusNode::into_peer).collect();
        peers.sort_by(|one, other| one.name.cmp(&other.name));
        Mesh { address, peers }
    }
}

impl StatusNode {
    fn address(&self) -> Option<Ipv4Addr> {
        self.addresses.iter().flatten().find_map(|address| match address {
            IpAddr::V4(address) => Some(*address),
            IpAddr::V6(_) => None,
        })
    }

    fn into_peer(self) -> Option<Peer> {
        let address = self.address()?;
        let tags: Vec<&str> = self.tags.iter().flatten().filter_map(|tag| tag.strip_prefix("tag:")).collect();
        let value = |prefix: &str| tags.iter().find_map(|tag| tag.strip_prefix(prefix));
        Some(Peer {
            site: value("site-").unwrap_or_default().to_owned(),
            group: value("group-").and_then(|group| group.parse().ok()),
            roles: tags.iter().filter_map(|tag| tag.parse().ok()).collect(),
            name: self.host_name,
            address,
        })
    }
}

impl Mesh {
    pub fn with_role(&self, role: Role) -> impl Iterator<Item = &Peer> {
        self.peers.iter().filter(move |peer| peer.roles.contains(&role))
    }

    /// The nodes with a role by name, including this one if it has joined and has the role.
    pub fn all_with_role(&self, role: Role, own: &NodeConfig) -> Vec<Peer> {
        let mut all: Vec<Peer> = self.with_role(role).cloned().collect();
        all.extend(self.address.filter(|_| own.is(role)).map(|address| Peer {
            name: own.name.clone(),
            site: own.site.clone(),
            roles: own.roles.clone(),
            group: own.group,
            address,
        }));
        all.sort_by(|one, other| one.name.cmp(&other.name));
        all
    }

    /// The members of a database group by name, including this node.
    pub fn members_of(&self, group: u16, own: &NodeConfig) -> Vec<Peer> {
        let mut members = self.all_with_role(Role::Database, own);
        members.retain(|member| member.group == Some(group));
        members
    }

    /// Keeps the known peers if none is seen: tailscaled that restarts while its control server is down has no peers at
    /// first, and that must not empty any configuration.
    #[must_use]
    pub fn or_known_peers(self, known: &Self) -> Self {
        if self.peers.is_empty() { Self { peers: known.peers.clone(), ..self } } else { self }
    }

    /// The mesh as last seen before a restart; empty if there is no readable cache.
    pub fn load_cache(path: &Path) -> Self {
        fs::read_to_string(path).ok().and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic, reason = "a broken expectation is how a test fails")]

    use super::*;

    const STATUS: &str = r#"{"BackendState":"Running","Self":{"HostName":"a-ingress","TailscaleIPs":["100.64.0.4","fd7a::4"]},
        "Peer":{"x":{"HostName":"b-app1","TailscaleIPs":["100.64.0.9"],"Tags":["tag:app","tag:site-b"]},
                "y":{"HostName":"a-db1","TailscaleIPs":["100.64.0.7"],"Tags":["tag:database","tag:group-1","tag:site-a"]},
                "z":{"HostName":"leaving","TailscaleIPs":[]}}}"#;

    #[test]
    fn peers_are_known_by_their_tags() {
        let MeshState::Running(mesh) = parse_status(STATUS).unwrap() else { panic!("not running") };
        assert_eq!(mesh.address, Some(Ipv4Addr::new(100, 64, 0, 4)));
        let names: Vec<_> =
            mesh.peers.iter().map(|peer| (peer.name.as_str(), peer.site.as_str(), peer.group)).collect();
        assert_eq!(names, [("a-db1", "a", Some(1)), ("b-app1", "b", None)]);
        assert_eq!(mesh.with_role(Role::App).count(), 1);
    }

    #[test]
    fn a_node_without_a_key_needs_to_log_in() {
        let outside = r#"{"BackendState":"NeedsLogin","Self":{"HostName":"x","TailscaleIPs":null},"Peer":null}"#;
        assert_eq!(parse_status(outside).unwrap(), MeshState::NeedsLogin);
    }

    #[test]
    fn known_peers_stay_while_none_is_seen() {
        let MeshState::Running(before) = parse_status(STATUS).unwrap() else { panic!("not running") };
        let now = Mesh { address: before.address, peers: Vec::new() };
        assert_eq!(now.or_known_peers(&before).peers, before.peers);
    }
}

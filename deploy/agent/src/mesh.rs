//! The mesh as this node sees it: its own address, and its peers by their tags.

use crate::{error::Trouble, identity::Identity, inventory::Role, program};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, fs, net::Ipv4Addr, path::Path, time::Duration};

/// What the control server lets this node see.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mesh {
    /// This node's own address.
    pub address: Option<Ipv4Addr>,
    /// The others, by name.
    pub peers: Vec<Peer>,
}

/// Another node of the mesh.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Peer {
    /// Its name.
    pub name: String,
    /// Where it stands.
    pub site: String,
    /// What it does.
    pub roles: Vec<Role>,
    /// Which database group it belongs to.
    pub group: Option<u16>,
    /// Its address in the mesh.
    pub address: Ipv4Addr,
}

/// How a node stands to the mesh.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// Part of it.
    Joined(Mesh),
    /// It needs a key.
    Outside,
    /// The mesh program is not there yet.
    Starting,
}

/// The mesh program's command and its socket.
const TAILSCALE: &str = "/opt/toast/current/bin/tailscale";
const SOCKET: &str = "/run/tailscale/tailscaled.sock";

/// Asks the mesh program each second, by its socket: starting its command each time would cost more than all the rest.
pub struct Window {
    client: reqwest::Client,
}

impl Window {
    /// Opens nothing yet.
    pub fn new() -> Result<Self, reqwest::Error> {
        let client = reqwest::Client::builder().unix_socket(SOCKET).timeout(Duration::from_secs(5)).build()?;
        Ok(Self { client })
    }

    /// What the mesh program knows.
    pub async fn look(&self) -> Result<Standing, Trouble> {
        let asked = self.client.get("http://local-tailscaled.sock/localapi/v0/status").send().await?;
        read_status(&asked.error_for_status()?.text().await?)
    }
}

/// Joins with a single-use key.
pub async fn join(name: &str, control: &str, key: &Path) -> Result<(), Trouble> {
    let key = format!("--auth-key=file:{}", key.display());
    let (name, control) = (format!("--hostname={name}"), format!("--login-server=https://{control}"));
    let arguments = ["up", &key, &name, &control, "--accept-dns=false", "--accept-routes=false", "--timeout=100s"];
    // Asking again with a key that a slow first answer has used up would be refused for good.
    program::run(TAILSCALE, &arguments, Duration::from_secs(110)).await.map(drop)
}

/// Leaves for good: the others forget this node, and it needs a new key to come back.
pub async fn leave() -> Result<(), Trouble> {
    program::run(TAILSCALE, &["logout"], Duration::from_secs(30)).await.map(drop)
}

/// Reads what `tailscale status --json` prints.
pub fn read_status(text: &str) -> Result<Standing, Trouble> {
    let status: Status = serde_json::from_str(text)
        .map_err(|error| Trouble::Content { path: "tailscale status".to_owned(), why: error.to_string() })?;
    Ok(match status.backend_state.as_str() {
        "Running" => Standing::Joined(status.into_mesh()),
        "NeedsLogin" => Standing::Outside,
        _ => Standing::Starting,
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
    addresses: Option<Vec<std::net::IpAddr>>,
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
            std::net::IpAddr::V4(address) => Some(*address),
            std::net::IpAddr::V6(_) => None,
        })
    }

    fn into_peer(self) -> Option<Peer> {
        let address = self.address()?;
        let tags: Vec<&str> = self.tags.iter().flatten().filter_map(|tag| tag.strip_prefix("tag:")).collect();
        Some(Peer {
            site: tags.iter().find_map(|tag| tag.strip_prefix("site-")).unwrap_or_default().to_owned(),
            group: tags.iter().find_map(|tag| tag.strip_prefix("group-")).and_then(|group| group.parse().ok()),
            roles: tags.iter().filter_map(|tag| tag.parse().ok()).collect(),
            name: self.host_name,
            address,
        })
    }
}

impl Mesh {
    /// The peers with a role.
    pub fn with_role(&self, role: Role) -> impl Iterator<Item = &Peer> {
        self.peers.iter().filter(move |peer| peer.roles.contains(&role))
    }

    /// The nodes with a role, by name, this one among them where it has joined and has the role.
    pub fn everyone(&self, role: Role, own: &Identity) -> Vec<Peer> {
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

    /// What was seen before and is not contradicted: a mesh program that restarts without its control server knows no
    /// peers for a while, and that must not empty any configuration.
    #[must_use]
    pub fn or_remembered(self, remembered: &Self) -> Self {
        if self.peers.is_empty() { Self { peers: remembered.peers.clone(), ..self } } else { self }
    }

    /// What was seen at the last look before a restart.
    pub fn recall(path: &Path) -> Self {
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
        let Standing::Joined(mesh) = read_status(STATUS).unwrap() else { panic!("not joined") };
        assert_eq!(mesh.address, Some(Ipv4Addr::new(100, 64, 0, 4)));
        let names: Vec<_> =
            mesh.peers.iter().map(|peer| (peer.name.as_str(), peer.site.as_str(), peer.group)).collect();
        assert_eq!(names, [("a-db1", "a", Some(1)), ("b-app1", "b", None)]);
        assert_eq!(mesh.with_role(Role::App).count(), 1);
    }

    #[test]
    fn a_node_without_a_key_is_outside() {
        let outside = r#"{"BackendState":"NeedsLogin","Self":{"HostName":"x","TailscaleIPs":null},"Peer":null}"#;
        assert_eq!(read_status(outside).unwrap(), Standing::Outside);
    }

    #[test]
    fn an_empty_look_does_not_forget() {
        let Standing::Joined(before) = read_status(STATUS).unwrap() else { panic!("not joined") };
        let now = Mesh { address: before.address, peers: Vec::new() };
        assert_eq!(now.or_remembered(&before).peers, before.peers);
    }
}

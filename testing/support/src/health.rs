//! Health of the testbed: leaders and standbys of database groups, and readiness of servers.

use crate::{
    Environment, Error, Timestamp,
    patroni::{Cluster, Member, PORT},
    wait,
};
use agent::inventory::Role;
use std::{thread::sleep, time::Duration};
use testbed::Node;

impl Environment {
    /// The members of a group as one of them reports them; empty when none responds.
    pub fn cluster(&self, group: u16) -> Vec<Member> {
        let Ok(operator) = self.operator() else { return Vec::new() };
        for address in self.testbed.members(group).filter(|node| node.is_up()).filter_map(|node| node.mesh) {
            let url = format!("http://{address}:{PORT}/cluster");
            if let Ok(body) = operator.get(&url, 2)
                && let Ok(cluster) = serde_json::from_str::<Cluster>(&body)
            {
                return cluster.members;
            }
        }
        Vec::new()
    }

    /// The node of a group that reports itself as a writable leader.
    pub fn leader(&self, group: u16) -> Option<&Node> {
        let operator = self.operator().ok()?;
        self.testbed.members(group).filter(|node| node.is_up()).find(|node| {
            node.mesh.is_some_and(|address| operator.get(&format!("http://{address}:{PORT}/primary"), 1).is_ok())
        })
    }

    pub fn require_leader(&self, group: u16) -> Result<&Node, Error> {
        self.leader(group).ok_or_else(|| Error::failed(format!("group {group}"), "has no leader"))
    }

    pub fn accepts_connections(&self, node: &Node) -> bool {
        let address = node.mesh.map(|address| address.to_string()).unwrap_or_default();
        let options = ["--quiet", "--timeout=1", "--host", &address];
        self.operator().is_ok_and(|operator| operator.run("pg_isready", &options).is_ok())
    }

    /// Waits until every group has a leader and all its standbys, and every server is ready. Returns what is missing at the
    /// timeout.
    pub fn wait_until_healthy(&self, timeout: Duration) -> Option<String> {
        let deadline = Timestamp::now().plus(timeout);
        loop {
            let missing = self.missing();
            if missing.is_none() || Timestamp::now() > deadline {
                return missing;
            }
            sleep(Duration::from_secs(1));
        }
    }

    fn missing(&self) -> Option<String> {
        for group in self.testbed.inventory().groups() {
            let members = self.cluster(group);
            let expected = self.testbed.members(group).count();
            let streaming = members.iter().filter(|member| member.state == "streaming").count();
            let has_leader = members.iter().any(|member| member.role == "leader" && member.state == "running");
            if !has_leader || streaming + 1 < expected {
                return Some(format!("group {group}: {} of {expected} members", streaming + usize::from(has_leader)));
            }
        }
        let unready = self.testbed.with_role(Role::App).find(|node| !is_ready(node));
        unready.map(|node| format!("the server of {}", node.name))
    }
}

/// Whether `/readyz` of a node's server succeeds.
pub fn is_ready(node: &Node) -> bool {
    node.mesh.is_some_and(|address| node.get(&format!("http://{address}:3000/readyz"), 2).is_ok())
}

pub fn wait_until_ready(node: &Node, timeout: Duration) -> Result<(), Error> {
    let ready = wait::until(timeout, || is_ready(node));
    ready.map(drop).ok_or_else(|| Error::failed(format!("the server of {}", node.name), "is not ready"))
}

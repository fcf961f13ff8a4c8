//! The agents of nodes: frozen for a while, also while a service is down, told to reconcile, and asked what they corrected.

use crate::{CleanupGuard, Error, json};
use testbed::{Node, TestbedError};

/// Freezes the agents of some nodes until the guard runs.
pub fn freeze<'a>(nodes: impl IntoIterator<Item = &'a Node>) -> Result<CleanupGuard<'a>, Error> {
    let nodes: Vec<_> = nodes.into_iter().collect();
    let all = nodes.clone();
    let guard = CleanupGuard::new(move || all.iter().try_for_each(|node| Ok(node.service("agent").thaw()?)));
    for node in &nodes {
        node.service("agent").freeze()?;
    }
    Ok(guard)
}

/// Kills a service until [`start_service`], and freezes the agent, which starts services that do not run.
pub fn kill_service(node: &Node, name: &str) -> Result<(), TestbedError> {
    node.service("agent").freeze()?;
    node.service(name).kill_without_restart()
}

/// Reverts [`kill_service`].
pub fn start_service(node: &Node, name: &str) -> Result<(), TestbedError> {
    let started = node.service(name).start();
    node.service("agent").thaw()?;
    started
}

/// Forces a full reconcile pass.
pub fn reconcile_now(node: &Node) -> Result<(), Error> {
    Ok(node.service("agent").reload()?)
}

/// Drift corrections that an agent has counted.
pub fn drift_corrections(node: &Node) -> Result<u64, Error> {
    let body = node.get("http://127.0.0.1:9300/state", 5)?;
    let state: serde_json::Value = json::parse(format!("the agent of {}", node.name), &body)?;
    Ok(state.get("drift_corrections").and_then(serde_json::Value::as_u64).unwrap_or_default())
}

/// Whether the egress firewall is loaded; an empty table is none.
pub fn has_egress_rules(node: &Node) -> bool {
    node.run("nft", &["list", "table", "inet", "toastguard"]).is_ok_and(|rules| rules.contains("100.64.0.0/10"))
}

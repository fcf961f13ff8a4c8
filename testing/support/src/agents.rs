//! The agents of nodes: frozen for a while, told to reconcile, and asked what they corrected.

use crate::{CleanupGuard, Error};
use std::time::{Duration, Instant};
use testbed::Node;

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

/// Forces a full reconcile pass.
pub fn reconcile_now(node: &Node) -> Result<(), Error> {
    Ok(node.service("agent").reload()?)
}

/// Drift corrections that an agent has counted.
pub fn drift_corrections(node: &Node) -> Result<u64, Error> {
    let body = node.run("curl", &["--silent", "--fail", "--max-time", "5", "http://127.0.0.1:9300/state"])?;
    let state: serde_json::Value =
        serde_json::from_str(&body).map_err(|error| Error::failed(format!("the agent of {}", node.name), error))?;
    Ok(state.get("drift_corrections").and_then(serde_json::Value::as_u64).unwrap_or_default())
}

/// Polls every 200 ms; returns after how many seconds a condition held, or nothing at the timeout.
pub fn wait(timeout: Duration, mut condition: impl FnMut() -> bool) -> Option<f64> {
    let started = Instant::now();
    loop {
        if condition() {
            return Some(started.elapsed().as_secs_f64());
        }
        if started.elapsed() > timeout {
            return None;
        }
        std::thread::sleep(Duration::from_millis(200));
    }
}

/// The result of [`wait`] in words.
pub fn after(waited: Option<f64>, timeout: Duration) -> String {
    waited.map_or_else(|| format!("not within {} s", timeout.as_secs()), |seconds| format!("after {seconds:.1} s"))
}

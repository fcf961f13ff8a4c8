//! Agents that are stopped for a while, to see what is missing without them.

use super::undo::Undo;
use crate::failure::Failure;
use std::time::Duration;
use testbed::Node;

/// Stops the agents of some nodes where they are; they go on when the answer is taken back or dropped.
pub(super) fn freeze<'a>(nodes: impl IntoIterator<Item = &'a Node>) -> Result<Undo<'a>, Failure> {
    let nodes: Vec<_> = nodes.into_iter().collect();
    let all = nodes.clone();
    let undo = Undo::by(move || all.iter().try_for_each(|node| Ok(node.service("agent").thaw()?)));
    for node in &nodes {
        node.service("agent").freeze()?;
    }
    Ok(undo)
}

/// Has an agent compare everything with the disk now.
pub(super) fn hurry(node: &Node) -> Result<(), Failure> {
    Ok(node.service("agent").reload()?)
}

/// How often an agent says that it put something right.
pub(super) fn repairs(node: &Node) -> Result<u64, Failure> {
    let said = node.run("curl", &["--silent", "--fail", "--max-time", "5", "http://127.0.0.1:9300/state"])?;
    let state: serde_json::Value =
        serde_json::from_str(&said).map_err(|error| Failure::wrong(format!("the agent of {}", node.name), error))?;
    Ok(state.get("drift_corrections").and_then(serde_json::Value::as_u64).unwrap_or_default())
}

/// Looks every 200 ms; answers after how many seconds something was so, or nothing when time is up.
pub(super) fn wait(patience: Duration, mut is_so: impl FnMut() -> bool) -> Option<f64> {
    let begun = std::time::Instant::now();
    loop {
        if is_so() {
            return Some(begun.elapsed().as_secs_f64());
        }
        if begun.elapsed() > patience {
            return None;
        }
        std::thread::sleep(Duration::from_millis(200));
    }
}

/// A time that was waited for, in words.
pub(super) fn after(waited: Option<f64>, patience: Duration) -> String {
    waited.map_or_else(|| format!("not within {} s", patience.as_secs()), |seconds| format!("after {seconds:.1} s"))
}

//! Faults of a member of a database group: Patroni, and PostgreSQL with all its processes, are frozen or killed.
//!
//! Patroni daemonizes PostgreSQL (its parent is the node's init), so what stops Patroni's service alone does not stop it.

use crate::agents;
use std::time::Duration;
use testbed::{Node, Process, Signal, TestbedError, process, wait};

/// A process in uninterruptible disk sleep stops only afterwards.
const STOP_TIMEOUT: Duration = Duration::from_secs(10);

/// The node's kernel keeps running: connections stay open, and no statement is processed.
pub fn freeze(node: &Node) -> Result<(), TestbedError> {
    node.service("patroni").freeze()?;
    wait::until(&format!("the freeze of the database of {}", node.name), STOP_TIMEOUT, || {
        // Processes forked while others were being stopped are stopped in the next round.
        let running: Vec<u32> = database(node)?.iter().filter(|one| !one.stopped).map(|one| one.pid).collect();
        let all_stopped = running.is_empty();
        process::signal(Signal::Stop, running)?;
        Ok(all_stopped.then_some(()))
    })
}

pub fn resume(node: &Node) -> Result<(), TestbedError> {
    process::signal(Signal::Continue, database(node)?.iter().map(|one| one.pid))?;
    node.service("patroni").thaw()
}

/// Patroni first: it would start PostgreSQL again.
pub fn kill(node: &Node) -> Result<(), TestbedError> {
    agents::kill_service(node, "patroni")?;
    process::signal(Signal::Kill, database(node)?.iter().map(|one| one.pid))
}

/// Reverts [`kill`].
pub fn start(node: &Node) -> Result<(), TestbedError> {
    agents::start_service(node, "patroni")
}

fn database(node: &Node) -> Result<Vec<Process>, TestbedError> {
    Ok(node.processes()?.into_iter().filter(|one| one.name.starts_with("postgres")).collect())
}

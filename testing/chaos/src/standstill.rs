//! A member of a database group that stands still: its Patroni, and PostgreSQL with all its processes.
//!
//! Patroni starts PostgreSQL so that it outlives it: the first process of the node is its parent, and what is done to
//! Patroni's service alone does not reach it.

use std::time::Duration;
use testbed::{Node, Process, Signal, TestbedError, process, wait};

/// A process that waits for a disk stops only when it has it.
const LONGEST: Duration = Duration::from_secs(10);

/// Stops a member where it is. Its kernel goes on: connections stand, and nothing answers on them.
pub fn freeze(node: &Node) -> Result<(), TestbedError> {
    node.service("patroni").freeze()?;
    wait::until(&format!("the standstill of the database of {}", node.name), LONGEST, || {
        // What was made while others were being stopped is stopped in the next round.
        let running: Vec<u32> = database(node)?.iter().filter(|one| !one.stopped).map(|one| one.pid).collect();
        let stands = running.is_empty();
        process::signal(Signal::Stop, running)?;
        Ok(stands.then_some(()))
    })
}

/// Lets a member go on.
pub fn thaw(node: &Node) -> Result<(), TestbedError> {
    process::signal(Signal::Continue, database(node)?.iter().map(|one| one.pid))?;
    node.service("patroni").thaw()
}

fn database(node: &Node) -> Result<Vec<Process>, TestbedError> {
    Ok(node.processes()?.into_iter().filter(|one| one.name.starts_with("postgres")).collect())
}

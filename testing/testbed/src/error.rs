//! Errors of the testbed.

use agent::inventory::InventoryError;
use std::path::{Path, PathBuf};

/// Why an operation on the testbed failed.
#[derive(Debug, thiserror::Error)]
pub enum TestbedError {
    #[error("no testbed runs on this host; start one with `toast-testbed up`")]
    NotStarted,
    /// A testbed runs, or an earlier `up` was killed.
    #[error("a testbed, or what is left of one, is on this host; end it with `toast-testbed down`")]
    AlreadyStarted,
    #[error("another toast-testbed is starting or ending the testbed")]
    Locked,
    #[error("this host cannot run a testbed:{}", list(.0))]
    Preflight(Vec<String>),
    #[error("this testbed has no node {0}")]
    UnknownNode(String),
    #[error("this testbed has no site {0}")]
    UnknownSite(String),
    #[error("this testbed has no node with the role {0}")]
    NoNodeWithRole(&'static str),
    #[error("{0} is down")]
    NodeDown(String),
    #[error("{0} is up")]
    NodeUp(String),
    #[error("{node} has no service {service}")]
    UnknownService { node: String, service: String },
    #[error("{service} on {node} is not running")]
    ServiceDown { node: String, service: String },
    #[error("{node} did not boot: {reason}")]
    BootFailed {
        node: String,
        /// The last lines of its boot log.
        reason: String,
    },
    /// Nodes of the internet site cannot join the mesh.
    #[error("{0} is on the internet; only nodes of a region or a witness site join the mesh")]
    NotInMesh(String),
    /// Only a disk of limited size can be filled.
    #[error("{0} has no disk of limited size; start the testbed with --small-disks")]
    UnboundedDisk(String),
    #[error("{path}: {error}")]
    File { path: PathBuf, error: std::io::Error },
    #[error("{command}: {reason}")]
    Command {
        command: String,
        /// The last lines of its output, or its exit status.
        reason: String,
    },
    #[error("{what}: timed out after {seconds} s{}", suffix(.last_error))]
    Timeout { what: String, seconds: u64, last_error: String },
    #[error(transparent)]
    Inventory(#[from] InventoryError),
    /// The inventory describes an installation that a testbed cannot have.
    #[error("the inventory does not fit a testbed: {0}")]
    Unsupported(String),
    #[error("{path}: {error}")]
    StateFile { path: PathBuf, error: serde_json::Error },
}

impl TestbedError {
    /// Adapter for `map_err` on file operations.
    pub(crate) fn file(path: &Path) -> impl FnOnce(std::io::Error) -> Self + '_ {
        move |error| Self::File { path: path.to_path_buf(), error }
    }
}

fn list(lines: &[String]) -> String {
    lines.iter().flat_map(|line| ["\n  - ", line]).collect()
}

fn suffix(last_error: &str) -> String {
    if last_error.is_empty() { String::new() } else { format!("; last error: {last_error}") }
}

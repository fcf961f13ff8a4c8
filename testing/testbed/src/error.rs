//! Errors of the testbed.

use agent::inventory::InventoryError;
use std::path::{Path, PathBuf};

/// Why an operation on the testbed failed.
#[derive(Debug, thiserror::Error)]
pub enum TestbedError {
    /// There is no state file.
    #[error("no testbed runs on this host; start one with `toast-testbed up`")]
    NotStarted,
    /// A testbed runs, or an earlier `up` was killed.
    #[error("a testbed, or what is left of one, is on this host; end it with `toast-testbed down`")]
    AlreadyStarted,
    /// The lock file is held.
    #[error("another toast-testbed is starting or ending the testbed")]
    Locked,
    /// Failed preflight checks, one sentence each.
    #[error("this host cannot run a testbed:{}", list(.0))]
    Preflight(Vec<String>),
    /// No node of that name.
    #[error("this testbed has no node {0}")]
    UnknownNode(String),
    /// No site of that name.
    #[error("this testbed has no site {0}")]
    UnknownSite(String),
    /// No node with that role.
    #[error("this testbed has no node with the role {0}")]
    NoNodeWithRole(&'static str),
    /// The operation needs a running node.
    #[error("{0} is down")]
    NodeDown(String),
    /// The operation needs a node that is down.
    #[error("{0} is up")]
    NodeUp(String),
    /// The node has no unit of that name.
    #[error("{node} has no service {service}")]
    UnknownService {
        /// Name of the node.
        node: String,
        /// Name of the unit, without `.service`.
        service: String,
    },
    /// The service has no main process.
    #[error("{service} on {node} is not running")]
    ServiceDown {
        /// Name of the node.
        node: String,
        /// Name of the unit, without `.service`.
        service: String,
    },
    /// A node did not boot.
    #[error("{node} did not boot: {reason}")]
    BootFailed {
        /// Name of the node.
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
    /// A file could not be read or written.
    #[error("{path}: {error}")]
    File {
        /// The file.
        path: PathBuf,
        /// Cause.
        error: std::io::Error,
    },
    /// A command could not be started, or failed.
    #[error("{command}: {reason}")]
    Command {
        /// The command line.
        command: String,
        /// The last lines of its output, or its exit status.
        reason: String,
    },
    /// A condition did not hold in time.
    #[error("{what}: timed out after {seconds} s{}", suffix(.last_error))]
    Timeout {
        /// The condition.
        what: String,
        /// The limit.
        seconds: u64,
        /// The last error, if any.
        last_error: String,
    },
    /// The inventory cannot be read.
    #[error(transparent)]
    Inventory(#[from] InventoryError),
    /// The inventory describes an installation that a testbed cannot have.
    #[error("the inventory does not fit a testbed: {0}")]
    Unsupported(String),
    /// The state file is not valid.
    #[error("{path}: {error}")]
    StateFile {
        /// The file.
        path: PathBuf,
        /// Cause.
        error: serde_json::Error,
    },
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

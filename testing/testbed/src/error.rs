//! Why something could not be done to the world.

use agent::inventory::InventoryError;
use std::path::{Path, PathBuf};

/// Why something could not be done to the world.
#[derive(Debug, thiserror::Error)]
pub enum WorldError {
    /// Nothing runs.
    #[error("no world runs on this host; start one with `toast-testbed up`")]
    NotUp,
    /// Something runs already, or an earlier start was killed.
    #[error("a world, or what is left of one, is on this host; end it with `toast-testbed down`")]
    AlreadyUp,
    /// Another start or end is under way.
    #[error("another toast-testbed starts or ends the world right now")]
    Busy,
    /// The host lacks something.
    #[error("this host cannot hold a world:{}", list(.0))]
    Unfit(Vec<String>),
    /// No such node.
    #[error("{0} is no node of this world")]
    NoNode(String),
    /// No such site.
    #[error("{0} is no site of this world")]
    NoSite(String),
    /// No node does that.
    #[error("this world has no node with the role {0}")]
    NoRole(&'static str),
    /// The machine is gone; boot it first.
    #[error("{0} is down")]
    Down(String),
    /// The machine runs; crash it first.
    #[error("{0} is up")]
    Up(String),
    /// A node has no such service.
    #[error("{node} has no service {service}")]
    NoService {
        /// Where.
        node: String,
        /// Which.
        service: String,
    },
    /// A service does not run, so it has no process.
    #[error("{service} on {node} does not run")]
    NotRunning {
        /// Where.
        node: String,
        /// Which.
        service: String,
    },
    /// A machine did not come up.
    #[error("{node} did not boot: {why}")]
    NoBoot {
        /// Which.
        node: String,
        /// The end of its boot log.
        why: String,
    },
    /// A machine is no part of the mesh, so nothing can join from it.
    #[error("{0} stands on the internet; only machines of a region or a witness site join")]
    Outside(String),
    /// Its disk has no bound.
    #[error("{0} has no bounded disk; start the world with --small-disks")]
    EndlessDisk(String),
    /// A file could not be read or written.
    #[error("{path}: {error}")]
    File {
        /// Which.
        path: PathBuf,
        /// What the system said.
        error: std::io::Error,
    },
    /// A program could not be started, or failed.
    #[error("{program}: {why}")]
    Program {
        /// Its command line.
        program: String,
        /// Its last words.
        why: String,
    },
    /// A unit file asks for what cannot be done here.
    #[error("{unit}: {why}")]
    Unit {
        /// Which file.
        unit: String,
        /// What is wrong with it.
        why: String,
    },
    /// Something did not happen in time.
    #[error("{what}: not after {seconds} s{}", after(.last))]
    Late {
        /// What was waited for.
        what: String,
        /// For how long.
        seconds: u64,
        /// What it said last.
        last: String,
    },
    /// The inventory cannot be used.
    #[error(transparent)]
    Inventory(#[from] InventoryError),
    /// The inventory fits no world on one host.
    #[error("the inventory fits no world on one host: {0}")]
    Shape(String),
    /// What is written about the running world cannot be read.
    #[error("{path}: {error}")]
    Record {
        /// Which file.
        path: PathBuf,
        /// Where and why.
        error: serde_json::Error,
    },
}

impl WorldError {
    /// For `map_err` on what was done to a file.
    pub(crate) fn file(path: &Path) -> impl FnOnce(std::io::Error) -> Self + '_ {
        move |error| Self::File { path: path.to_path_buf(), error }
    }
}

fn list(missing: &[String]) -> String {
    missing.iter().flat_map(|line| ["\n  - ", line]).collect()
}

fn after(words: &str) -> String {
    if words.is_empty() { String::new() } else { format!("; last: {words}") }
}

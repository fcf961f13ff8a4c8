//! Errors of the agent, each one sentence that an operator can act on.

use crate::inventory::InventoryError;
use std::{io, path::Path};

/// A failed operation; the reconcile loop retries it.
#[derive(Debug, thiserror::Error)]
pub enum AgentError {
    /// The inventory is invalid.
    #[error(transparent)]
    Inventory(#[from] InventoryError),
    /// A file cannot be read or written.
    #[error("{path}: {error}")]
    File {
        /// Path of the file.
        path: String,
        /// The system's error.
        error: io::Error,
    },
    /// A file or an argument has an unusable value.
    #[error("{subject}: {why}")]
    Invalid {
        /// Path of the file, or the argument.
        subject: String,
        /// The mistake.
        why: String,
    },
    /// A program did not start, failed or exceeded its time limit.
    #[error("{program}: {why}")]
    Program {
        /// Name or path of the program.
        program: String,
        /// Its exit status and the end of its output.
        why: String,
    },
    /// A template cannot be rendered.
    #[error("template: {0:#}")]
    Template(#[from] minijinja::Error),
    /// A database connection or statement failed.
    #[error("database: {0}")]
    Database(#[from] sqlx::Error),
    /// An HTTP request to another process failed.
    #[error("{0}")]
    Http(#[from] reqwest::Error),
    /// A precondition is not met yet.
    #[error("waiting: {0}")]
    Waiting(String),
}

impl AgentError {
    /// Adds the path to an I/O error.
    pub fn file(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.display().to_string();
        move |error| Self::File { path, error }
    }

    /// An unusable value of a file or an argument.
    pub fn invalid(subject: impl ToString, why: impl ToString) -> Self {
        Self::Invalid { subject: subject.to_string(), why: why.to_string() }
    }
}

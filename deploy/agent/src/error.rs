//! Errors of the agent, each one sentence that an operator can act on.

use crate::inventory::InventoryError;
use std::{io, path::Path};

/// A failed operation; the reconcile loop retries it.
#[derive(Debug, thiserror::Error)]
pub enum AgentError {
    #[error(transparent)]
    Inventory(#[from] InventoryError),
    #[error("{path}: {error}")]
    File { path: String, error: io::Error },
    #[error("{subject}: {why}")]
    Invalid { subject: String, why: String },
    #[error("{program}: {why}")]
    Program {
        program: String,
        /// Its exit status and the end of its output.
        why: String,
    },
    #[error("template: {0:#}")]
    Template(#[from] minijinja::Error),
    #[error("database: {0}")]
    Database(#[from] sqlx::Error),
    #[error("{0}")]
    Http(#[from] reqwest::Error),
    #[error("waiting: {0}")]
    Waiting(String),
}

impl AgentError {
    pub fn file(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.display().to_string();
        move |error| Self::File { path, error }
    }

    pub fn invalid(subject: impl ToString, why: impl ToString) -> Self {
        Self::Invalid { subject: subject.to_string(), why: why.to_string() }
    }
}

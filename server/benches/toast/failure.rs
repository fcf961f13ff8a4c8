//! Errors of a benchmark.

use std::{fmt, io, process::Output};
use support::process::require_success;

/// An error as shown to the user.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// An error of the operating system.
    #[error("{what}: {error}")]
    System { what: String, error: io::Error },
    /// A server did not respond.
    #[error("HTTP: {0}")]
    Http(#[from] reqwest::Error),
    /// The database rejected a statement.
    #[error("database: {0}")]
    Database(#[from] sqlx::Error),
    /// Invalid JSON, or JSON of another shape.
    #[error("JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// A program failed, or a port is missing.
    #[error(transparent)]
    Support(#[from] support::Error),
    /// The conditions of the measurement are not met.
    #[error("{0}")]
    Untrue(String),
    /// The benchmark was stopped by a signal.
    #[error("stopped")]
    Stopped,
}

impl Failure {
    pub fn system(what: impl fmt::Display) -> impl FnOnce(io::Error) -> Self {
        let what = what.to_string();
        move |error| Self::System { what, error }
    }

    pub fn untrue(what: impl Into<String>) -> Self {
        Self::Untrue(what.into())
    }
}

/// The output of a program that succeeded.
pub fn written(program: &str, output: &Output) -> Result<String, Failure> {
    require_success(program, output)?;
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

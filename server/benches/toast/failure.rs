//! Errors of a benchmark.

use std::{fmt, io, process::Output};

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
    /// A program failed.
    #[error("{program} failed: {output}")]
    Program { program: String, output: String },
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
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    if output.status.success() {
        return Ok(text(&output.stdout));
    }
    let output = format!("{}{}", text(&output.stdout), text(&output.stderr));
    Err(Failure::Program { program: program.to_owned(), output: last_lines(&output) })
}

/// The end of a log, which contains the cause.
pub fn last_lines(text: &str) -> String {
    let lines: Vec<_> = text.lines().collect();
    lines.get(lines.len().saturating_sub(15)..).unwrap_or_default().join("\n")
}

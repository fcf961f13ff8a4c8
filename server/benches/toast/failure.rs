//! Why a measurement broke off.

use std::{fmt, io, process::Output};

/// What went wrong, in words for whoever started the measurement.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The system refused something.
    #[error("{what}: {error}")]
    System { what: String, error: io::Error },
    /// A server did not answer.
    #[error("HTTP: {0}")]
    Http(#[from] reqwest::Error),
    /// The database refused a statement.
    #[error("database: {0}")]
    Database(#[from] sqlx::Error),
    /// Text that should be JSON is not, or is of another shape.
    #[error("JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// A program ended badly.
    #[error("{program} failed: {said}")]
    Program { program: String, said: String },
    /// What was measured is not what was meant to be measured.
    #[error("{0}")]
    Untrue(String),
    /// Somebody stopped the measurement.
    #[error("stopped")]
    Stopped,
}

impl Failure {
    /// A refusal of the system while doing something.
    pub fn system(what: impl fmt::Display) -> impl FnOnce(io::Error) -> Self {
        let what = what.to_string();
        move |error| Self::System { what, error }
    }

    /// A figure that would mean something else than its name says.
    pub fn untrue(what: impl Into<String>) -> Self {
        Self::Untrue(what.into())
    }
}

/// What a program that ended well wrote.
pub fn written(program: &str, output: &Output) -> Result<String, Failure> {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    if output.status.success() {
        return Ok(text(&output.stdout));
    }
    let said = format!("{}{}", text(&output.stdout), text(&output.stderr));
    Err(Failure::Program { program: program.to_owned(), said: last_lines(&said) })
}

/// The end of a log: what happened last says why.
pub fn last_lines(text: &str) -> String {
    let lines: Vec<_> = text.lines().collect();
    lines.get(lines.len().saturating_sub(15)..).unwrap_or_default().join("\n")
}

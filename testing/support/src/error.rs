//! Errors of the test programs themselves; what they find wrong with Toast is a violation, not an error.

use std::fmt::Display;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file, process or socket.
    #[error("{context}: {source}")]
    Io { context: String, source: std::io::Error },
    #[error("{context}: {source}")]
    Database { context: String, source: sqlx::Error },
    #[error("{context}: {source}")]
    Http { context: String, source: reqwest::Error },
    #[cfg(feature = "testbed")]
    #[error(transparent)]
    Testbed(#[from] testbed::TestbedError),
    #[error("{subject}: {reason}")]
    Failed { subject: String, reason: String },
}

impl Error {
    pub fn io(context: impl Display) -> impl FnOnce(std::io::Error) -> Self {
        move |source| Self::Io { context: context.to_string(), source }
    }

    pub fn database(context: impl Display) -> impl FnOnce(sqlx::Error) -> Self {
        move |source| Self::Database { context: context.to_string(), source }
    }

    pub fn http(context: impl Display) -> impl FnOnce(reqwest::Error) -> Self {
        move |source| Self::Http { context: context.to_string(), source }
    }

    pub fn failed(subject: impl Display, reason: impl Display) -> Self {
        Self::Failed { subject: subject.to_string(), reason: reason.to_string() }
    }
}

//! Why this program itself could not go on; what it finds wrong with Toast is a violation, never a failure.

use std::fmt::Display;

/// Something that this program needs did not work.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// A file, a process or a socket.
    #[error("{what}: {error}")]
    System {
        /// What was tried.
        what: String,
        /// What the system said.
        error: std::io::Error,
    },
    /// A database.
    #[error("{what}: {error}")]
    Database {
        /// What was tried.
        what: String,
        /// What the database said.
        error: sqlx::Error,
    },
    /// A request.
    #[error("{what}: {error}")]
    Web {
        /// What was tried.
        what: String,
        /// What happened to it.
        error: reqwest::Error,
    },
    /// The world.
    #[error(transparent)]
    World(#[from] testbed::TestbedError),
    /// Something is not as it must be.
    #[error("{what}: {why}")]
    Wrong {
        /// What was looked at.
        what: String,
        /// What is wrong with it.
        why: String,
    },
}

impl Failure {
    /// Says what was tried on the system.
    pub fn system(what: impl Display) -> impl FnOnce(std::io::Error) -> Self {
        move |error| Self::System { what: what.to_string(), error }
    }

    /// Says what was tried on a database.
    pub fn database(what: impl Display) -> impl FnOnce(sqlx::Error) -> Self {
        move |error| Self::Database { what: what.to_string(), error }
    }

    /// Says what was asked for.
    pub fn web(what: impl Display) -> impl FnOnce(reqwest::Error) -> Self {
        move |error| Self::Web { what: what.to_string(), error }
    }

    /// Says what is not as it must be.
    pub fn wrong(what: impl Display, why: impl Display) -> Self {
        Self::Wrong { what: what.to_string(), why: why.to_string() }
    }
}

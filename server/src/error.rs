//! The errors of use cases: one `ServerError`, logged once where it becomes a response.

use app::domain::error::AppError;
use uuid::Uuid;

/// Error of a use case.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// A rejected request, not a failure.
    #[error(transparent)]
    Refused(#[from] AppError),
    /// An error of the database driver.
    #[error("database: {0}")]
    Database(#[from] sqlx::Error),
    /// The circuit breaker of the node is open; the statement was not sent.
    #[error("database node {node} unavailable: circuit breaker open")]
    Away { node: String },
    /// No response in time; nothing was changed.
    #[error("database did not respond within its deadline")]
    Deadline,
    /// A change was sent and got no response in time: it may still be applied, also later.
    #[error("outcome unknown: database did not respond to a change within its deadline")]
    Unanswered,
    /// A change or commit with unknown outcome, because its connection broke.
    #[error("outcome unknown: {0}")]
    Unknown(sqlx::Error),
    /// Another transaction changed the same rows; retry.
    #[error("serialization conflict with another transaction")]
    Contended,
    /// Stored data that this version cannot read.
    #[error("stored {what} is unreadable: {why}")]
    Unreadable { what: &'static str, why: String },
    /// Any other internal error.
    #[error("{0}")]
    Broken(String),
}

impl ServerError {
    /// Whether the database could not be reached, as opposed to an error it returned.
    pub fn is_unavailable(&self) -> bool {
        match self {
            Self::Deadline | Self::Unanswered | Self::Unknown(_) | Self::Away { .. } => true,
            Self::Database(error) => matches!(meaning(error), DbErrorKind::Unavailable | DbErrorKind::Unknown),
            _ => false,
        }
    }

    /// The error with the knowledge that a change had been sent: its outcome is unknown.
    #[must_use]
    pub fn of_a_change(self) -> Self {
        match self {
            Self::Deadline | Self::Away { .. } => Self::Unanswered,
            Self::Database(error) if is_broken_off(&error) => Self::Unknown(error),
            error => error,
        }
    }

    /// Whether a row with the same key is there already.
    pub fn is_duplicate(&self) -> bool {
        matches!(self, Self::Database(sqlx::Error::Database(error)) if error.code().as_deref() == Some("23505"))
    }

    /// Whether another transaction won and an immediate retry is correct; nothing was changed.
    pub fn is_contention(&self) -> bool {
        match self {
            Self::Contended => true,
            Self::Database(error) => meaning(error) == DbErrorKind::Contended,
            _ => false,
        }
    }
}

/// Class of a database error by SQLSTATE (PostgreSQL appendix A; on Citus errors carry no constraint names).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DbErrorKind {
    /// The node is down or overloaded: retry later.
    Unavailable,
    /// Another transaction won: retry now.
    Contended,
    /// Whether the commit happened is not known.
    Unknown,
    /// A defect of the server.
    Broken,
}

/// Classifies an error of the database driver.
pub fn meaning(error: &sqlx::Error) -> DbErrorKind {
    match error {
        sqlx::Error::Database(database) => match database.code().as_deref().unwrap_or_default() {
            "40001" | "40P01" | "55P03" => DbErrorKind::Contended,
            "XX000" => DbErrorKind::Unknown,
            "57014" | "25006" | "53100" | "53200" | "53300" | "57P01" | "57P02" | "57P03" | "57P05" => {
                DbErrorKind::Unavailable
            }
            code if code.starts_with("08") => DbErrorKind::Unavailable,
            _ => DbErrorKind::Broken,
        },
        sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed => {
            DbErrorKind::Unavailable
        }
        sqlx::Error::WorkerCrashed => DbErrorKind::Unknown,
        _ => DbErrorKind::Broken,
    }
}

/// Whether the response was lost, also between the nodes of a cluster (SQLSTATE class 08).
fn is_broken_off(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_) | sqlx::Error::Protocol(_) | sqlx::Error::WorkerCrashed => true,
        sqlx::Error::Database(database) => database.code().is_some_and(|code| code.starts_with("08")),
        _ => false,
    }
}

impl From<ServerError> for AppError {
    /// The only place that logs server errors; the incident id is in the response and in the log line.
    fn from(error: ServerError) -> Self {
        let incident = Uuid::new_v4().simple().to_string();
        let answer = match &error {
            ServerError::Refused(refusal) => return refusal.clone(),
            ServerError::Deadline | ServerError::Away { .. } => Self::Unavailable { retry_after: 2 },
            ServerError::Contended => Self::InProgress,
            ServerError::Unanswered | ServerError::Unknown(_) => Self::Unknown,
            ServerError::Database(error) => match meaning(error) {
                DbErrorKind::Unavailable => Self::Unavailable { retry_after: 2 },
                DbErrorKind::Contended => Self::InProgress,
                DbErrorKind::Unknown => Self::Unknown,
                DbErrorKind::Broken => Self::Internal { incident: incident.clone() },
            },
            ServerError::Unreadable { .. } | ServerError::Broken(_) => Self::Internal { incident: incident.clone() },
        };
        if matches!(error, ServerError::Away { .. }) {
            // The circuit breaker logged its change of state; a line per rejected request would hide everything else.
            tracing::debug!(incident, error = %error, "request rejected: circuit breaker open");
        } else if matches!(answer, Self::Internal { .. }) {
            tracing::error!(incident, error = %error, "request failed: internal error");
        } else {
            tracing::warn!(incident, error = %error, "request failed: dependency unavailable");
        }
        metrics::counter!("toast_faults_total", "answer" => answer.code().to_owned()).increment(1);
        answer
    }
}

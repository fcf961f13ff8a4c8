//! What broke on the server: one `ServerError`, logged once where it becomes an answer.

use app::domain::error::AppError;
use uuid::Uuid;

/// Why a use case did not come to its end.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// Not broken: an answer for whoever asked.
    #[error(transparent)]
    Refused(#[from] AppError),
    /// The database said no, or nothing.
    #[error("database: {0}")]
    Database(#[from] sqlx::Error),
    /// The node is known to be away, and was not asked.
    #[error("the database node {node} is away")]
    Away {
        /// Which.
        node: String,
    },
    /// The database did not answer in time; nothing was changed.
    #[error("the database did not answer within its deadline")]
    Deadline,
    /// A change was sent, and the database did not answer in time: it may be made all the same, also later.
    #[error("the database did not answer a change within its deadline")]
    Unanswered,
    /// A change or a commit whose outcome is unknown, because its connection broke.
    #[error("outcome unknown: {0}")]
    Unknown(sqlx::Error),
    /// The same rows were moved at the same time; trying again is right.
    #[error("gave way to another transaction")]
    Contended,
    /// Stored data that this version cannot read.
    #[error("stored {what} is unreadable: {why}")]
    Unreadable {
        /// Which data.
        what: &'static str,
        /// What the reader said.
        why: String,
    },
    /// Something else of ours.
    #[error("{0}")]
    Broken(String),
}

impl ServerError {
    /// Whether the database could not be reached, rather than said something.
    pub fn is_unavailable(&self) -> bool {
        match self {
            Self::Deadline | Self::Unanswered | Self::Unknown(_) | Self::Away { .. } => true,
            Self::Database(error) => matches!(meaning(error), DbErrorKind::Unavailable | DbErrorKind::Unknown),
            _ => false,
        }
    }

    /// What it means when a change had been sent to the database before.
    #[must_use]
    pub fn of_a_change(self) -> Self {
        match self {
            Self::Deadline | Self::Away { .. } => Self::Unanswered,
            Self::Database(error) if is_broken_off(&error) => Self::Unknown(error),
            error => error,
        }
    }

    /// Whether another transaction won and trying again at once is right; nothing was done.
    pub fn is_contention(&self) -> bool {
        match self {
            Self::Contended => true,
            Self::Database(error) => meaning(error) == DbErrorKind::Contended,
            _ => false,
        }
    }
}

/// What a SQLSTATE means for whoever waits (PostgreSQL appendix A; on Citus errors carry no constraint names).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DbErrorKind {
    /// The node is away or busy: try later.
    Unavailable,
    /// Another transaction won: try now.
    Contended,
    /// Whether the commit happened is not known.
    Unknown,
    /// Our mistake.
    Broken,
}

/// Classifies a database error.
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

/// Whether the answer was lost on the way, also between the nodes of a cluster (SQLSTATE class 08).
fn is_broken_off(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_) | sqlx::Error::Protocol(_) | sqlx::Error::WorkerCrashed => true,
        sqlx::Error::Database(database) => database.code().is_some_and(|code| code.starts_with("08")),
        _ => false,
    }
}

impl From<ServerError> for AppError {
    /// The only place where a fault is logged; the incident ties the answer to the line.
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
            // Known and logged when the circuit turned; a line for each refusal would hide everything else.
            tracing::debug!(incident, error = %error, "request was not tried");
        } else if matches!(answer, Self::Internal { .. }) {
            tracing::error!(incident, error = %error, "request broke");
        } else {
            tracing::warn!(incident, error = %error, "request could not be done now");
        }
        metrics::counter!("toast_faults_total", "answer" => answer.code().to_owned()).increment(1);
        answer
    }
}

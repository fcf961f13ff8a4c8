//! The error type of pages, islands and the API, with a sentence for the user.

pub use crate::domain::problem::Problem;
use serde::{Deserialize, Serialize};

/// Why a request failed. The text is for users and contains no internal details.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case", tag = "error")]
pub enum AppError {
    /// 401.
    #[error("Sign in to continue.")]
    Unauthenticated,
    /// 403.
    #[error("You may not do this. Ask the owner of the restaurant for access.")]
    Forbidden,
    /// 403: a shared screen at which no one works.
    #[error("Say who you are first: choose your name and type your PIN.")]
    NoPersonAtScreen,
    /// 404; `what` names the kind, such as `restaurant`.
    #[error("This {what} does not exist, or is not there any more.")]
    NotFound { what: String },
    /// 422: the request must be changed.
    #[error("{}", first_message(.problems))]
    Invalid {
        /// The problems, at least one.
        problems: Vec<Problem>,
    },
    /// 409: valid, but not possible in the current state.
    #[error("{}", .problem.message)]
    Conflict { problem: Problem },
    /// 422: the key was used for another request.
    #[error("This Idempotency-Key was used for a different order. Use a new key.")]
    KeyReused,
    /// 409: the checkout form has placed an order with other fields.
    #[error("You already ordered: number {number}.")]
    AlreadyOrdered {
        /// The number to call out.
        number: i64,
        /// Opens the order's page.
        token: String,
    },
    /// 409 with `Retry-After`: another request changes the same rows, or the first one with this key is still running.
    #[error("This is already being saved. Try again in a moment.")]
    InProgress,
    /// 429 with `Retry-After`.
    #[error("Too many attempts. Wait a little and try again.")]
    TooMany {
        /// Seconds until a retry.
        retry_after: u32,
    },
    /// 503 with `Retry-After`.
    #[error("Toast cannot do this right now. Nothing was lost; try again in a moment.")]
    Unavailable {
        /// Seconds until a retry.
        retry_after: u32,
    },
    /// 503: it is not known whether it took effect; a retry with the same key finds out.
    #[error("The connection broke before the answer came. Try again: nothing will be done twice.")]
    Unknown,
    /// 500; the log contains the incident.
    #[error("Something broke on our side. Try again, or tell us the reference {incident}.")]
    Internal {
        /// Id of the log entry.
        incident: String,
    },
    /// The browser got no response.
    #[error("No connection. Check your network and try again; nothing will be done twice.")]
    Offline,
}

impl AppError {
    /// An error of one problem at a field.
    pub fn invalid(field: &str, code: &str, message: impl Into<String>) -> Self {
        Self::Invalid { problems: vec![Problem::new(field, code, message)] }
    }

    /// A conflict with the current state.
    pub fn conflict(code: &str, message: impl Into<String>) -> Self {
        Self::Conflict { problem: Problem::new("", code, message) }
    }

    pub fn not_found(what: &str) -> Self {
        Self::NotFound { what: what.to_owned() }
    }

    /// The HTTP status of the response.
    pub const fn status(&self) -> u16 {
        match self {
            Self::Unauthenticated => 401,
            Self::Forbidden | Self::NoPersonAtScreen => 403,
            Self::NotFound { .. } => 404,
            Self::Conflict { .. } | Self::AlreadyOrdered { .. } | Self::InProgress => 409,
            Self::Invalid { .. } | Self::KeyReused => 422,
            Self::TooMany { .. } => 429,
            Self::Internal { .. } => 500,
            Self::Unavailable { .. } | Self::Unknown | Self::Offline => 503,
        }
    }

    /// A stable code for programs.
    pub fn code(&self) -> &str {
        match self {
            Self::Unauthenticated => "unauthenticated",
            Self::Forbidden => "forbidden",
            Self::NoPersonAtScreen => "no_person_at_screen",
            Self::NotFound { .. } => "not_found",
            Self::Invalid { .. } => "invalid",
            Self::Conflict { problem } => &problem.code,
            Self::KeyReused => "key_reused",
            Self::AlreadyOrdered { .. } => "already_ordered",
            Self::InProgress => "in_progress",
            Self::TooMany { .. } => "too_many",
            Self::Unavailable { .. } => "unavailable",
            Self::Unknown => "unknown_outcome",
            Self::Internal { .. } => "internal",
            Self::Offline => "offline",
        }
    }

    /// Seconds after which a retry makes sense.
    pub const fn retry_after(&self) -> Option<u32> {
        match self {
            Self::TooMany { retry_after } | Self::Unavailable { retry_after } => Some(*retry_after),
            Self::InProgress | Self::Unknown => Some(1),
            _ => None,
        }
    }

    /// The problems at fields, if it has any.
    pub fn problems(&self) -> &[Problem] {
        match self {
            Self::Invalid { problems } => problems,
            Self::Conflict { problem } => std::slice::from_ref(problem),
            _ => &[],
        }
    }
}

fn first_message(problems: &[Problem]) -> String {
    problems.first().map_or_else(|| "Please check what you sent.".to_owned(), |problem| problem.message.clone())
}

//! Error responses: problem details after RFC 9457.

use app::domain::{error::AppError, problem::Problem};
use axum::{
    Json,
    response::{IntoResponse, Response},
};
use http::{HeaderValue, StatusCode, header};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The body of an error response, `application/problem+json`.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ProblemDetails {
    /// `urn:toast:` and the code.
    pub r#type: String,
    /// The status in words.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// A sentence that says what to do.
    pub detail: String,
    /// A stable code for programs.
    pub code: String,
    /// The fields to correct.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<Problem>,
}

/// A request that cannot be decoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BadRequest {
    /// 400
    Malformed(String),
    /// 400: JSON of another shape than documented; never empty.
    Shape(Vec<Problem>),
    /// 413; axum's router returns 405.
    TooLarge,
    /// 415
    WrongType(&'static str),
    /// 400: the header that makes retries safe is missing.
    KeyMissing,
}

impl ProblemDetails {
    /// The response to a rejected request.
    pub fn of(error: &AppError) -> Self {
        Self::new(error.status(), error.code(), error.to_string(), error.problems().to_vec())
    }

    fn new(status: u16, code: &str, detail: String, errors: Vec<Problem>) -> Self {
        let title = StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason()).unwrap_or("Error");
        Self {
            r#type: format!("urn:toast:{code}"),
            title: title.to_owned(),
            status,
            detail,
            code: code.to_owned(),
            errors,
        }
    }
}

impl IntoResponse for ProblemDetails {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, Json(self)).into_response();
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        response
    }
}

/// The problem details of an error, with Retry-After.
pub fn error_response(error: &AppError) -> Response {
    let mut response = ProblemDetails::of(error).into_response();
    add_retry_after(&mut response, error);
    response
}

/// Adds the Retry-After header of an error that has one.
pub fn add_retry_after(response: &mut Response, error: &AppError) {
    if let Some(seconds) = error.retry_after() {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
}

impl IntoResponse for BadRequest {
    fn into_response(self) -> Response {
        let (status, code, detail) = match self {
            Self::Shape(problems) => {
                let detail = problems.first().map(|problem| problem.message.clone()).unwrap_or_default();
                return ProblemDetails::new(400, "malformed", detail, problems).into_response();
            }
            Self::Malformed(why) => (400, "malformed", why),
            Self::TooLarge => (413, "too_large", "Send at most 256 KB.".to_owned()),
            Self::WrongType(expected) => (415, "wrong_content_type", format!("Send {expected}.")),
            Self::KeyMissing => (
                400,
                "idempotency_key_missing",
                "Send an Idempotency-Key header of 1 to 255 visible ASCII characters, a new one for each order."
                    .to_owned(),
            ),
        };
        ProblemDetails::new(status, code, detail, Vec::new()).into_response()
    }
}

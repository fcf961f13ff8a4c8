//! Kept mails, in development only.

use crate::http::{AppState, pages};
use app::domain::error::AppError;
use axum::{
    extract::{Request, State},
    response::Response,
};

pub async fn show(State(state): State<AppState>, request: Request) -> Response {
    if state.dev_mail {
        return pages::page(State(state), request).await;
    }
    pages::error_response(&state, request.uri(), request.headers(), &AppError::not_found("page")).await
}

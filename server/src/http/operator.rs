//! Changes of listings by operators over HTTP.

use crate::http::{AppState, body::FormAtPath, pages};
use app::{
    domain::{error::AppError, listing::ListingChange},
    forms::{fields, routes},
    services::{Operators, Submission},
};
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
};

/// Approves, suspends or readmits a restaurant.
pub async fn relist(State(state): State<AppState>, (Path(slug), uri, headers, form): FormAtPath) -> Response {
    let changed = async {
        let staff = state.staff(&headers).await?;
        let change = match form.text(fields::CHANGE) {
            fields::APPROVE => ListingChange::Approve,
            fields::SUSPEND => ListingChange::Suspend(form.text(fields::REASON).to_owned()),
            fields::LIFT => ListingChange::Lift,
            _ => {
                return Err(AppError::invalid(fields::CHANGE, "unknown", "This form is out of date. Reload the page."));
            }
        };
        state.context.relist(&staff, &slug, change).await
    };
    let page = routes::operator_restaurant(&slug);
    match changed.await {
        Ok(()) => Redirect::to(&page).into_response(),
        Err(error @ (AppError::Unauthenticated | AppError::NotFound { .. })) => {
            pages::error_response(&state, &uri, &headers, &error).await
        }
        Err(error) => {
            pages::rerender_form(&state, &page, &headers, Submission { fields: form.0, error: Some(error) }).await
        }
    }
}

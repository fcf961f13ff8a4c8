//! A guest's order over HTTP: cancel and reorder.

use crate::{
    http::{
        AppState,
        body::{FormAtPath, wants_json},
        change_id,
        cookies::new_visitor,
        pages, tables,
    },
    orders,
};
use app::{
    domain::error::AppError,
    forms::{fields, routes},
    services::{Ordering, Submission},
};
use axum::{
    Json,
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
};
use http::{HeaderMap, Uri, header};

pub async fn cancel(
    State(state): State<AppState>,
    Path(token): Path<String>,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    match state.context.cancel(&token).await {
        Ok(order) if wants_json(&headers) => Json(order).into_response(),
        Ok(_) => Redirect::to(&routes::order(&token)).into_response(),
        Err(error) => {
            let submission = Submission { error: Some(error), ..Submission::default() };
            order_page_with_error(&state, &token, &uri, &headers, submission).await
        }
    }
}

/// Adds an order's items to the visitor's cart.
pub async fn again(State(state): State<AppState>, (Path(token), uri, headers, form): FormAtPath) -> Response {
    let visitor = state.cookies.visitor(&headers).unwrap_or_else(new_visitor);
    let key = change_id::key(&headers, &form);
    let seated = match orders::token::restaurant(&token) {
        Some(at) => tables::take(&state, at, visitor, &key, &headers).await,
        None => None,
    };
    match state.context.order_again(&token, visitor, change_id::change_id(&key, &token)).await {
        Ok(repeated) => {
            // The notice about left-out items has its own URL, so that a reload shows it again.
            let is_whole = repeated.left_out.is_empty() || wants_json(&headers);
            let slug = &repeated.slug;
            let cart = if is_whole { routes::cart(slug) } else { routes::cart_again(slug, &token) };
            let mut response = Redirect::to(&cart).into_response();
            state.cookies.keep_visitor(visitor, &mut response);
            response.headers_mut().extend(seated.map(|dropped| (header::SET_COOKIE, dropped)));
            response
        }
        Err(error) => {
            let fields = [(fields::KEY.to_owned(), vec![key])].into();
            order_page_with_error(&state, &token, &uri, &headers, Submission { fields, error: Some(error) }).await
        }
    }
}

/// Redirects to the order, when a browser reloads the URL of a form.
pub async fn back(Path(token): Path<String>) -> Redirect {
    Redirect::to(&routes::order(&token))
}

async fn order_page_with_error(
    state: &AppState,
    token: &str,
    uri: &Uri,
    headers: &HeaderMap,
    submission: Submission,
) -> Response {
    if let Some(error) = &submission.error
        && (wants_json(headers) || matches!(error, AppError::NotFound { .. }))
    {
        return pages::error_response(state, uri, headers, error).await;
    }
    pages::rerender_form(state, &routes::order(token), headers, submission).await
}

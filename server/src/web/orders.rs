//! A guest's order over HTTP: calling it off, ordering it again.

use crate::web::{Web, body::wants_json, observe::change_id, pages};
use app::{api::path, backend::Ordering, types::id::VisitorId};
use axum::{
    Json,
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
};
use http::{HeaderMap, Uri, header};
use uuid::Uuid;

/// Calls an order off.
pub async fn cancel(State(web): State<Web>, Path(token): Path<String>, uri: Uri, headers: HeaderMap) -> Response {
    match web.toast.cancel(&token).await {
        Ok(order) if wants_json(&headers) => Json(order).into_response(),
        Ok(_) => Redirect::to(&path::order(&token)).into_response(),
        Err(error) => refuse_on_order(&web, &token, &uri, &headers, error).await,
    }
}

/// Puts an order's dishes into the browser's cart again.
pub async fn again(State(web): State<Web>, Path(token): Path<String>, uri: Uri, headers: HeaderMap) -> Response {
    let known = web.cookies.visitor(&headers);
    let visitor = known.unwrap_or_else(|| VisitorId::from_uuid(Uuid::new_v4()));
    match web.toast.order_again(&token, visitor, change_id(&headers)).await {
        Ok(slug) => {
            let mut response = Redirect::to(&path::cart(&slug)).into_response();
            if known.is_none() {
                response.headers_mut().append(header::SET_COOKIE, web.cookies.keep_visitor(visitor));
            }
            response
        }
        Err(error) => refuse_on_order(&web, &token, &uri, &headers, error).await,
    }
}

async fn refuse_on_order(
    web: &Web,
    token: &str,
    uri: &Uri,
    headers: &HeaderMap,
    error: app::error::AppError,
) -> Response {
    if wants_json(headers) || matches!(error, app::error::AppError::NotFound { .. }) {
        return pages::refuse(web, uri, headers, &error).await;
    }
    let submission = app::backend::Submission { error: Some(error), ..Default::default() };
    pages::again(web, &path::order(token), headers, submission).await
}

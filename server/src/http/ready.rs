//! Responses that are ready before routing: files, and menus from the cache. The router and its layers cost several
//! times as much as such a response; the headers and the measurement that they add are added here as well.

use crate::http::{AppState, menu_cache, security_headers, trace::Exchange};
use axum::{
    body::{Body, HttpBody},
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use http::{HeaderValue, Method, StatusCode, header, request::Parts};

/// Sends a response that is ready, else passes the request on.
pub async fn send_ready(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let (request, body) = request.into_parts();
    match ready(&state, &request).await {
        Some(response) => response,
        None => next.run(Request::from_parts(request, body)).await,
    }
}

async fn ready(state: &AppState, request: &Parts) -> Option<Response> {
    let Parts { method, uri, headers, .. } = request;
    if !matches!(*method, Method::GET | Method::HEAD) {
        return None;
    }
    let exchange = Exchange::begin(method, headers);
    let (route, mut response) = match state.files.answer(uri.path(), headers) {
        Some(file) => ("file", file),
        None => menu_cache::ready(state, method, uri, headers).await?,
    };
    if *method == Method::HEAD && response.status() == StatusCode::OK {
        let length = response.body().size_hint().exact().unwrap_or_default();
        response.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(length));
        *response.body_mut() = Body::empty();
    }
    security_headers::add(state, &mut response);
    exchange.end_ready(state, route, &mut response);
    Some(response)
}

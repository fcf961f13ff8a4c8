//! Gives browsers without a visitor id a cookie with the first page that has a cart form.

use crate::http::{AppState, pages};
use axum::{
    extract::{Request, State},
    response::Response,
};
use http::{HeaderMap, HeaderName, HeaderValue, Method, header};

/// Added by content delivery networks to their requests (RFC 8586).
const CDN_LOOP: HeaderName = HeaderName::from_static("cdn-loop");
/// For a page with a visitor cookie: private to the browser, with revalidation.
const OWN: HeaderValue = HeaderValue::from_static("private, max-age=0");

/// A page with a cart form. Without scripts, two forms may be sent before the first response arrives; without the
/// cookie each would get a new cart.
pub async fn visit(State(state): State<AppState>, request: Request) -> Response {
    let is_newcomer = is_newcomer(&state, request.method(), request.headers());
    let mut response = pages::page(State(state.clone()), request).await;
    if is_newcomer && response.status().is_success() {
        state.cookies.offer_visitor(&mut response);
    }
    response
}

/// Adds the visitor cookie to a cached page, and makes the response private.
pub fn welcome(state: &AppState, response: &mut Response) {
    state.cookies.offer_visitor(response);
    response.headers_mut().insert(header::CACHE_CONTROL, OWN);
}

/// Whether the client is a browser without a visitor cookie. A shared cache (RFC 8586, RFC 9110 section 7.6.3)
/// requests for many browsers: its response is cached, so it gets no cookie, and its guests get theirs with the first
/// item.
pub fn is_newcomer(state: &AppState, method: &Method, headers: &HeaderMap) -> bool {
    let is_shared = headers.contains_key(CDN_LOOP) || headers.contains_key(header::VIA);
    *method == Method::GET && !is_shared && state.cookies.visitor(headers).is_none()
}

//! Browsers without a cart are given its name with the first page that has a form to fill it.

use crate::http::{AppState, pages};
use axum::{
    extract::{Request, State},
    response::Response,
};
use http::{HeaderMap, HeaderName, HeaderValue, Method, header};

/// Added by content delivery networks to what they ask for (RFC 8586).
const CDN_LOOP: HeaderName = HeaderName::from_static("cdn-loop");
/// For a page that names a cart: the browser may keep it, and asks whether it is still right.
const OWN: HeaderValue = HeaderValue::from_static("private, max-age=0");

/// Answers a page that has such a form. Without scripts two of its forms may be sent before the first answer is there; each
/// would be given a cart of its own.
pub async fn visit(State(state): State<AppState>, request: Request) -> Response {
    let is_newcomer = is_newcomer(&state, request.method(), request.headers());
    let mut response = pages::visit(State(state.clone()), request).await;
    if is_newcomer && response.status().is_success() {
        state.cookies.offer_visitor(&mut response);
    }
    response
}

/// Makes the answer with a page for all guests that of one who is new here: with a cart, and for no cache to share.
pub fn welcome(state: &AppState, response: &mut Response) {
    state.cookies.offer_visitor(response);
    response.headers_mut().insert(header::CACHE_CONTROL, OWN);
}

/// Whether a browser asks for itself, and has no cart yet. A shared cache (RFC 8586, RFC 9110 section 7.6.3) asks for many
/// browsers: its answer is kept, so it names no cart, and its guests get theirs with their first dish.
pub fn is_newcomer(state: &AppState, method: &Method, headers: &HeaderMap) -> bool {
    let is_shared = headers.contains_key(CDN_LOOP) || headers.contains_key(header::VIA);
    *method == Method::GET && !is_shared && state.cookies.visitor(headers).is_none()
}

//! Request id, log line, counter and duration of each request; no personal data.

use crate::http::AppState;
use axum::{
    extract::{MatchedPath, Request, State},
    middleware::Next,
    response::Response,
};
use http::{HeaderName, HeaderValue, Method};
use std::time::Instant;
use tracing::Instrument;
use uuid::Uuid;

/// Identifies a request in logs of all systems that it passes.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Assigns the id, measures and counts a request.
pub async fn trace_request(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let id = request_id(&request);
    let route = request.extensions().get::<MatchedPath>().map_or("other", MatchedPath::as_str).to_owned();
    let method = known_method(request.method());
    let begun = Instant::now();
    let id_header = HeaderValue::from_str(&id).unwrap_or(HeaderValue::from_static("unnamed"));
    request.headers_mut().insert(REQUEST_ID, id_header.clone());
    let span = tracing::info_span!(
        "request",
        request.id = id,
        http.route = route,
        http.method = method,
        toast.region = state.names.region,
        toast.node = state.names.node
    );
    let mut response = next.run(request).instrument(span.clone()).await;
    let (status, elapsed) = (response.status(), begun.elapsed());
    let labels = [("route", route), ("method", method.to_owned()), ("status", status.as_u16().to_string())];
    metrics::counter!("toast_requests_total", &labels).increment(1);
    metrics::histogram!("toast_request_seconds", &labels).record(elapsed.as_secs_f64());
    span.in_scope(|| {
        let milliseconds = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
        if status.is_server_error() {
            tracing::warn!(http.status = status.as_u16(), duration_ms = milliseconds, "request completed");
        } else {
            tracing::debug!(http.status = status.as_u16(), duration_ms = milliseconds, "request completed");
        }
    });
    response.headers_mut().insert(REQUEST_ID, id_header);
    response.headers_mut().insert(HeaderName::from_static("x-toast-region"), state.region.clone());
    response.headers_mut().insert(HeaderName::from_static("x-toast-node"), state.node.clone());
    response
}

/// A closed set of methods: each label value is a time series of its own, and clients may invent methods.
fn known_method(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        Method::PATCH => "PATCH",
        _ => "other",
    }
}

/// The load balancer's id when it is well-formed, else a new one, so that clients cannot write to logs.
fn request_id(request: &Request) -> String {
    let sent = request.headers().get(REQUEST_ID).and_then(|value| value.to_str().ok());
    let plain = |id: &&str| (8..=64).contains(&id.len()) && id.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    sent.filter(plain).map_or_else(|| Uuid::new_v4().simple().to_string(), str::to_owned)
}

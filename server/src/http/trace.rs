//! Request id, log line, counter and duration of each request; no personal data.

use crate::http::AppState;
use axum::{
    extract::{MatchedPath, Request, State},
    middleware::Next,
    response::Response,
};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use std::time::Instant;
use tracing::{Instrument, Level, Span};
use uuid::Uuid;

/// Identifies a request in logs of all systems that it passes.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const REGION: HeaderName = HeaderName::from_static("x-toast-region");
const NODE: HeaderName = HeaderName::from_static("x-toast-node");

/// A request that is being answered.
pub struct Exchange {
    id: HeaderValue,
    method: &'static str,
    begun: Instant,
}

/// Assigns the id, measures and counts a request.
pub async fn trace_request(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let matched = request.extensions().get::<MatchedPath>().cloned();
    let route = matched.as_ref().map_or("other", MatchedPath::as_str);
    let exchange = Exchange::begin(request.method(), request.headers());
    request.headers_mut().insert(REQUEST_ID, exchange.id.clone());
    let span = exchange.span(&state, route);
    let mut response = next.run(request).instrument(span.clone()).await;
    span.in_scope(|| exchange.end(&state, route, &mut response));
    response
}

impl Exchange {
    /// Begins to measure a request.
    pub fn begin(method: &Method, headers: &HeaderMap) -> Self {
        Self { id: request_id(headers), method: known_method(method), begun: Instant::now() }
    }

    /// Ends a request for which no span was needed so far.
    pub fn end_ready(&self, state: &AppState, route: &str, response: &mut Response) {
        let span = if tracing::enabled!(Level::DEBUG) { self.span(state, route) } else { Span::none() };
        span.in_scope(|| self.end(state, route, response));
    }

    fn span(&self, state: &AppState, route: &str) -> Span {
        tracing::info_span!(
            "request",
            request.id = self.id.to_str().unwrap_or_default(),
            http.route = route,
            http.method = self.method,
            toast.region = state.names.region,
            toast.node = state.names.node
        )
    }

    /// Counts and logs the request, and names it in the response.
    fn end(&self, state: &AppState, route: &str, response: &mut Response) {
        let (status, elapsed) = (response.status(), self.begun.elapsed());
        state.meters.count(route, self.method, status, elapsed);
        let milliseconds = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
        if status.is_server_error() {
            tracing::warn!(http.status = status.as_u16(), duration_ms = milliseconds, "request completed");
        } else {
            tracing::debug!(http.status = status.as_u16(), duration_ms = milliseconds, "request completed");
        }
        let headers = response.headers_mut();
        headers.insert(REQUEST_ID, self.id.clone());
        headers.insert(REGION, state.region.clone());
        headers.insert(NODE, state.node.clone());
    }
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
fn request_id(headers: &HeaderMap) -> HeaderValue {
    let is_plain = |id: &[u8]| {
        (8..=64).contains(&id.len()) && id.iter().all(|letter| letter.is_ascii_alphanumeric() || *letter == b'-')
    };
    let sent = headers.get(REQUEST_ID).filter(|id| is_plain(id.as_bytes()));
    sent.cloned().unwrap_or_else(|| {
        let new = HeaderValue::from_str(Uuid::new_v4().simple().encode_lower(&mut Uuid::encode_buffer()));
        new.unwrap_or(HeaderValue::from_static("unnamed"))
    })
}

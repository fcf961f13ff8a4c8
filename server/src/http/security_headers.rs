//! Security headers, and the check against cross-site request forgery.

use crate::http::AppState;
use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use http::{HeaderMap, HeaderName, HeaderValue, Method, header};

/// Adds the headers to every response.
pub async fn set_security_headers(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    add(&state, &mut response);
    response
}

/// Adds the headers that a response does not have yet.
pub fn add(state: &AppState, response: &mut Response) {
    let headers = response.headers_mut();
    for (name, value) in &state.security_headers {
        headers.entry(name).or_insert_with(|| value.clone());
    }
}

/// Rejects changes that another site's page makes with the user's cookies (ASVS 3.5.1–3.5.3).
///
/// Browsers send the initiator in `Sec-Fetch-Site`, older ones in `Origin`; clients that send neither have no
/// cookies. The API uses no cookies and is exempt.
pub async fn csrf_guard(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let changes = !matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if changes && !request.uri().path().starts_with("/api/") && is_foreign(request.headers(), state.origin.as_deref()) {
        return crate::http::errors::error_response(&app::domain::error::AppError::Forbidden);
    }
    next.run(request).await
}

fn is_foreign(headers: &HeaderMap, origin: Option<&str>) -> bool {
    let text = |name: &HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    match text(&HeaderName::from_static("sec-fetch-site")) {
        Some("same-origin" | "none") => false,
        Some(_) => true,
        None => match text(&header::ORIGIN) {
            None => false,
            Some(sent) => {
                let own = origin.is_some_and(|own| own == sent);
                let host = text(&header::HOST).unwrap_or_default();
                let same_host = sent.split_once("://").is_some_and(|(_, rest)| rest == host);
                !(own || (origin.is_none() && same_host))
            }
        },
    }
}

/// The headers of every response, with or without a CDN and TLS.
pub fn security_headers(asset_base: &str, secure: bool) -> Vec<(HeaderName, HeaderValue)> {
    let assets = if asset_base.is_empty() { "'self'".to_owned() } else { format!("'self' {asset_base}") };
    let policy = format!(
        "default-src 'none'; script-src {assets} 'wasm-unsafe-eval'; style-src {assets}; img-src {assets} data:; \
         connect-src {assets}; font-src 'none'; manifest-src 'self'; object-src 'none'; base-uri 'none'; \
         frame-ancestors 'none'; form-action 'self'"
    );
    let mut security_headers = vec![
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
        (header::X_FRAME_OPTIONS, "DENY".to_owned()),
        (header::REFERRER_POLICY, "same-origin".to_owned()),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin".to_owned()),
        (HeaderName::from_static("permissions-policy"), "geolocation=(self), camera=(), microphone=()".to_owned()),
    ];
    if secure {
        security_headers.push((header::STRICT_TRANSPORT_SECURITY, "max-age=63072000; includeSubDomains".to_owned()));
    }
    security_headers.into_iter().filter_map(|(name, value)| Some((name, HeaderValue::from_str(&value).ok()?))).collect()
}

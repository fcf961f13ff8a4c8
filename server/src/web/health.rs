//! What balancers and operators ask.

use crate::web::Web;
use axum::{
    Router,
    extract::State,
    response::{IntoResponse, Response},
    routing::get,
};
use http::{HeaderValue, StatusCode, header};
use metrics_exporter_prometheus::PrometheusHandle;

/// The process runs.
pub async fn live() -> &'static str {
    "live\n"
}

/// Requests may come: the database answers, and the server is not draining. A dead worker of a cluster does not matter
/// here: its restaurants answer 503, everyone else is served.
pub async fn ready(State(web): State<Web>) -> Response {
    let (status, text) = if web.is_closing() {
        (StatusCode::SERVICE_UNAVAILABLE, "draining\n")
    } else if web.toast.store.ping().await.is_err() {
        (StatusCode::SERVICE_UNAVAILABLE, "database away\n")
    } else {
        (StatusCode::OK, "ready\n")
    };
    let mut response = (status, text).into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// The metrics, for a listener of their own.
pub fn metrics(handle: PrometheusHandle) -> Router {
    Router::new().route("/metrics", get(move || std::future::ready(handle.render())))
}

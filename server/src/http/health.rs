//! Liveness, readiness, metrics and database state.

use crate::{
    context::AppContext,
    db::ShardLocation,
    http::{AppState, errors},
    restaurants::locate,
};
use axum::{
    Json, Router,
    extract::{Query, State},
    response::{IntoResponse, Response},
    routing::get,
};
use http::{HeaderValue, StatusCode, header};
use metrics_exporter_prometheus::PrometheusHandle;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Timeouts of the readiness check for primary and replica. Load balancers wait one second for both; after that they
/// would remove a server that can still show menus.
const PRIMARY_TIMEOUT: Duration = Duration::from_millis(500);
const REPLICA_TIMEOUT: Duration = Duration::from_millis(350);

/// Responds as long as the process runs.
pub async fn live() -> &'static str {
    "live\n"
}

/// Ready: the database responds and has this version's schema, and the server is not draining. A dead worker of a
/// cluster does not matter here: only its restaurants get 503.
///
/// Without the primary but with the replica the body is `read-only`: the server can show menus and take no orders.
pub async fn ready(State(state): State<AppState>) -> Response {
    let (status, text) =
        if state.is_closing() { (StatusCode::SERVICE_UNAVAILABLE, "draining\n") } else { check_database(&state).await };
    let mut response = (status, text).into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

async fn check_database(state: &AppState) -> (StatusCode, &'static str) {
    let store = &state.context.store;
    let (seen, text) = match store.schema(PRIMARY_TIMEOUT).await {
        Ok(seen) => (Ok(seen), "ready\n"),
        Err(_) => (store.schema_of_standby(REPLICA_TIMEOUT).await, "read-only\n"),
    };
    match seen {
        Ok(schema) if schema.is_current() => (StatusCode::OK, text),
        Ok(_) => (StatusCode::SERVICE_UNAVAILABLE, "schema behind: run `toast migrate`\n"),
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "database unavailable\n"),
    }
}

/// Endpoints for operators on a separate listener: metrics, circuit breakers, and the node of a restaurant.
pub fn operators(handle: PrometheusHandle, context: AppContext) -> Router {
    Router::new()
        .route("/circuits", get(circuits))
        .route("/placement", get(placement))
        .route("/metrics", get(move |state| std::future::ready(metrics(&handle, &state))))
        .with_state(context)
}

fn metrics(handle: &PrometheusHandle, State(context): &State<AppContext>) -> String {
    context.store.publish_nodes();
    handle.render()
}

async fn circuits(State(context): State<AppContext>) -> Response {
    Json(context.store.node_states()).into_response()
}

#[derive(Debug, Deserialize)]
struct PlacementQuery {
    restaurant: String,
}

/// The location of a restaurant's rows.
#[derive(Debug, Serialize)]
struct Placement {
    restaurant: String,
    #[serde(flatten)]
    location: ShardLocation,
}

async fn placement(State(context): State<AppContext>, Query(query): Query<PlacementQuery>) -> Response {
    match locate(&context, &query.restaurant).await {
        Ok(location) => Json(Placement { restaurant: query.restaurant, location }).into_response(),
        Err(error) => errors::error_response(&error.into()),
    }
}

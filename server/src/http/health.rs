//! What balancers and operators ask.

use crate::{
    context::AppContext,
    db::nodes::Place,
    http::{AppState, errors},
    restaurants::place_of,
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

/// How long the leader may take to answer a balancer's question, and then the standby. Balancers wait a second for both:
/// one that gave up would know nothing, and take the server for dead that could show menus.
const LEADER: Duration = Duration::from_millis(500);
const STANDBY: Duration = Duration::from_millis(350);

/// The process runs.
pub async fn live() -> &'static str {
    "live\n"
}

/// Requests may come: the database answers and has this version's schema, and the server is not draining. A dead worker of a
/// cluster does not matter here: its restaurants answer 503, everyone else is served.
///
/// Without its leader, but with the standby, a server says `reading`: it can show menus, which is better than nothing, and
/// worse than a server that sees the leader.
pub async fn ready(State(state): State<AppState>) -> Response {
    let (status, text) =
        if state.is_closing() { (StatusCode::SERVICE_UNAVAILABLE, "draining\n") } else { looked(&state).await };
    let mut response = (status, text).into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

async fn looked(state: &AppState) -> (StatusCode, &'static str) {
    let store = &state.context.store;
    let (seen, text) = match store.schema(LEADER).await {
        Ok(seen) => (Ok(seen), "ready\n"),
        Err(_) => (store.schema_of_standby(STANDBY).await, "reading\n"),
    };
    match seen {
        Ok(schema) if schema.is_current() => (StatusCode::OK, text),
        Ok(_) => (StatusCode::SERVICE_UNAVAILABLE, "schema behind: run `toast migrate`\n"),
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "database away\n"),
    }
}

/// What operators ask, for a listener of its own: metrics, the database's nodes, and which of them holds a restaurant.
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

/// A restaurant by its slug.
#[derive(Debug, Deserialize)]
struct Wanted {
    restaurant: String,
}

/// Where a restaurant is.
#[derive(Debug, Serialize)]
struct Placement {
    restaurant: String,
    #[serde(flatten)]
    place: Place,
}

async fn placement(State(context): State<AppContext>, Query(wanted): Query<Wanted>) -> Response {
    match place_of(&context, &wanted.restaurant).await {
        Ok(place) => Json(Placement { restaurant: wanted.restaurant, place }).into_response(),
        Err(error) => errors::refuse(&error.into()),
    }
}

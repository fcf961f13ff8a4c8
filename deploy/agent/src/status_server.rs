//! The agent's HTTP server: its own state and that of the installation, as JSON and as a page.

use crate::{
    bundle::Bundle,
    error::AgentError,
    mesh::Mesh,
    state::{self, InstallationState, SharedState},
};
use axum::{
    Json, Router,
    extract::State,
    response::{Html, IntoResponse, Response},
    routing::get,
};
use http::StatusCode;
use minijinja::context;
use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
};
use tokio::{net::TcpListener, sync::watch};

struct Server {
    own: SharedState,
    mesh: watch::Receiver<Mesh>,
    bundle: Bundle,
    client: reqwest::Client,
}

/// Serves on the mesh address and on loopback until the process ends.
pub async fn serve(address: Ipv4Addr, own: SharedState, mesh: watch::Receiver<Mesh>) -> Result<(), AgentError> {
    let server = Server { own, mesh, bundle: Bundle::current()?, client: state::client()? };
    let router = Router::new()
        .route("/state", get(async |State(server): State<Arc<Server>>| Json(server.own.snapshot())))
        .route("/installation", get(async |State(server): State<Arc<Server>>| Json(gather(&server).await)))
        .route("/", get(page))
        .with_state(Arc::new(server));
    let (local, in_mesh) = (bind(Ipv4Addr::LOCALHOST).await?, bind(address).await?);
    let (local, in_mesh) = tokio::join!(axum::serve(local, router.clone()), axum::serve(in_mesh, router));
    local.and(in_mesh).map_err(|error| AgentError::invalid("status server", error))
}

async fn bind(address: Ipv4Addr) -> Result<TcpListener, AgentError> {
    let address = SocketAddr::from((address, 9300));
    TcpListener::bind(address).await.map_err(|error| AgentError::invalid(address, error))
}

async fn gather(server: &Server) -> InstallationState {
    let mesh = server.mesh.borrow().clone();
    state::gather(&server.client, &server.bundle.inventory, &mesh, server.own.snapshot()).await
}

async fn page(State(server): State<Arc<Server>>) -> Response {
    let values = context! { installation => gather(&server).await };
    match server.bundle.templates.render_with("agent/status.html.j2", values) {
        Ok(text) => Html(text).into_response(),
        Err(error) => (StatusCode::SERVICE_UNAVAILABLE, error.to_string()).into_response(),
    }
}

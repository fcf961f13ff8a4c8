//! What the agent answers on its port: its own state, and on an operator's node all of them, as JSON and as a page.

use crate::{
    bundle::{Bundle, current},
    error::Trouble,
    inventory::Inventory,
    mesh::Mesh,
    state::{self, Shared, WorldState},
    templates::Templates,
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

struct Desk {
    own: Shared,
    mesh: watch::Receiver<Mesh>,
    inventory: Inventory,
    templates: Templates,
    client: reqwest::Client,
}

/// Serves on the mesh address and on loopback until the process ends.
pub async fn serve(address: Ipv4Addr, own: Shared, mesh: watch::Receiver<Mesh>) -> Result<(), Trouble> {
    let bundle = Bundle::read(&current())?;
    let desk = Desk { own, mesh, inventory: bundle.inventory, templates: bundle.templates, client: state::client()? };
    let router = Router::new()
        .route("/state", get(async |State(desk): State<Arc<Desk>>| Json(desk.own.now())))
        .route("/world", get(world))
        .route("/", get(page))
        .with_state(Arc::new(desk));
    let at_home = bind(Ipv4Addr::LOCALHOST).await?;
    let in_mesh = bind(address).await?;
    let (home, mesh) = tokio::join!(axum::serve(at_home, router.clone()), axum::serve(in_mesh, router));
    home.and(mesh).map_err(|error| Trouble::Waiting(error.to_string()))
}

async fn bind(address: Ipv4Addr) -> Result<TcpListener, Trouble> {
    let address = SocketAddr::from((address, 9300));
    TcpListener::bind(address).await.map_err(|error| Trouble::Waiting(format!("{address}: {error}")))
}

async fn gathered(desk: &Desk) -> WorldState {
    let mesh = desk.mesh.borrow().clone();
    state::gather(&desk.client, &desk.inventory, &mesh, desk.own.now()).await
}

async fn world(State(desk): State<Arc<Desk>>) -> Json<WorldState> {
    Json(gathered(&desk).await)
}

async fn page(State(desk): State<Arc<Desk>>) -> Response {
    match desk.templates.page("agent/world.html.j2", context! { world => gathered(&desk).await }) {
        Ok(text) => Html(text).into_response(),
        Err(trouble) => (StatusCode::SERVICE_UNAVAILABLE, trouble.to_string()).into_response(),
    }
}

//! A machine that leaves: it takes no more load, finishes what is open, and is gone from the mesh.

use crate::{engines, error::Trouble, identity::Identity, mesh, supervisor::Act};

/// The door by which the operator who says this may have come; it closes with the mesh.
const DOOR: &str = "toast-ssh";

/// Stops everything in the order in which nobody notices, then leaves the mesh for good.
pub async fn leave(identity: &Identity) -> Result<(), Trouble> {
    let supervisor = identity.supervisor;
    // First the agent: it would start again what is stopped.
    supervisor.act(Act::Stop, "toast-agent").await?;
    let services: Vec<_> = engines::of_node(identity).map(|engine| engine.service).collect();
    // A server says that it is not ready, waits until the ingresses have heard it, and ends what is open.
    for service in services.into_iter().rev().filter(|service| *service != DOOR) {
        supervisor.act(Act::Stop, service).await?;
        tracing::info!(service, "has ended");
    }
    if identity.in_mesh() {
        mesh::leave().await?;
    }
    Ok(())
}

//! Decommissioning of a machine: drains and stops its services, then leaves the mesh.

use crate::{
    error::AgentError,
    mesh,
    node_config::NodeConfig,
    services,
    supervisor::{self, Action},
};

/// Carries the session of the operator who decommissions the machine; leaving the mesh closes it.
const SSH: &str = "toast-ssh";

/// Stops the services in an order that loses no request, then leaves the mesh permanently.
pub async fn leave(node: &NodeConfig) -> Result<(), AgentError> {
    // The agent first: it would start stopped services again.
    supervisor::act(Action::Stop, "toast-agent").await?;
    let services: Vec<_> = services::of_node(node).map(|service| service.name).collect();
    // A server drains: it fails its readiness check, waits until the ingresses have noticed, and finishes open requests.
    for service in services.into_iter().rev().filter(|service| *service != SSH) {
        supervisor::act(Action::Stop, service).await?;
        tracing::info!(service, "service stopped");
    }
    if node.in_mesh() { mesh::leave().await } else { Ok(()) }
}

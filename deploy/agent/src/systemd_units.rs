//! The systemd units of this node's services, and the system user of the server.

use crate::{bundle::Bundle, error::AgentError, exec, files, inventory::Role, node_config::NodeConfig, services};
use std::{path::Path, time::Duration};

const LIMIT: Duration = Duration::from_secs(20);

/// The units of a node: the agent and the mesh, then its services.
pub fn names(node: &NodeConfig) -> Vec<&'static str> {
    let mut names = vec!["toast-agent"];
    if node.in_mesh() {
        names.push("toast-mesh");
    }
    if node.is(Role::Control) {
        names.push("toast-relay");
    }
    names.extend(services::of_node(node).map(|service| service.name));
    names
}

pub async fn write(directory: &Path, bundle: &Bundle) -> Result<(), AgentError> {
    for name in names(&bundle.node) {
        let text = bundle.render_static(&format!("systemd/{name}.service.j2"))?;
        files::replace(&directory.join(format!("{name}.service")), &text, 0o644, None)?;
    }
    if bundle.node.is(Role::App) { ensure_user("toast").await } else { Ok(()) }
}

async fn ensure_user(name: &str) -> Result<(), AgentError> {
    if exec::run("id", &[name], LIMIT).await.is_ok() {
        return Ok(());
    }
    let arguments = ["--system", "--no-create-home", "--user-group", "--shell", "/usr/sbin/nologin", name];
    exec::run("/usr/sbin/useradd", &arguments, LIMIT).await.map(drop)
}

//! The unit files of this node's services, and the system users that they run as.

use crate::{
    engines,
    error::Trouble,
    files,
    identity::Identity,
    inventory::Role,
    program,
    templates::{Scene, Templates},
};
use std::{path::Path, time::Duration};

/// The services of a node, the mesh and the agent first.
pub fn services(identity: &Identity) -> Vec<&'static str> {
    let mut services = vec!["toast-agent"];
    if identity.in_mesh() {
        services.push("toast-mesh");
    }
    if identity.is(Role::Control) {
        services.push("toast-relay");
    }
    services.extend(engines::of_node(identity).map(|engine| engine.service));
    services
}

/// Writes the unit files into a folder.
pub async fn write(folder: &Path, templates: &Templates, scene: &Scene<'_>) -> Result<(), Trouble> {
    for service in services(scene.identity) {
        let text = templates.render(&format!("systemd/{service}.service.j2"), scene)?;
        files::replace(&folder.join(format!("{service}.service")), &text, 0o644, None)?;
    }
    if scene.identity.is(Role::App) {
        ensure_user("toast").await?;
    }
    Ok(())
}

async fn ensure_user(name: &str) -> Result<(), Trouble> {
    let quick = Duration::from_secs(20);
    if program::run("id", &[name], quick).await.is_ok() {
        return Ok(());
    }
    let arguments = ["--system", "--no-create-home", "--user-group", "--shell", "/usr/sbin/nologin", name];
    program::run("/usr/sbin/useradd", &arguments, quick).await.map(drop)
}

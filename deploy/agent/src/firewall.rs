//! The firewall: what is not in the port table is dropped, and mesh addresses never leave outside the mesh.

use crate::{bundle::Bundle, engines::RENDERED, error::Trouble, files, mesh::Mesh, program};
use std::{path::Path, time::Duration};

/// Loads the rules when they are not what they should be; runs before the mesh does.
pub async fn keep(bundle: &Bundle, closely: bool) -> Result<(), Trouble> {
    let nothing = Mesh::default();
    let text = bundle.templates.render("nftables/node.nft.j2", &bundle.scene(&nothing, &[]))?;
    let path = Path::new(RENDERED).join("node.nft");
    let same = files::holds(&path, &text);
    if same && (!closely || are_loaded().await) {
        return Ok(());
    }
    let quick = Duration::from_secs(10);
    let candidate = path.with_extension("candidate");
    files::replace(&candidate, &text, 0o640, None)?;
    program::run("nft", &["--check", "--file", &candidate.display().to_string()], quick).await?;
    drop(std::fs::remove_file(&candidate));
    files::replace(&path, &text, 0o640, None)?;
    program::run("nft", &["--file", &path.display().to_string()], quick).await.map(drop)
}

async fn are_loaded() -> bool {
    let quick = Duration::from_secs(10);
    program::run("nft", &["list", "table", "inet", "toast"], quick).await.is_ok()
        && program::run("nft", &["list", "table", "inet", "toastguard"], quick).await.is_ok()
}

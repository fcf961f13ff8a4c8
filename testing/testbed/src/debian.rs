//! Bare Debian, as a machine has it before anything of the installation is on it.

use crate::{
    error::WorldError,
    program::{program, run},
};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// What makes an image.
const SCRIPT: &str = include_str!("debian.sh");
/// What makes a machine a node.
pub const BOOTSTRAP: &str = include_str!("../../../deploy/bootstrap.sh");

/// A bare Debian with the packages of a role and nothing else: made in a folder the first time, which takes a minute
/// and needs `debootstrap`.
pub fn image(folder: &Path, role: &str, sharded: bool) -> Result<PathBuf, WorldError> {
    fs::create_dir_all(folder).map_err(WorldError::file(folder))?;
    let folder = folder.canonicalize().map_err(WorldError::file(folder))?;
    let image = folder.join(format!("debian-{role}"));
    if image.exists() {
        return Ok(image);
    }
    let bootstrap = folder.join("bootstrap.sh");
    fs::write(&bootstrap, BOOTSTRAP).map_err(WorldError::file(&bootstrap))?;
    let mut command = program("sh", ["-c", SCRIPT, "debian.sh"]);
    command.arg(&folder).arg(role).arg(&bootstrap);
    if !sharded {
        command.arg("--plain");
    }
    run(&mut command)?;
    Ok(image)
}

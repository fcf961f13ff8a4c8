//! How the host shares its processors while a world runs: by process, not by session.
//!
//! Some kernels give every session the same share. A world has a session for each node, so that whatever else runs on the
//! host, guests and their browsers among it, would get what a single node gets.

use crate::{error::WorldError, place};
use std::{fs, path::Path};

const BY_SESSION: &str = "/proc/sys/kernel/sched_autogroup_enabled";

/// Has processors shared by process until [`give_back`].
pub fn share() -> Result<(), WorldError> {
    let setting = Path::new(BY_SESSION);
    if fs::read_to_string(setting).is_ok_and(|text| text.trim() == "1") {
        let kept = place::shared_by_session();
        fs::create_dir_all(place::RUN).map_err(WorldError::file(Path::new(place::RUN)))?;
        fs::write(&kept, "").map_err(WorldError::file(&kept))?;
        fs::write(setting, "0").map_err(WorldError::file(setting))?;
    }
    Ok(())
}

/// Has them shared as they were.
pub fn give_back() -> Result<(), WorldError> {
    let setting = Path::new(BY_SESSION);
    if place::shared_by_session().exists() {
        fs::write(setting, "1").map_err(WorldError::file(setting))
    } else {
        Ok(())
    }
}

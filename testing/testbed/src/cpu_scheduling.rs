//! Switches autogroup scheduling of the host off while a testbed runs.
//!
//! With autogroups every session gets the same share of the processors. A testbed has a session for each node, so load
//! generators and browsers on the host would get as little as a single node.

use crate::{error::TestbedError, files, paths};
use std::{fs, path::Path};

const AUTOGROUP: &str = "/proc/sys/kernel/sched_autogroup_enabled";

/// Switches autogroups off until [`restore`].
pub fn disable_autogroup() -> Result<(), TestbedError> {
    let setting = Path::new(AUTOGROUP);
    if fs::read_to_string(setting).is_ok_and(|text| text.trim() == "1") {
        files::create_dir(Path::new(paths::RUN))?;
        files::write(&paths::autogroup_marker(), "", 0o644)?;
        fs::write(setting, "0").map_err(TestbedError::file(setting))?;
    }
    Ok(())
}

/// Switches autogroups on again if they were on before.
pub fn restore() -> Result<(), TestbedError> {
    let setting = Path::new(AUTOGROUP);
    if paths::autogroup_marker().exists() {
        fs::write(setting, "1").map_err(TestbedError::file(setting))
    } else {
        Ok(())
    }
}

//! A cgroup v2 subtree for each node, which systemd in the node needs for itself.

use crate::{error::TestbedError, files, wait::until};
use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

const REMOVAL_TIMEOUT: Duration = Duration::from_secs(10);

/// The cgroup v2 mount of the host: `/sys/fs/cgroup`, or a folder below it where controllers are still v1.
pub fn mount_point() -> Option<PathBuf> {
    let mounts = fs::read_to_string("/proc/self/mounts").ok()?;
    mounts.lines().find_map(|line| {
        let mut fields = line.split_whitespace().skip(1);
        let path = fields.next()?;
        (fields.next()? == "cgroup2").then(|| PathBuf::from(path))
    })
}

/// The parent of all nodes' cgroups, if the host has cgroup v2.
pub fn parent() -> Option<PathBuf> {
    mount_point().map(|mount| mount.join("toast-testbed"))
}

/// Creates the cgroup of a node, empty even after a crash, and returns its path.
pub fn create(node: &str) -> Result<PathBuf, TestbedError> {
    let parent = parent().ok_or_else(|| TestbedError::Preflight(vec![MISSING.to_owned()]))?;
    files::create_dir(&parent)?;
    // Without controllers systemd still tracks processes; limits such as MemoryMax= are then ignored.
    if let Ok(controllers) = fs::read_to_string(parent.join("cgroup.controllers")) {
        for controller in controllers.split_whitespace() {
            let _ = fs::write(parent.join("cgroup.subtree_control"), format!("+{controller}"));
        }
    }
    let path = parent.join(node);
    remove(&path)?;
    files::create_dir(&path)?;
    Ok(path)
}

pub const MISSING: &str = "cgroup v2 is not mounted: mount it, or give the container a writable /sys/fs/cgroup";

/// Removes a cgroup and those below it. The kernel needs a moment after the last process has ended.
pub fn remove(path: &Path) -> Result<(), TestbedError> {
    if !path.exists() {
        return Ok(());
    }
    until(&format!("removal of {}", path.display()), REMOVAL_TIMEOUT, || remove_tree(path).map(Some))
}

fn remove_tree(path: &Path) -> Result<(), TestbedError> {
    for entry in fs::read_dir(path).map_err(TestbedError::file(path))?.flatten() {
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            remove_tree(&entry.path())?;
        }
    }
    fs::remove_dir(path).map_err(TestbedError::file(path))
}

//! Releases: bundles of programs, templates and site that nodes run.

use crate::{
    error::TestbedError,
    exec::{command, run},
    files, paths,
};
use agent::inventory::Inventory;
use std::{
    fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
};

/// Copies a bundle to where nodes can use it, adds the inventory, and returns the name of the release.
pub fn stage(bundle: &Path, inventory: &Inventory) -> Result<String, TestbedError> {
    let releases = paths::releases();
    files::create_dir(&releases)?;
    let count = fs::read_dir(&releases).map_err(TestbedError::file(&releases))?.count();
    let name = format!("{}", count + 1);
    let target = releases.join(&name);
    // Links may lead out of the bundle, to files that nodes do not see.
    run(command("cp", ["-aL", "--reflink=auto"]).arg(bundle).arg(&target))?;
    write_inventory(&target, inventory)?;
    Ok(name)
}

/// Writes the inventory into all releases, where every agent reads it.
pub fn publish(inventory: &Inventory) -> Result<(), TestbedError> {
    let releases = paths::releases();
    let entries = fs::read_dir(&releases).map_err(TestbedError::file(&releases))?;
    entries.flatten().try_for_each(|entry| write_inventory(&entry.path(), inventory))
}

/// Switches a node to a release. Running processes keep the old one until they are restarted.
pub fn activate(node: &str, release: &str) -> Result<(), TestbedError> {
    let opt = paths::node(node).join("opt");
    let (new, current) = (opt.join("current.new"), opt.join("current"));
    symlink(paths::releases().join(release), &new).map_err(TestbedError::file(&new))?;
    fs::rename(&new, &current).map_err(TestbedError::file(&current))
}

/// The tar archive of a release, created on first use.
pub fn archive(release: &str) -> Result<PathBuf, TestbedError> {
    let path = paths::archive(release);
    if !path.exists() {
        let new = path.with_extension("new");
        let folder = paths::releases().join(release);
        run(command("tar", ["--create", "--file"]).arg(&new).arg("--directory").arg(folder).arg("."))?;
        fs::rename(&new, &path).map_err(TestbedError::file(&path))?;
    }
    Ok(path)
}

fn write_inventory(release: &Path, inventory: &Inventory) -> Result<(), TestbedError> {
    let text = toml::to_string(inventory).map_err(|error| TestbedError::Unsupported(error.to_string()))?;
    files::replace(&release.join("inventory.toml"), &text, 0o644)
}

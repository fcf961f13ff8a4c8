//! Writing files with a mode, atomically where a reader may be running.

use crate::error::TestbedError;
use std::{
    fs,
    io::Write as _,
    os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _},
    path::Path,
};

pub fn create_dir(path: &Path) -> Result<(), TestbedError> {
    fs::create_dir_all(path).map_err(TestbedError::file(path))
}

/// Writes a file with a mode that holds from its creation on, so that secrets are never readable by others.
pub fn write(path: &Path, text: &str, mode: u32) -> Result<(), TestbedError> {
    let opened = fs::OpenOptions::new().create(true).write(true).truncate(true).mode(mode).open(path);
    let mut file = opened.map_err(TestbedError::file(path))?;
    file.write_all(text.as_bytes()).map_err(TestbedError::file(path))?;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).map_err(TestbedError::file(path))
}

/// Writes a file by rename: readers see the old content or the whole new one.
pub fn replace(path: &Path, text: &str, mode: u32) -> Result<(), TestbedError> {
    let new = path.with_extension("new");
    write(&new, text, mode)?;
    fs::rename(&new, path).map_err(TestbedError::file(path))
}

pub fn read(path: &Path) -> Result<String, TestbedError> {
    fs::read_to_string(path).map_err(TestbedError::file(path))
}

/// Copies a text file and sets the mode of the copy.
pub fn copy(from: &Path, to: &Path, mode: u32) -> Result<(), TestbedError> {
    write(to, &read(from)?, mode)
}

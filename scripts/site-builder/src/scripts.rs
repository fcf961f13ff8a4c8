//! Scripts: those of guests' pages in one file and one scope, all of them minified.

use crate::{bundle::run, error::SiteError};
use std::{
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
};

const MINIFY: [&str; 3] = ["--compress", "--mangle", "--ecma=2020"];

/// Writes the parts into one script; a site without parts has none.
pub fn write_guest(parts: &[PathBuf], to: &Path, optimize: bool) -> Result<(), SiteError> {
    if parts.is_empty() {
        return Ok(());
    }
    let parts = parts.iter().map(|part| fs::read_to_string(part).map_err(SiteError::file(part)));
    let script = parts.collect::<Result<String, _>>()?;
    fs::write(to, format!("(() => {{\n\"use strict\";\n{script}}})();\n")).map_err(SiteError::file(to))?;
    if optimize { minify(to) } else { Ok(()) }
}

/// Makes a script small.
pub fn minify(script: &Path) -> Result<(), SiteError> {
    run("terser", [&[script.as_ref(), "-o".as_ref(), script.as_ref()], MINIFY.map(OsStr::new).as_slice()])
}

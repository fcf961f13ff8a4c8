//! Puts a site together in a new folder and replaces the old one as the last step.

use crate::{bundle::Bundle, compress::compress_all, error::SiteError, scripts, stylesheet};
use std::{
    ffi::OsStr,
    fmt, fs, io,
    path::{Path, PathBuf},
    thread,
};

/// The parts of a site.
#[derive(Debug)]
pub struct Site<'a> {
    /// Files that are copied as they are, folders included.
    pub public: &'a Path,
    /// The stylesheet, `pkg/toast.css` in the site.
    pub stylesheet: &'a Path,
    /// Bundles of islands, below `pkg`.
    pub bundles: &'a [Bundle],
    /// Scripts of guests' pages, which become `pkg/guest.js` in this order.
    pub guest_scripts: &'a [PathBuf],
    /// Whether to make files small and to compress them, which takes half a minute.
    pub optimize: bool,
}

/// Counts for the log.
#[derive(Debug, PartialEq, Eq)]
pub struct Summary {
    /// Files without their compressed copies.
    pub files: usize,
    /// Those that have a compressed copy.
    pub compressed: usize,
}

impl Site<'_> {
    /// Builds the site. A failed or interrupted build leaves the old one as it was.
    pub fn build(&self, folder: &Path) -> Result<Summary, SiteError> {
        let mut new = folder.as_os_str().to_owned();
        new.push(".new");
        let new = Path::new(&new);
        remove(new)?;
        let package = new.join("pkg");
        create(&package)?;
        copy(self.public, new)?;
        for script in ["boot.js", "passkeys.js"].map(|name| new.join(name)) {
            if self.optimize && script.exists() {
                scripts::minify(&script)?;
            }
        }
        stylesheet::write(self.stylesheet, &package.join("toast.css"))?;
        scripts::write_guest(self.guest_scripts, &package.join("guest.js"), self.optimize)?;
        self.write_bundles(&package)?;
        let files = files_below(new)?;
        let count = files.len();
        let compressed = if self.optimize { compress_all(files)? } else { 0 };
        remove(folder)?;
        fs::rename(new, folder).map_err(SiteError::file(folder))?;
        Ok(Summary { files: count, compressed })
    }

    /// One thread for each: wasm-opt works on one processor for most of its time.
    fn write_bundles(&self, package: &Path) -> Result<(), SiteError> {
        thread::scope(|scope| {
            let workers: Vec<_> =
                self.bundles.iter().map(|bundle| scope.spawn(|| bundle.write(package, self.optimize))).collect();
            workers.into_iter().try_for_each(|worker| match worker.join() {
                Ok(written) => written,
                Err(panic) => std::panic::resume_unwind(panic),
            })
        })
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} files, {} of them compressed", self.files, self.compressed)
    }
}

fn create(folder: &Path) -> Result<(), SiteError> {
    fs::create_dir_all(folder).map_err(SiteError::file(folder))
}

fn remove(folder: &Path) -> Result<(), SiteError> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(SiteError::file(folder)(error)),
        _ => Ok(()),
    }
}

/// The copy is as old as the build and not as its source: the server ignores a compressed copy that is older than its file.
fn copy_file(from: &Path, to: &Path) -> Result<(), SiteError> {
    fs::copy(from, to).map(drop).map_err(SiteError::file(from))
}

fn copy(from: &Path, to: &Path) -> Result<(), SiteError> {
    for entry in entries(from)? {
        let target = to.join(entry.file_name().unwrap_or(OsStr::new("")));
        if entry.is_dir() {
            create(&target)?;
            copy(&entry, &target)?;
        } else {
            copy_file(&entry, &target)?;
        }
    }
    Ok(())
}

/// Every file with its size in bytes.
fn files_below(folder: &Path) -> Result<Vec<(u64, PathBuf)>, SiteError> {
    let mut found = Vec::new();
    for entry in entries(folder)? {
        if entry.is_dir() {
            found.extend(files_below(&entry)?);
        } else {
            let size = fs::metadata(&entry).map_err(SiteError::file(&entry))?.len();
            found.push((size, entry));
        }
    }
    Ok(found)
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>, SiteError> {
    let read = fs::read_dir(folder).map_err(SiteError::file(folder))?;
    read.map(|entry| entry.map(|entry| entry.path()).map_err(SiteError::file(folder))).collect()
}

//! Brotli copies of files, made once so that the server need not compress them at start.

use crate::error::SiteError;
use brotli::enc::BrotliEncoderParams;
use std::{
    fs,
    num::NonZero,
    path::{Path, PathBuf},
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};

/// Writes `FILE.br` for each file that becomes smaller, on all processors, largest files first. Returns how many became.
pub fn compress_all(mut files: Vec<(u64, PathBuf)>) -> Result<usize, SiteError> {
    files.sort_by(|one, other| other.cmp(one));
    let next = AtomicUsize::new(0);
    let work = || {
        let mut compressed = 0;
        while let Some((_, file)) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
            compressed += usize::from(compress(file)?);
        }
        Ok(compressed)
    };
    thread::scope(|scope| {
        let workers: Vec<_> =
            (0..thread::available_parallelism().map_or(1, NonZero::get)).map(|_| scope.spawn(work)).collect();
        workers.into_iter().try_fold(0, |total, worker| match worker.join() {
            Ok(compressed) => compressed.map(|count: usize| total + count),
            Err(panic) => std::panic::resume_unwind(panic),
        })
    })
}

fn compress(file: &Path) -> Result<bool, SiteError> {
    let content = fs::read(file).map_err(SiteError::file(file))?;
    let mut packed = Vec::new();
    // The default parameters are the smallest: quality 11, a window of 4 MB.
    brotli::BrotliCompress(&mut content.as_slice(), &mut packed, &BrotliEncoderParams::default())
        .map_err(SiteError::file(file))?;
    if packed.len() >= content.len() {
        return Ok(false);
    }
    let mut path = file.as_os_str().to_owned();
    path.push(".br");
    let path = PathBuf::from(path);
    fs::write(&path, packed).map_err(SiteError::file(&path))?;
    Ok(true)
}

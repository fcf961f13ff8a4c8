//! Errors of a site build, each with the file or program that caused it.

use std::{io, path::Path, process::ExitStatus};

/// A site could not be built.
#[derive(Debug, thiserror::Error)]
pub enum SiteError {
    /// A file could not be read or written.
    #[error("{path}: {cause}")]
    File {
        /// The file or folder.
        path: String,
        /// The system's error.
        cause: io::Error,
    },
    /// The module was not compiled for browsers, or for another version of wasm-bindgen.
    #[error("wasm-bindgen on {path}: {message}")]
    Bindgen {
        /// The compiled module.
        path: String,
        /// The error of the library with its causes.
        message: String,
    },
    /// The stylesheet is not valid CSS.
    #[error("stylesheet {path}: {message}")]
    Stylesheet {
        /// The file.
        path: String,
        /// The error of lightningcss.
        message: String,
    },
    /// A program of `end2end/node_modules` is missing.
    #[error("{program} could not be started: {cause}. Install it with: npm ci --prefix end2end")]
    Start {
        /// The program.
        program: &'static str,
        /// The system's error.
        cause: io::Error,
    },
    /// A program reported an error, which is in the log already.
    #[error("{program} failed with {status}")]
    Program {
        /// The program.
        program: &'static str,
        /// Its exit status.
        status: ExitStatus,
    },
}

impl SiteError {
    /// For `map_err` on an operation with a file.
    pub(crate) fn file(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.display().to_string();
        |cause| Self::File { path, cause }
    }
}

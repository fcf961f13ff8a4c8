//! Why the agent could not do something: one sentence that an operator can act on.

use crate::inventory::InventoryError;
use std::{io, path::Path};

/// Something that did not work this time; the next round tries again.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// The description of the installation is wrong.
    #[error(transparent)]
    Inventory(#[from] InventoryError),
    /// A file cannot be read or written.
    #[error("{path}: {error}")]
    File {
        /// Which file.
        path: String,
        /// What the system said.
        error: io::Error,
    },
    /// A file holds something else than it should.
    #[error("{path}: {why}")]
    Content {
        /// Which file.
        path: String,
        /// What is wrong with it.
        why: String,
    },
    /// A program did not start, failed or took too long.
    #[error("{program}: {why}")]
    Program {
        /// Which program.
        program: String,
        /// What it said.
        why: String,
    },
    /// A template cannot be rendered.
    #[error("template: {0:#}")]
    Template(#[from] minijinja::Error),
    /// A database did not do what was asked.
    #[error("database: {0}")]
    Database(#[from] sqlx::Error),
    /// Another node did not answer.
    #[error("{0}")]
    Http(#[from] reqwest::Error),
    /// Something that this node waits for is not there yet.
    #[error("waiting: {0}")]
    Waiting(String),
}

impl Trouble {
    /// Names the file that an error is about.
    pub fn file(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.display().to_string();
        move |error| Self::File { path, error }
    }
}

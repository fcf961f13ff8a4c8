//! JSON of files and of programs.

use crate::Error;
use serde::{Serialize, de::DeserializeOwned};
use std::{fmt::Display, fs, path::Path};

/// Reads what a program printed; `source` is its name in the error.
pub fn parse<T: DeserializeOwned>(source: impl Display, text: &str) -> Result<T, Error> {
    serde_json::from_str(text).map_err(|error| Error::failed(source, error))
}

pub fn read<T: DeserializeOwned>(path: &Path) -> Result<T, Error> {
    parse(path.display(), &fs::read_to_string(path).map_err(Error::io(path.display()))?)
}

pub fn write<T: Serialize>(path: &Path, value: &T) -> Result<(), Error> {
    let text = serde_json::to_vec_pretty(value).map_err(|error| Error::failed(path.display(), error))?;
    fs::write(path, text).map_err(Error::io(path.display()))
}

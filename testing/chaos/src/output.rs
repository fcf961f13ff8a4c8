//! Standard output and JSON files.

use serde::{Serialize, de::DeserializeOwned};
use std::{fs, io::Write, path::Path};
use support::Error;

pub fn print(line: &str) -> Result<(), Error> {
    writeln!(std::io::stdout(), "{line}").map_err(Error::io("standard output"))
}

pub fn print_json<T: Serialize>(value: &T) -> Result<(), Error> {
    print(&serde_json::to_string(value).map_err(|error| Error::failed("standard output", error))?)
}

pub fn read_json<T: DeserializeOwned>(path: &Path) -> Result<T, Error> {
    let text = fs::read(path).map_err(Error::io(path.display()))?;
    serde_json::from_slice(&text).map_err(|error| Error::failed(path.display(), error))
}

pub fn write_json<T: Serialize>(path: &Path, value: &T) -> Result<(), Error> {
    let text = serde_json::to_vec_pretty(value).map_err(|error| Error::failed(path.display(), error))?;
    fs::write(path, text).map_err(Error::io(path.display()))
}

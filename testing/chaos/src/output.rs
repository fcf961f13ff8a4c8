//! Standard output.

use serde::Serialize;
use std::io::Write;
use support::Error;

pub fn print(line: &str) -> Result<(), Error> {
    writeln!(std::io::stdout(), "{line}").map_err(Error::io("standard output"))
}

pub fn print_json<T: Serialize>(value: &T) -> Result<(), Error> {
    print(&serde_json::to_string(value).map_err(|error| Error::failed("standard output", error))?)
}

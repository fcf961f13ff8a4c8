//! The command `security`: all network security and invariant checks of the running testbed.

use std::path::PathBuf;
use support::{
    Environment, Error,
    checks::{self, Finding},
};

/// Runs the checks whose names contain `only`; needs a blocking thread.
pub fn run(
    folder: PathBuf,
    bundle: PathBuf,
    only: &str,
    progress: &mut dyn FnMut(&Finding),
) -> Result<Vec<Finding>, Error> {
    let environment = Environment::open(folder, bundle)?;
    let all = [&network_security::CHECKS[..], &invariants::CHECKS[..]].concat();
    Ok(checks::run(&all, &environment, only, progress))
}

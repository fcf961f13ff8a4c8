//! SQL on one member of a database group, without a proxy.

use std::process::Command;
use support::{Error, process::require_success};
use testbed::Node;

/// Of the version that Patroni runs.
const PSQL: &str = "/usr/lib/postgresql/15/bin/psql";
const TIMEOUT_SECONDS: u8 = 15;

/// Executes statements one by one as the superuser; returns the rows without decoration.
pub(crate) fn query(member: &Node, statements: &[&str]) -> Result<String, Error> {
    execute(member, "toast", TIMEOUT_SECONDS, statements)
}

/// The same for any database and timeout.
pub(crate) fn execute(member: &Node, database: &str, seconds: u8, statements: &[&str]) -> Result<String, Error> {
    let output = command(member, database, seconds, statements)?.output().map_err(Error::io(PSQL))?;
    require_success(&format!("the database of {}", member.name), &output)?;
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// The `psql` command of [`execute`].
pub(crate) fn command(member: &Node, database: &str, seconds: u8, statements: &[&str]) -> Result<Command, Error> {
    let mut command = member.command("timeout")?;
    command.args([&seconds.to_string(), PSQL, "-h", "/run/toast/pg", "-U", "postgres", "-d", database]);
    command.args(["-v", "ON_ERROR_STOP=1", "-X", "-A", "-t", "-q"]);
    command.args(statements.iter().flat_map(|statement| ["-c", statement]));
    Ok(command)
}

//! Asking one member of a database group, past every proxy.

use crate::failure::Failure;
use std::process::Command;
use testbed::Node;

/// The program that brings the words; Patroni's configuration names the same folder.
const PSQL: &str = "/usr/lib/postgresql/15/bin/psql";
/// A member that does not answer within so many seconds is a finding, not something to wait for.
const PATIENCE: u8 = 15;

/// Has the superuser of a member say something; each statement on its own. Answers what came back, without decoration.
pub(super) fn ask(member: &Node, statements: &[&str]) -> Result<String, Failure> {
    let output = prepare(member, "toast", PATIENCE, statements)?.output().map_err(Failure::system(PSQL))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(Failure::wrong(format!("the database of {}", member.name), said.trim()))
}

/// The same in any of its databases, and not run yet. It is given up after so many seconds.
pub(super) fn prepare(member: &Node, database: &str, seconds: u8, statements: &[&str]) -> Result<Command, Failure> {
    let mut command = member.command("timeout")?;
    command.args([&seconds.to_string(), PSQL, "-h", "/run/toast/pg", "-U", "postgres", "-d", database]);
    command.args(["-v", "ON_ERROR_STOP=1", "-X", "-A", "-t", "-q"]);
    command.args(statements.iter().flat_map(|statement| ["-c", statement]));
    Ok(command)
}

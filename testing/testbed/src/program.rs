//! Running programs of the host, with their last words in the error.

use crate::error::WorldError;
use std::{
    ffi::OsStr,
    io::Write as _,
    process::{Command, Output, Stdio},
};

/// Runs a program to its end and answers what it printed.
pub fn run(command: &mut Command) -> Result<String, WorldError> {
    let output = command.stdin(Stdio::null()).output().map_err(|error| unable(command, &error))?;
    judge(command, &output)
}

/// Runs a program to its end with something to read.
pub fn feed(command: &mut Command, input: &str) -> Result<String, WorldError> {
    let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = piped.spawn().map_err(|error| unable(command, &error))?;
    if let Some(mut stdin) = child.stdin.take() {
        stdin.write_all(input.as_bytes()).map_err(|error| unable(command, &error))?;
    }
    let output = child.wait_with_output().map_err(|error| unable(command, &error))?;
    judge(command, &output)
}

/// A program with its arguments.
pub fn program<A: AsRef<OsStr>>(name: &str, arguments: impl IntoIterator<Item = A>) -> Command {
    let mut command = Command::new(name);
    command.args(arguments);
    command
}

fn judge(command: &Command, output: &Output) -> Result<String, WorldError> {
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let words = [last_words(&output.stderr), last_words(&output.stdout)].into_iter().find(|words| !words.is_empty());
    Err(WorldError::Program {
        program: line(command),
        why: words.unwrap_or_else(|| format!("ended with {}", output.status)),
    })
}

fn unable(command: &Command, error: &std::io::Error) -> WorldError {
    WorldError::Program { program: line(command), why: error.to_string() }
}

fn line(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(OsStr::to_string_lossy).collect::<Vec<_>>().join(" ")
}

fn last_words(output: &[u8]) -> String {
    let text = String::from_utf8_lossy(output);
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    lines.get(lines.len().saturating_sub(4)..).unwrap_or_default().join(" / ")
}

//! Running commands on the host; the end of their output becomes the error.

use crate::error::TestbedError;
use std::{
    ffi::OsStr,
    io::Write as _,
    process::{Command, Output, Stdio},
};

pub fn run(command: &mut Command) -> Result<String, TestbedError> {
    let output = command.stdin(Stdio::null()).output().map_err(|error| failed(command, &error))?;
    check(command, &output)
}

/// Runs a command with `input` on its standard input and returns its standard output.
pub fn run_with_input(command: &mut Command, input: &str) -> Result<String, TestbedError> {
    let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = piped.spawn().map_err(|error| failed(command, &error))?;
    if let Some(mut stdin) = child.stdin.take() {
        stdin.write_all(input.as_bytes()).map_err(|error| failed(command, &error))?;
    }
    let output = child.wait_with_output().map_err(|error| failed(command, &error))?;
    check(command, &output)
}

pub fn command<A: AsRef<OsStr>>(program: &str, arguments: impl IntoIterator<Item = A>) -> Command {
    let mut command = Command::new(program);
    command.args(arguments);
    command
}

/// The last lines of a text in one line, for error messages.
pub fn tail(text: &str) -> String {
    const LINES: usize = 5;
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    lines.get(lines.len().saturating_sub(LINES)..).unwrap_or_default().join(" / ")
}

fn check(command: &Command, output: &Output) -> Result<String, TestbedError> {
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let tails = [&output.stderr, &output.stdout].map(|bytes| tail(&String::from_utf8_lossy(bytes)));
    let tail = tails.into_iter().find(|tail| !tail.is_empty());
    Err(failed(command, &tail.unwrap_or_else(|| format!("ended with {}", output.status))))
}

/// The error of a command, with its command line.
pub fn failed(command: &Command, reason: &impl ToString) -> TestbedError {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    let line = words.map(OsStr::to_string_lossy).collect::<Vec<_>>().join(" ");
    TestbedError::Command { command: line, reason: reason.to_string() }
}

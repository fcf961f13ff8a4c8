//! Running other programs with a time limit.

use crate::error::AgentError;
use std::{process::Stdio, time::Duration};
use tokio::process::Command;

/// Runs a program and returns its standard output; not starting, exceeding the time limit and a non-zero exit are errors.
pub async fn run(program: &str, arguments: &[&str], limit: Duration) -> Result<String, AgentError> {
    run_with_env(program, arguments, &[], limit).await
}

pub async fn run_with_env(
    program: &str,
    arguments: &[&str],
    variables: &[(&str, String)],
    limit: Duration,
) -> Result<String, AgentError> {
    let failed = |why: String| AgentError::Program { program: program.to_owned(), why };
    let mut command = Command::new(program);
    command.args(arguments).envs(variables.iter().cloned()).kill_on_drop(true).stdin(Stdio::null());
    let output = tokio::time::timeout(limit, command.output())
        .await
        .map_err(|_| failed(format!("took longer than {} s", limit.as_secs())))?
        .map_err(|error| failed(error.to_string()))?;
    let stdout = String::from_utf8_lossy(&output.stdout);
    if output.status.success() {
        return Ok(stdout.into_owned());
    }
    let stderr = String::from_utf8_lossy(&output.stderr);
    let message = last_lines(if stderr.trim().is_empty() { &stdout } else { &stderr });
    Err(failed(format!("{}: {message}", output.status)))
}

/// The last four lines with text: validators print the reason of a failure at the end.
fn last_lines(text: &str) -> String {
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    lines.get(lines.len().saturating_sub(4)..).unwrap_or_default().join(" | ")
}

//! Running the engines' own programs, never longer than a bound.

use crate::error::Trouble;
use std::{process::Output, time::Duration};
use tokio::process::Command;

/// Runs a program to its end; failing to start, taking too long and a non-zero exit are all trouble.
pub async fn run(program: &str, arguments: &[&str], longest: Duration) -> Result<String, Trouble> {
    run_with(program, arguments, &[], longest).await
}

/// The same with variables of its own in the environment.
pub async fn run_with(
    program: &str,
    arguments: &[&str],
    variables: &[(&str, String)],
    longest: Duration,
) -> Result<String, Trouble> {
    let output = finish(program, arguments, variables, longest).await?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let said = if said.trim().is_empty() { String::from_utf8_lossy(&output.stdout) } else { said };
    Err(trouble(program, &format!("{}: {}", output.status, last_lines(&said))))
}

async fn finish(
    program: &str,
    arguments: &[&str],
    variables: &[(&str, String)],
    longest: Duration,
) -> Result<Output, Trouble> {
    let mut command = Command::new(program);
    command
        .args(arguments)
        .envs(variables.iter().map(|(name, value)| (name, value)))
        .kill_on_drop(true)
        .stdin(std::process::Stdio::null());
    match tokio::time::timeout(longest, command.output()).await {
        Ok(Ok(output)) => Ok(output),
        Ok(Err(error)) => Err(trouble(program, &error.to_string())),
        Err(_) => Err(trouble(program, &format!("took longer than {} s", longest.as_secs()))),
    }
}

fn trouble(program: &str, why: &str) -> Trouble {
    Trouble::Program { program: program.to_owned(), why: why.to_owned() }
}

/// Engines print a lot before they say what is wrong.
fn last_lines(text: &str) -> String {
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    lines.get(lines.len().saturating_sub(4)..).unwrap_or_default().join(" | ")
}

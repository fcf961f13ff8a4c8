//! Signals to processes of this host, pausing of process trees, and the outcome of commands.

use crate::Error;
use std::{
    fs,
    path::Path,
    process::{Command, Output, Stdio},
};

/// Sends a signal (`STOP`, `KILL` …). A process that has already ended is not an error.
pub fn signal(name: &str, pids: &[u32]) -> Result<(), Error> {
    if pids.is_empty() {
        return Ok(());
    }
    let ids = pids.iter().map(u32::to_string);
    let output = Command::new("kill").args(["-s", name, "--"]).args(ids).stdin(Stdio::null()).output();
    let output = output.map_err(Error::io("kill"))?;
    let has_ended = |pid: &u32| !Path::new(&format!("/proc/{pid}")).exists();
    if pids.iter().any(has_ended) { Ok(()) } else { require_success("kill", &output) }
}

/// Direct children of a process.
pub fn children(pid: u32) -> Vec<u32> {
    let children = fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap_or_default();
    children.split_whitespace().filter_map(|pid| pid.parse().ok()).collect()
}

/// Zombies count as ended.
pub fn is_alive(pid: u32) -> bool {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let state = stat.rsplit(')').next().and_then(|rest| rest.split_whitespace().next());
    state.is_some_and(|state| state != "Z")
}

/// A process and its children, stopped by SIGSTOP until this is dropped.
#[derive(Debug)]
pub struct PausedProcess(Vec<u32>);

impl PausedProcess {
    /// Stops the parent first, so that it cannot fork while its children are listed.
    pub fn pause(parent: u32) -> Result<Self, Error> {
        let mut paused = Self(vec![parent]);
        signal("STOP", &paused.0)?;
        paused.0.extend(children(parent));
        signal("STOP", &paused.0)?;
        Ok(paused)
    }

    pub fn pids(&self) -> &[u32] {
        &self.0
    }
}

impl Drop for PausedProcess {
    fn drop(&mut self) {
        let _ = signal("CONT", &self.0);
    }
}

/// Fails with the last lines that a program printed unless it succeeded.
pub fn require_success(program: &str, output: &Output) -> Result<(), Error> {
    if output.status.success() {
        return Ok(());
    }
    let printed = [output.stdout.as_slice(), output.stderr.as_slice()].concat();
    Err(Error::failed(program, last_lines(&String::from_utf8_lossy(&printed), 12)))
}

pub fn last_lines(text: &str, count: usize) -> String {
    let lines: Vec<_> = text.lines().collect();
    lines.get(lines.len().saturating_sub(count)..).unwrap_or_default().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_paused_process_stops_and_continues() {
        let mut child = Command::new("sleep").arg("60").spawn().unwrap();
        let state = || {
            let status = fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
            status.lines().find_map(|line| line.strip_prefix("State:\t")).unwrap().chars().next().unwrap()
        };
        let becomes_stopped = |stopped: bool| {
            while (state() == 'T') != stopped {
                std::thread::sleep(std::time::Duration::from_millis(5));
            }
        };
        let paused = PausedProcess::pause(child.id()).unwrap();
        assert_eq!(paused.pids(), [child.id()]);
        becomes_stopped(true);
        drop(paused);
        becomes_stopped(false);
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(!is_alive(child.id()));
        signal("TERM", &[child.id()]).unwrap();
    }

    #[test]
    fn a_failed_command_reports_its_last_lines() {
        let output = Command::new("sh").args(["-c", "seq 20; echo broken >&2; exit 3"]).output().unwrap();
        let error = require_success("seq", &output).unwrap_err().to_string();
        assert!(error.starts_with("seq: 10\n") && error.ends_with("20\nbroken"), "{error}");
    }
}

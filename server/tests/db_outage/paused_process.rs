//! Processes paused by SIGSTOP until the guard is dropped.

use std::{fs, process::Command};

/// A paused server with its child processes.
pub struct PausedProcess(Vec<u32>);

impl PausedProcess {
    /// Pauses a postmaster first, so that it starts no further process, and then its backends.
    pub fn server(postmaster: u32) -> Self {
        signal("STOP", &[postmaster]);
        let mut all = vec![postmaster];
        all.extend(children(postmaster));
        signal("STOP", &all);
        Self(all)
    }
}

impl Drop for PausedProcess {
    fn drop(&mut self) {
        self.0.reverse();
        signal("CONT", &self.0);
    }
}

/// Sends a signal to processes; missing ones are ignored.
pub fn signal(name: &str, pids: &[u32]) {
    let pids = pids.iter().map(u32::to_string);
    drop(Command::new("kill").arg(format!("-{name}")).args(pids).output().unwrap());
}

fn children(parent: u32) -> Vec<u32> {
    let ours = |pid: &u32| {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        // The name in parentheses may contain anything; state and parent follow it.
        let rest = stat.rsplit(')').next().unwrap_or_default().to_owned();
        rest.split_whitespace().nth(1).and_then(|parent| parent.parse::<u32>().ok()) == Some(parent)
    };
    let all = fs::read_dir("/proc").unwrap().filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    all.filter(ours).collect()
}

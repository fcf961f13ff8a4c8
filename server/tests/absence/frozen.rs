//! Processes that stand still until this is dropped: a server with all that it started.

use std::{fs, process::Command};

/// A frozen server.
pub struct Frozen(Vec<u32>);

impl Frozen {
    /// Freezes a postmaster first, so that it starts nothing more, and then its backends.
    pub fn server(postmaster: u32) -> Self {
        signal("STOP", &[postmaster]);
        let mut all = vec![postmaster];
        all.extend(children(postmaster));
        signal("STOP", &all);
        Self(all)
    }
}

impl Drop for Frozen {
    fn drop(&mut self) {
        self.0.reverse();
        signal("CONT", &self.0);
    }
}

/// Sends a signal to processes; one that has gone meanwhile is no fault.
pub fn signal(name: &str, pids: &[u32]) {
    let pids = pids.iter().map(u32::to_string);
    drop(Command::new("kill").arg(format!("-{name}")).args(pids).output().unwrap());
}

fn children(parent: u32) -> Vec<u32> {
    let ours = |pid: &u32| {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        // The name in parentheses may hold anything; behind it stand the state and the parent.
        let rest = stat.rsplit(')').next().unwrap_or_default().to_owned();
        rest.split_whitespace().nth(1).and_then(|parent| parent.parse::<u32>().ok()) == Some(parent)
    };
    let all = fs::read_dir("/proc").unwrap().filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    all.filter(ours).collect()
}

//! Processes of nodes, with their pids on the host.

use crate::{
    error::TestbedError,
    exec::{command, run},
};
use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Process {
    /// Pid on the host.
    pub pid: u32,
    /// Pid in the node's PID namespace.
    pub ns_pid: u32,
    /// Pid of its parent on the host.
    pub parent: u32,
    /// Its name, cut to 15 bytes by the kernel.
    pub name: String,
    /// Whether a signal has stopped it.
    pub stopped: bool,
}

/// Signals that faults use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    Stop,
    Continue,
    Terminate,
    Kill,
    Hangup,
    Interrupt,
    Abort,
}

impl Signal {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Stop => "STOP",
            Self::Continue => "CONT",
            Self::Terminate => "TERM",
            Self::Kill => "KILL",
            Self::Hangup => "HUP",
            Self::Interrupt => "INT",
            Self::Abort => "ABRT",
        }
    }
}

/// Sends a signal to processes by their pids on the host. A process that has ended already is no error.
pub fn signal(signal: Signal, pids: impl IntoIterator<Item = u32>) -> Result<(), TestbedError> {
    let pids: Vec<String> = pids.into_iter().map(|pid| pid.to_string()).collect();
    if pids.is_empty() {
        return Ok(());
    }
    let sent = run(command("kill", ["-s", signal.name(), "--"]).args(&pids));
    let gone = pids.iter().any(|pid| !Path::new("/proc").join(pid).exists());
    if gone { Ok(()) } else { sent.map(drop) }
}

/// All processes in the PID namespace of `init`.
pub fn of_namespace(init: u32) -> Result<Vec<Process>, TestbedError> {
    let namespace = namespace_of(init, "pid")?;
    Ok(pids().filter(|pid| is_in(*pid, "pid", &namespace)).filter_map(describe).collect())
}

/// `nsenter` processes: their children are in the PID namespace of `init`, they themselves are not.
pub fn entered_from_host(init: u32) -> Result<Vec<Process>, TestbedError> {
    let namespace = namespace_of(init, "pid")?;
    let entered = |pid: &u32| is_in(*pid, "pid_for_children", &namespace) && !is_in(*pid, "pid", &namespace);
    Ok(pids().filter(entered).filter_map(describe).collect())
}

/// A process and all its descendants.
pub fn tree(all: &[Process], root: u32) -> Vec<Process> {
    let mut members = BTreeSet::from([root]);
    loop {
        let before = members.len();
        members.extend(all.iter().filter(|one| members.contains(&one.parent)).map(|one| one.pid).collect::<Vec<_>>());
        if members.len() == before {
            return all.iter().filter(|one| members.contains(&one.pid)).cloned().collect();
        }
    }
}

/// Start time of a process in clock ticks since the boot of the host; `None` if there is no such process. Pid and start time
/// together are never reused.
pub fn start_time(pid: u32) -> Option<u64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (_, after) = stat.rsplit_once(')')?;
    let mut fields = after.split_whitespace();
    let state = fields.next()?;
    // A zombie has ended.
    if state == "Z" { None } else { fields.nth(18)?.parse().ok() }
}

/// Whether a process is in a network namespace that `ip netns` has created.
pub fn is_in_network(pid: u32, namespace_file: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let inode = |path: PathBuf| fs::metadata(path).map(|found| (found.dev(), found.ino())).ok();
    let own = inode(PathBuf::from(format!("/proc/{pid}/ns/net")));
    own.is_some() && own == inode(namespace_file.to_path_buf())
}

fn pids() -> impl Iterator<Item = u32> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.file_name().to_str().and_then(|name| name.parse().ok()))
}

fn namespace_of(pid: u32, kind: &str) -> Result<PathBuf, TestbedError> {
    let path = PathBuf::from(format!("/proc/{pid}/ns/{kind}"));
    fs::read_link(&path).map_err(|error| TestbedError::File { path, error })
}

fn is_in(pid: u32, kind: &str, namespace: &Path) -> bool {
    namespace_of(pid, kind).is_ok_and(|other| other == namespace)
}

fn describe(pid: u32) -> Option<Process> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let field = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
        line.map(str::trim)
    };
    // Zombies cannot be stopped or continued.
    let state = field("State").filter(|state| !state.starts_with(['Z', 'X']))?;
    Some(Process {
        pid,
        ns_pid: field("NSpid")?.split_whitespace().next_back()?.parse().ok()?,
        parent: field("PPid")?.parse().ok()?,
        name: field("Name")?.to_owned(),
        stopped: state.starts_with('T'),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn process(pid: u32, parent: u32) -> Process {
        Process { pid, ns_pid: pid, parent, name: String::new(), stopped: false }
    }

    #[test]
    fn a_tree_holds_descendants_in_any_order() {
        let all = [process(9, 8), process(7, 1), process(8, 7), process(6, 1)];
        let ids: Vec<u32> = tree(&all, 7).iter().map(|one| one.pid).collect();
        assert_eq!(ids, [9, 7, 8]);
    }

    #[test]
    fn this_process_is_found() {
        let own = std::process::id();
        assert!(start_time(own).is_some());
        assert!(of_namespace(own).unwrap().iter().any(|one| one.pid == own));
        assert_eq!(start_time(u32::MAX), None);
    }
}

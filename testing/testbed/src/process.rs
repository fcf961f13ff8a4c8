//! Processes of a node, as the host sees them.

use crate::{
    error::WorldError,
    program::{program, run},
};
use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// One process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Process {
    /// Its id on the host.
    pub pid: u32,
    /// Its id inside the node.
    pub inner: u32,
    /// The id of its parent, on the host.
    pub parent: u32,
    /// Its name, as the kernel cuts it.
    pub name: String,
    /// Whether it is stopped by a signal.
    pub stopped: bool,
}

/// What can be sent to processes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// Stop running until `Continue`.
    Stop,
    /// Go on.
    Continue,
    /// End in good order.
    Terminate,
    /// End at once.
    Kill,
    /// Read the configuration again.
    Hangup,
    /// As Ctrl-C.
    Interrupt,
    /// End and leave a core.
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

/// Sends a signal to processes by their ids on the host. One that has ended meanwhile is no error.
pub fn signal(signal: Signal, pids: impl IntoIterator<Item = u32>) -> Result<(), WorldError> {
    let pids: Vec<String> = pids.into_iter().map(|pid| pid.to_string()).collect();
    if pids.is_empty() {
        return Ok(());
    }
    let sent = run(program("kill", ["-s", signal.name(), "--"]).args(&pids));
    let gone = pids.iter().any(|pid| !Path::new("/proc").join(pid).exists());
    if gone { Ok(()) } else { sent.map(drop) }
}

/// The processes that share the process namespace of `init`, itself included.
pub fn of_namespace(init: u32) -> Result<Vec<Process>, WorldError> {
    let namespace = namespace_of(init, "pid")?;
    Ok(everybody()
        .filter(|pid| namespace_of(*pid, "pid").is_ok_and(|other| other == namespace))
        .filter_map(describe)
        .collect())
}

/// Those that entered the namespace of `init` from the host and wait there for what they started.
pub fn waiting_for_namespace(init: u32) -> Result<Vec<Process>, WorldError> {
    let namespace = namespace_of(init, "pid")?;
    let children = |pid: u32| namespace_of(pid, "pid_for_children").is_ok_and(|other| other == namespace);
    let itself = |pid: u32| namespace_of(pid, "pid").is_ok_and(|other| other == namespace);
    Ok(everybody().filter(|pid| children(*pid) && !itself(*pid)).filter_map(describe).collect())
}

/// The process and all that descend from it.
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

/// When a process started, in ticks since the host did; with the id it names a process for good.
pub fn start_time(pid: u32) -> Option<u64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (_, after) = stat.rsplit_once(')')?;
    let mut fields = after.split_whitespace();
    let state = fields.next()?;
    // An ended process that its parent has not collected is no process any more.
    if state == "Z" { None } else { fields.nth(18)?.parse().ok() }
}

/// Whether a process is in a network namespace that `ip netns` knows.
pub fn is_in_network(pid: u32, namespace_file: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let inode = |path: PathBuf| fs::metadata(path).map(|found| (found.dev(), found.ino())).ok();
    let own = inode(PathBuf::from(format!("/proc/{pid}/ns/net")));
    own.is_some() && own == inode(namespace_file.to_path_buf())
}

fn everybody() -> impl Iterator<Item = u32> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.file_name().to_str().and_then(|name| name.parse().ok()))
}

fn namespace_of(pid: u32, kind: &str) -> Result<PathBuf, WorldError> {
    let path = PathBuf::from(format!("/proc/{pid}/ns/{kind}"));
    fs::read_link(&path).map_err(|error| WorldError::File { path, error })
}

fn describe(pid: u32) -> Option<Process> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let field = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
        line.map(str::trim)
    };
    // What has ended and is only not collected yet neither stops nor goes on.
    let state = field("State").filter(|state| !state.starts_with(['Z', 'X']))?;
    Some(Process {
        pid,
        inner: field("NSpid")?.split_whitespace().next_back()?.parse().ok()?,
        parent: field("PPid")?.parse().ok()?,
        name: field("Name")?.to_owned(),
        stopped: state.starts_with('T'),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn process(pid: u32, parent: u32) -> Process {
        Process { pid, inner: pid, parent, name: String::new(), stopped: false }
    }

    #[test]
    fn a_tree_holds_descendants_whatever_their_order() {
        let all = [process(9, 8), process(7, 1), process(8, 7), process(6, 1)];
        let ids: Vec<u32> = tree(&all, 7).iter().map(|one| one.pid).collect();
        assert_eq!(ids, [9, 7, 8]);
    }

    #[test]
    fn this_process_has_a_start_and_a_description() {
        let own = std::process::id();
        assert!(start_time(own).is_some());
        assert!(of_namespace(own).unwrap().iter().any(|one| one.pid == own));
        assert_eq!(start_time(u32::MAX), None);
    }
}

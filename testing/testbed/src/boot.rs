//! Starting and ending the processes of a node.

use crate::{
    error::WorldError,
    place,
    process::{self, Signal},
    program::run,
    wait::until,
};
use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};

const BOOT: &str = include_str!("boot.sh");
const LONGEST_BOOT: Duration = Duration::from_mins(1);
const LONGEST_END: Duration = Duration::from_secs(20);

/// The first process of a node, by an id and a start that no other process will ever have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Init {
    /// Its id on the host.
    pub pid: u32,
    start: u64,
}

impl Init {
    /// The one that a node wrote down at its last boot, if it is still alive.
    pub fn of(node: &str) -> Option<Self> {
        let text = fs::read_to_string(place::node(node).join("init")).ok()?;
        let (pid, start) = text.trim().split_once(' ')?;
        let init = Self { pid: pid.parse().ok()?, start: start.parse().ok()? };
        init.is_alive().then_some(init)
    }

    /// Whether it still runs.
    pub fn is_alive(self) -> bool {
        process::start_time(self.pid) == Some(self.start)
    }

    /// Ends it, and with it every process of the node.
    pub fn end(self) -> Result<(), WorldError> {
        // A namespace ends only when each of its dead has been collected, and who is stopped collects nobody.
        let waiting = process::waiting_for_namespace(self.pid).unwrap_or_default();
        if self.is_alive() {
            process::signal(Signal::Kill, [self.pid])?;
        }
        process::signal(Signal::Continue, waiting.iter().map(|one| one.pid))?;
        until("the end of a node's processes", LONGEST_END, || Ok((!self.is_alive()).then_some(())))
    }
}

/// Puts what boots need where nodes find it.
pub fn install() -> Result<(), WorldError> {
    let (script, program) = (place::boot_script(), place::program());
    fs::write(&script, BOOT).map_err(WorldError::file(&script))?;
    let own = std::env::current_exe().map_err(WorldError::file(Path::new("/proc/self/exe")))?;
    fs::copy(&own, &program).map_err(WorldError::file(&program))?;
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).map_err(WorldError::file(&program))
}

/// Starts the processes of a node whose network and folder are there, and waits until its services are kept up.
pub fn start(node: &str) -> Result<Init, WorldError> {
    let folder = place::node(node);
    let standing = folder.join("standing");
    for stale in [&standing, &folder.join("init")] {
        if stale.exists() {
            fs::remove_file(stale).map_err(WorldError::file(stale))?;
        }
    }
    let log_path = folder.join("boot.log");
    let open = fs::OpenOptions::new().create(true).append(true).open(&log_path);
    let log = open.map_err(WorldError::file(&log_path))?;
    let second = log.try_clone().map_err(WorldError::file(&log_path))?;
    // `setsid --fork` ends at once: the node belongs to nobody who could end it by ending.
    let mut command = Command::new("/bin/sh");
    command.args(["-c", ALONE, "boot", "setsid", "--fork", "nsenter"]);
    command.arg(format!("--net={}", place::namespace_file(&place::namespace(node)).display()));
    command.args(["--", "unshare", "--pid", "--mount", "--uts", "--ipc", "--fork", "--propagation", "private", "--"]);
    command.arg("/bin/sh").arg(place::boot_script()).arg(&folder).arg(node).arg(place::program());
    command.stdin(Stdio::null()).stdout(log).stderr(second);
    run_detached(&mut command)?;
    let look = || {
        let said = fs::read_to_string(&standing).unwrap_or_default();
        Ok(Some(said.trim().to_owned()).filter(|said| !said.is_empty()))
    };
    let said = until(&format!("the boot of {node}"), LONGEST_BOOT, look)?;
    match Init::of(node) {
        Some(init) if said == "up" => {
            until(&format!("the services of {node}"), LONGEST_BOOT, || Ok(are_watched(&folder).then_some(())))?;
            Ok(init)
        }
        _ => Err(WorldError::NoBoot { node: node.to_owned(), why: last_lines(&log_path) }),
    }
}

/// Files that whoever starts the node has open, and with them his locks, are not the node's to keep.
const ALONE: &str = "exec 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&-; exec \"$@\"";

/// Whether somebody watches over each service already.
fn are_watched(folder: &Path) -> bool {
    let services = fs::read_dir(folder.join("service")).into_iter().flatten().flatten();
    services.into_iter().all(|service| service.path().join("supervise/stat").exists())
}

fn run_detached(command: &mut Command) -> Result<(), WorldError> {
    let status = command.status().map_err(|error| WorldError::Program {
        program: command.get_program().to_string_lossy().into_owned(),
        why: error.to_string(),
    })?;
    if status.success() { Ok(()) } else { run(command).map(drop) }
}

fn last_lines(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    lines.get(lines.len().saturating_sub(5)..).unwrap_or_default().join(" / ")
}

//! Starting and ending the processes of a node.

use crate::{
    cgroup,
    error::TestbedError,
    exec::{self, command, failed, run},
    files, paths,
    process::{self, Signal},
    wait::until,
};
use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};

const BOOT_SCRIPT: &str = include_str!("boot.sh");
const BOOT_TIMEOUT: Duration = Duration::from_mins(1);
const END_TIMEOUT: Duration = Duration::from_secs(20);

/// The first process of a node. Pid and start time together are never reused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Init {
    /// Pid on the host.
    pub pid: u32,
    start: u64,
}

impl Init {
    /// The first process of a node, if it is alive.
    pub fn of(node: &str) -> Option<Self> {
        let text = fs::read_to_string(paths::node(node).join("init")).ok()?;
        let (pid, start) = text.trim().split_once(' ')?;
        let init = Self { pid: pid.parse().ok()?, start: start.parse().ok()? };
        init.is_alive().then_some(init)
    }

    pub fn is_alive(self) -> bool {
        process::start_time(self.pid) == Some(self.start)
    }

    /// A command that runs inside the node, as root.
    pub fn command(self, program: &str) -> Command {
        let pid = self.pid.to_string();
        let namespaces = ["--mount", "--uts", "--ipc", "--net", "--pid", "--wd=/", "--", program];
        let mut command = command("nsenter", ["--target", &pid]);
        command.args(namespaces);
        command
    }

    /// Kills it, and with it every process of the node.
    pub fn kill(self) -> Result<(), TestbedError> {
        // A PID namespace ends only when each of its zombies was reaped. Stopped `nsenter` processes reap none.
        let entered = process::entered_from_host(self.pid).unwrap_or_default();
        if self.is_alive() {
            process::signal(Signal::Kill, [self.pid])?;
        }
        process::signal(Signal::Continue, entered.iter().map(|one| one.pid))?;
        until("end of a node's processes", END_TIMEOUT, || Ok((!self.is_alive()).then_some(())))
    }
}

/// Installs the boot script and a copy of this program.
pub fn install() -> Result<(), TestbedError> {
    files::write(&paths::boot_script(), BOOT_SCRIPT, 0o644)?;
    let program = paths::program();
    let own = std::env::current_exe().map_err(TestbedError::file(Path::new("/proc/self/exe")))?;
    fs::copy(&own, &program).map_err(TestbedError::file(&program))?;
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).map_err(TestbedError::file(&program))
}

/// Starts the processes of a node whose network and folder exist; returns when systemd has started its units.
pub fn start(node: &str) -> Result<Init, TestbedError> {
    let folder = paths::node(node);
    let status_file = folder.join("boot-status");
    for stale in [&status_file, &folder.join("init")] {
        if stale.exists() {
            fs::remove_file(stale).map_err(TestbedError::file(stale))?;
        }
    }
    let log_path = folder.join("boot.log");
    let open = fs::OpenOptions::new().create(true).append(true).open(&log_path);
    let log = open.map_err(TestbedError::file(&log_path))?;
    let stderr = log.try_clone().map_err(TestbedError::file(&log_path))?;
    // `setsid --fork` returns at once, and the node outlives its starter.
    let mut command = command("/bin/sh", ["-c", CLOSE_FILES, "boot", "setsid", "--fork", "nsenter"]);
    command.arg(format!("--net={}", paths::namespace_file(&paths::namespace(node)).display()));
    command.args(["--", "unshare", "--pid", "--mount", "--uts", "--ipc", "--fork", "--propagation", "private", "--"]);
    command.arg("/bin/sh").arg(paths::boot_script()).arg(&folder).arg(node).arg(cgroup::create(node)?);
    command.stdin(Stdio::null()).stdout(log).stderr(stderr);
    let started = command.status().map_err(|error| failed(&command, &error))?;
    if !started.success() {
        return Err(failed(&command, &started));
    }
    let read_status = || {
        let status = fs::read_to_string(&status_file).unwrap_or_default();
        Ok(Some(status.trim().to_owned()).filter(|status| !status.is_empty()))
    };
    let status = until(&format!("boot of {node}"), BOOT_TIMEOUT, read_status)?;
    match Init::of(node) {
        Some(init) if status == "up" => {
            let is_active = || run(init.command("systemctl").args(["is-active", "multi-user.target"])).map(Some);
            until(&format!("start of the services of {node}"), BOOT_TIMEOUT, is_active)?;
            Ok(init)
        }
        _ => Err(TestbedError::BootFailed {
            node: node.to_owned(),
            reason: exec::tail(&fs::read_to_string(&log_path).unwrap_or_default()),
        }),
    }
}

/// Closes inherited files, so that a node holds no lock of its starter.
const CLOSE_FILES: &str = "exec 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&-; exec \"$@\"";

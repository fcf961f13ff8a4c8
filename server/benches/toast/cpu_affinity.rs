//! Distribution of the CPUs: one half for servers, the other for load generators.

use std::{fs, path::Path, thread::available_parallelism};
use tokio::process::Command;

/// The two halves in the syntax of `taskset`; none on a single CPU.
#[derive(Debug, Clone)]
pub struct CpuAffinity {
    servers: Option<String>,
    load: Option<String>,
    /// CPUs per server.
    pub of_a_server: usize,
    pub all: usize,
}

impl CpuAffinity {
    /// The CPUs that this process may use, in two halves.
    pub fn shared_out() -> Self {
        let allowed = allowed();
        let (servers, load) = allowed.split_at(allowed.len() / 2);
        let list = |half: &[usize]| half.iter().map(usize::to_string).collect::<Vec<_>>().join(",");
        let pin = !servers.is_empty() && Path::new("/usr/bin/taskset").exists();
        Self {
            servers: pin.then(|| list(servers)),
            load: pin.then(|| list(load)),
            of_a_server: servers.len().max(1),
            all: available_parallelism().map_or(1, std::num::NonZero::get),
        }
    }

    /// A server's command, on the servers' half.
    pub fn server(&self, program: &Path) -> Command {
        pinned(self.servers.as_deref(), program)
    }

    /// A load generator's command, on the other half.
    pub fn load(&self, program: &str) -> Command {
        pinned(self.load.as_deref(), Path::new(program))
    }

    /// Threads of a server: one per CPU, two at least, as Toast's default.
    pub fn threads(&self) -> usize {
        self.of_a_server.max(2)
    }
}

fn pinned(list: Option<&str>, program: &Path) -> Command {
    let Some(list) = list else { return Command::new(program) };
    let mut command = Command::new("/usr/bin/taskset");
    command.args(["--cpu-list", list]).arg(program);
    command
}

/// The CPUs of this process's affinity mask, such as `0-1,4`.
fn allowed() -> Vec<usize> {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let list = status.lines().find_map(|line| line.strip_prefix("Cpus_allowed_list:")).unwrap_or_default();
    let ranges = list.trim().split(',').filter_map(|range| {
        let (from, to) = range.split_once('-').unwrap_or((range, range));
        Some(from.parse::<usize>().ok()?..=to.parse::<usize>().ok()?)
    });
    ranges.flatten().collect()
}

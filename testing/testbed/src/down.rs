//! Ending the testbed and removing everything that it created. Idempotent.

use crate::{
    boot::Init,
    cgroup, cpu_scheduling,
    error::TestbedError,
    exec::{command, run},
    network, paths,
    process::{self, Signal},
};
use std::{
    fs,
    path::{Path, PathBuf},
    thread,
    time::Duration,
};

/// Passes of 20 ms in which new processes of a namespace are looked for.
const KILL_PASSES: u32 = 100;

/// Ends the testbed; returns whether there was one.
pub fn end() -> Result<bool, TestbedError> {
    let namespaces = network::namespaces();
    let folders = [Path::new(paths::STATE), Path::new(paths::RUN)];
    let existed = !namespaces.is_empty() || folders.iter().any(|folder| folder.exists());
    for_each_parallel(&running_nodes(), |init| init.kill())?;
    for namespace in &namespaces {
        kill_remaining(namespace)?;
    }
    for_each_parallel(&namespaces, |name| network::remove_namespace(name))?;
    cgroup::parent().map_or(Ok(()), |parent| cgroup::remove(&parent))?;
    unmount()?;
    cpu_scheduling::restore()?;
    for folder in folders.into_iter().filter(|folder| folder.exists()) {
        fs::remove_dir_all(folder).map_err(TestbedError::file(folder))?;
    }
    Ok(existed)
}

fn running_nodes() -> Vec<Init> {
    let nodes = fs::read_dir(paths::nodes()).into_iter().flatten().flatten();
    let names = nodes.filter_map(|entry| entry.file_name().into_string().ok());
    names.filter_map(|name| Init::of(&name)).collect()
}

/// Each of these calls waits for the kernel.
fn for_each_parallel<T: Sync>(
    items: &[T],
    work: impl Fn(&T) -> Result<(), TestbedError> + Sync,
) -> Result<(), TestbedError> {
    let work = &work;
    thread::scope(|scope| {
        let threads: Vec<_> = items.iter().map(|item| scope.spawn(move || work(item))).collect();
        let results: Vec<_> = threads.into_iter().filter_map(|thread| thread.join().ok()).collect();
        results.into_iter().collect()
    })
}

/// Kills processes in a network namespace that belong to no running node: an interrupted boot, a packet capture.
fn kill_remaining(namespace: &str) -> Result<(), TestbedError> {
    let file = paths::namespace_file(namespace);
    for _ in 0..KILL_PASSES {
        let listed = run(&mut command("ip", ["netns", "pids", namespace]))?;
        let pids: Vec<u32> = listed.split_whitespace().filter_map(|pid| pid.parse().ok()).collect();
        let inside: Vec<u32> = pids.into_iter().filter(|pid| process::is_in_network(*pid, &file)).collect();
        let alive: Vec<u32> = inside.into_iter().filter(|pid| process::start_time(*pid).is_some()).collect();
        if alive.is_empty() {
            return Ok(());
        }
        process::signal(Signal::Kill, alive)?;
        thread::sleep(Duration::from_millis(20));
    }
    Err(TestbedError::Timeout {
        what: format!("end of processes in {namespace}"),
        seconds: 2,
        last_error: String::new(),
    })
}

/// Nodes mount in their own namespaces. Other mounts below the folder are removed so that deleting the folder never deletes
/// the content of a mount.
fn unmount() -> Result<(), TestbedError> {
    let path = Path::new("/proc/self/mountinfo");
    let table = fs::read_to_string(path).map_err(TestbedError::file(path))?;
    let points = table.lines().filter_map(|line| line.split_whitespace().nth(4)).map(PathBuf::from);
    let mut ours: Vec<PathBuf> = points.filter(|point| point.starts_with(paths::STATE)).collect();
    ours.sort();
    ours.iter().rev().try_for_each(|point| run(&mut command("umount", [point])).map(drop))
}

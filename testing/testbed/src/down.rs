//! Ending the world: by its own processes' ids, and without anything left behind. Safe to repeat.

use crate::{
    boot::Init,
    error::WorldError,
    network, place,
    process::{self, Signal},
    processors,
    program::{program, run},
};
use std::{
    fs,
    path::{Path, PathBuf},
    thread,
    time::Duration,
};

/// How often what still moves is looked for.
const ROUNDS: u32 = 100;

/// Ends everything. Answers whether there was anything to end.
pub fn end() -> Result<bool, WorldError> {
    let namespaces = network::namespaces();
    let folders = [Path::new(place::STATE), Path::new(place::RUN)];
    let existed = !namespaces.is_empty() || folders.iter().any(|folder| folder.exists());
    end_nodes()?;
    for namespace in &namespaces {
        end_stragglers(namespace)?;
    }
    // Taking a namespace away waits for the kernel, each for itself.
    let removed: Vec<Result<(), WorldError>> = thread::scope(|scope| {
        let work: Vec<_> = namespaces.iter().map(|name| scope.spawn(|| network::remove(name))).collect();
        work.into_iter().filter_map(|one| one.join().ok()).collect()
    });
    removed.into_iter().collect::<Result<(), _>>()?;
    unmount()?;
    processors::give_back()?;
    for folder in folders.into_iter().filter(|folder| folder.exists()) {
        fs::remove_dir_all(folder).map_err(WorldError::file(folder))?;
    }
    Ok(existed)
}

fn end_nodes() -> Result<(), WorldError> {
    let nodes = fs::read_dir(place::nodes()).into_iter().flatten().flatten();
    let names = nodes.filter_map(|entry| entry.file_name().into_string().ok());
    let inits: Vec<Init> = names.filter_map(|name| Init::of(&name)).collect();
    let ended: Vec<Result<(), WorldError>> = thread::scope(|scope| {
        let work: Vec<_> = inits.iter().map(|init| scope.spawn(|| init.end())).collect();
        work.into_iter().filter_map(|one| one.join().ok()).collect()
    });
    ended.into_iter().collect()
}

/// What was started in a network of the world but belongs to no node: a boot that was interrupted, a program of somebody
/// who looks at packets. They are known by being in there.
fn end_stragglers(namespace: &str) -> Result<(), WorldError> {
    let file = place::namespace_file(namespace);
    for _ in 0..ROUNDS {
        let listed = run(&mut program("ip", ["netns", "pids", namespace]))?;
        let pids: Vec<u32> = listed.split_whitespace().filter_map(|pid| pid.parse().ok()).collect();
        let inside: Vec<u32> = pids.into_iter().filter(|pid| process::is_in_network(*pid, &file)).collect();
        let alive: Vec<u32> = inside.into_iter().filter(|pid| process::start_time(*pid).is_some()).collect();
        if alive.is_empty() {
            return Ok(());
        }
        process::signal(Signal::Kill, alive)?;
        thread::sleep(Duration::from_millis(20));
    }
    Err(WorldError::Late { what: format!("the end of what runs in {namespace}"), seconds: 2, last: String::new() })
}

/// Nodes mount in their own namespaces, which end with them; this is for whatever else was mounted below the folder, so
/// that removing the folder never follows a mount.
fn unmount() -> Result<(), WorldError> {
    let path = Path::new("/proc/self/mountinfo");
    let table = fs::read_to_string(path).map_err(WorldError::file(path))?;
    let points = table.lines().filter_map(|line| line.split_whitespace().nth(4)).map(PathBuf::from);
    let mut ours: Vec<PathBuf> = points.filter(|point| point.starts_with(place::STATE)).collect();
    ours.sort();
    ours.iter().rev().try_for_each(|point| run(program("umount", [""; 0]).arg(point)).map(drop))
}

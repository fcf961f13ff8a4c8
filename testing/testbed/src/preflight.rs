//! Preflight checks of the host. All failures are reported together, before anything is changed.

use crate::{cgroup, error::TestbedError, network, paths};
use agent::inventory::{Inventory, Role};
use std::{
    env, fs,
    os::unix::fs::{MetadataExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
};

/// Programs that the host needs, with their Debian packages.
const PROGRAMS: [(&str, &str); 16] = [
    ("ip", "iproute2"),
    ("nft", "nftables"),
    ("systemctl", "systemd"),
    ("systemd-run", "systemd"),
    ("setsid", "util-linux"),
    ("unshare", "util-linux"),
    ("nsenter", "util-linux"),
    ("mount", "mount"),
    ("mkfs.ext4", "e2fsprogs"),
    ("kill", "procps"),
    ("openssl", "openssl"),
    ("curl", "curl"),
    ("cp", "coreutils"),
    ("truncate", "coreutils"),
    ("sh", "dash"),
    ("useradd", "passwd"),
];

/// Programs of the host that nodes of a role run.
const PROGRAMS_OF_ROLE: [(Role, &str, &str); 6] = [
    (Role::Ingress, "nginx", "nginx-light"),
    (Role::App, "haproxy", "haproxy"),
    (Role::Etcd, "etcd", "etcd-server"),
    (Role::Dns, "gdnsd", "gdnsd"),
    (Role::Ca, "pebble", "pebble"),
    (Role::Edge, "nginx", "nginx-light"),
];

const BUNDLE: [&str; 4] = ["access.toml", "bin/toast-agent", "bin/tailscale", "bin/tailscaled"];

/// Files of a bundle for nodes of a role.
const BUNDLE_OF_ROLE: [(Role, &str); 4] = [
    (Role::App, "bin/toast"),
    (Role::Control, "bin/headscale"),
    (Role::Control, "bin/derper"),
    (Role::Database, "patroni/bin/patroni"),
];

/// Checks that this host can run the testbed.
pub fn check(inventory: &Inventory, bundle: &Path) -> Result<(), TestbedError> {
    network::check(inventory)?;
    let mut missing = Vec::new();
    if !is_root() {
        missing.push("namespaces need root: run this as root or with sudo".to_owned());
    }
    if !Path::new("/dev/net/tun").exists() {
        missing.push(
            "/dev/net/tun is missing: load the kernel module tun, or start the container with that device".to_owned(),
        );
    }
    if cgroup::parent().is_none() {
        missing.push(cgroup::MISSING.to_owned());
    }
    let programs = PROGRAMS.iter().copied();
    let used = PROGRAMS_OF_ROLE.iter().filter(|(role, ..)| has(inventory, *role));
    for (name, package) in programs.chain(used.map(|(_, name, package)| (*name, *package))) {
        if find(name).is_none() {
            missing.push(format!("{name} is missing: install Debian's package {package}"));
        }
    }
    let of_roles = BUNDLE_OF_ROLE.iter().filter(|(role, _)| has(inventory, *role)).map(|(_, name)| *name);
    for name in BUNDLE.into_iter().chain(of_roles) {
        let path = bundle.join(name);
        if !path.exists() {
            missing.push(format!("{} is missing: `make regions` creates the bundle", path.display()));
        }
    }
    missing.sort();
    missing.dedup();
    if missing.is_empty() { Ok(()) } else { Err(TestbedError::Preflight(missing)) }
}

/// Fails if a testbed, or what is left of one, is on this host.
pub fn check_no_other_testbed() -> Result<(), TestbedError> {
    let left = Path::new(paths::STATE).exists() || paths::state_file().exists() || !network::namespaces().is_empty();
    if left { Err(TestbedError::AlreadyStarted) } else { Ok(()) }
}

pub fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|found| found.uid() == 0)
}

/// Whether Citus is installed for any PostgreSQL of this host.
pub fn has_citus() -> bool {
    let versions = fs::read_dir("/usr/share/postgresql").into_iter().flatten().flatten();
    versions.into_iter().any(|version| version.path().join("extension/citus.control").exists())
}

fn has(inventory: &Inventory, role: Role) -> bool {
    inventory.with_role(role).next().is_some()
}

fn find(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    // PATH of a normal user lacks these.
    let folders = env::split_paths(&path).chain(["/usr/sbin", "/sbin"].map(PathBuf::from));
    let is_program = |path: &PathBuf| {
        fs::metadata(path).is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
    };
    folders.map(|folder| folder.join(name)).find(is_program)
}

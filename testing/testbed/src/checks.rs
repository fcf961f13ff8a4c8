//! What a host must have before a world is made on it, told all at once and before anything is changed.

use crate::{error::WorldError, network, place};
use agent::inventory::{Inventory, Role};
use std::{
    env, fs,
    os::unix::fs::{MetadataExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
};

/// Programs of the host, and the Debian packages that bring them.
const PROGRAMS: [(&str, &str); 19] = [
    ("ip", "iproute2"),
    ("nft", "nftables"),
    ("runsvdir", "runit"),
    ("svlogd", "runit"),
    ("sv", "runit"),
    ("setpriv", "util-linux"),
    ("setsid", "util-linux"),
    ("unshare", "util-linux"),
    ("nsenter", "util-linux"),
    ("mount", "mount"),
    ("mkfs.ext4", "e2fsprogs"),
    ("kill", "procps"),
    ("useradd", "passwd"),
    ("openssl", "openssl"),
    ("curl", "curl"),
    ("getent", "libc-bin"),
    ("cp", "coreutils"),
    ("truncate", "coreutils"),
    ("sh", "dash"),
];

/// What nodes of a role run that is the host's.
const ENGINES: [(Role, &str, &str); 6] = [
    (Role::Ingress, "nginx", "nginx-light"),
    (Role::App, "haproxy", "haproxy"),
    (Role::Etcd, "etcd", "etcd-server"),
    (Role::Dns, "gdnsd", "gdnsd"),
    (Role::Ca, "pebble", "pebble"),
    (Role::Edge, "nginx", "nginx-light"),
];

/// What a bundle has.
const BUNDLE: [&str; 4] = ["access.toml", "bin/toast-agent", "bin/tailscale", "bin/tailscaled"];

/// What a bundle has for nodes of a role.
const BUNDLE_OF: [(Role, &str); 4] = [
    (Role::App, "bin/toast"),
    (Role::Control, "bin/headscale"),
    (Role::Control, "bin/derper"),
    (Role::Database, "patroni/bin/patroni"),
];

/// Whether this host can hold the world.
pub fn check(inventory: &Inventory, bundle: &Path) -> Result<(), WorldError> {
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
    let programs = PROGRAMS.iter().copied();
    let engines = ENGINES.iter().filter(|(role, ..)| has(inventory, *role)).map(|(_, name, package)| (*name, *package));
    for (name, package) in programs.chain(engines) {
        if find(name).is_none() {
            missing.push(format!("{name} is missing: install Debian's package {package}"));
        }
    }
    let of_roles = BUNDLE_OF.iter().filter(|(role, _)| has(inventory, *role)).map(|(_, name)| *name);
    for name in BUNDLE.into_iter().chain(of_roles) {
        let path = bundle.join(name);
        if !path.exists() {
            missing.push(format!("{} is missing: `make regions` puts the bundle together", path.display()));
        }
    }
    missing.sort();
    missing.dedup();
    if missing.is_empty() { Ok(()) } else { Err(WorldError::Unfit(missing)) }
}

/// Refuses to start beside another world, or what is left of one.
pub fn is_free() -> Result<(), WorldError> {
    let left = Path::new(place::STATE).exists() || place::record().exists() || !network::namespaces().is_empty();
    if left { Err(WorldError::AlreadyUp) } else { Ok(()) }
}

/// Whether this process may do anything.
pub fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|found| found.uid() == 0)
}

/// Whether the database extension that shards is installed for any PostgreSQL here.
pub fn has_citus() -> bool {
    let versions = fs::read_dir("/usr/share/postgresql").into_iter().flatten().flatten();
    versions.into_iter().any(|version| version.path().join("extension/citus.control").exists())
}

fn has(inventory: &Inventory, role: Role) -> bool {
    inventory.with_role(role).next().is_some()
}

fn find(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    // The administrator's programs are not in everybody's path.
    let folders = env::split_paths(&path).chain(["/usr/sbin", "/sbin"].map(PathBuf::from));
    let mut places = folders.map(|folder| folder.join(name));
    places
        .find(|place| fs::metadata(place).is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0))
}

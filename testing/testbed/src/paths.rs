//! Paths and namespace names that the testbed uses on the host.

use std::path::{Path, PathBuf};

/// All files on disk; removed by `down`.
pub const STATE: &str = "/var/lib/toast-testbed";
/// Files that do not survive a reboot of the host.
pub const RUN: &str = "/run/toast-testbed";
/// Where `ip netns` keeps network namespaces.
pub const NAMESPACES: &str = "/run/netns";
/// Prefix of all network namespaces of the testbed, and of no others.
pub const PREFIX: &str = "toastw-";
/// Network namespace of the router between sites.
pub const ROUTER: &str = "toastw-wan";
/// Node name that would collide with [`ROUTER`].
pub const ROUTER_NAME: &str = "wan";

pub fn state_file() -> PathBuf {
    Path::new(RUN).join("testbed.json")
}

/// Lock file held during `up` and `down`.
pub fn lock() -> PathBuf {
    Path::new("/run/toast-testbed.lock").to_path_buf()
}

/// Keys and certificates of the internal CA, and the root certificates of the public CA.
pub fn ca() -> PathBuf {
    Path::new(STATE).join("ca")
}

pub fn public_roots() -> PathBuf {
    ca().join("guest-roots.pem")
}

/// Sign-ins of the demo restaurants, as `toast seed` printed them.
pub fn sign_ins() -> PathBuf {
    Path::new(STATE).join("sign-ins")
}

/// Marker file: autogroup scheduling was on before `up` and has to be switched on again.
pub fn autogroup_marker() -> PathBuf {
    Path::new(RUN).join("autogroup-was-enabled")
}

/// Staged releases, one folder each.
pub fn releases() -> PathBuf {
    Path::new(STATE).join("releases")
}

/// A staged release as a tar archive, the form that `bootstrap.sh` takes.
pub fn archive(release: &str) -> PathBuf {
    Path::new(STATE).join(format!("bundle-{release}.tar"))
}

/// A copy of this program that outlives the build folder.
pub fn program() -> PathBuf {
    Path::new(STATE).join("toast-testbed")
}

/// Script that the first process of a node runs before it becomes systemd.
pub fn boot_script() -> PathBuf {
    Path::new(STATE).join("boot.sh")
}

pub fn nodes() -> PathBuf {
    Path::new(STATE).join("nodes")
}

pub fn node(name: &str) -> PathBuf {
    nodes().join(name)
}

/// The folder that a node has at `/etc/systemd/system`.
pub fn units(node: &str) -> PathBuf {
    self::node(node).join("systemd")
}

pub fn namespace(node: &str) -> String {
    format!("{PREFIX}{node}")
}

/// The file under which `ip netns` keeps a network namespace.
pub fn namespace_file(namespace: &str) -> PathBuf {
    Path::new(NAMESPACES).join(namespace)
}

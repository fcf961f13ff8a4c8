//! Where the world keeps itself on the host.

use std::path::{Path, PathBuf};

/// Everything on disk; removed with the world.
pub const STATE: &str = "/var/lib/toast-testbed";
/// What runs; gone with a restart of the host.
pub const RUN: &str = "/run/toast-testbed";
/// Where `ip netns` keeps namespaces.
pub const NAMESPACES: &str = "/run/netns";
/// All network namespaces of the world start so, and no others.
pub const PREFIX: &str = "toastw-";
/// The namespace of the router between the sites.
pub const ROUTER: &str = "toastw-wan";
/// The name that no node can have, because the router has it.
pub const RESERVED: &str = "wan";

/// What is known about the running world.
pub fn record() -> PathBuf {
    Path::new(RUN).join("testbed.json")
}

/// Held by whoever starts or ends the world.
pub fn lock() -> PathBuf {
    Path::new("/run/toast-testbed.lock").to_path_buf()
}

/// Keys and certificates of the internal authority, and the roots that guests trust.
pub fn authority() -> PathBuf {
    Path::new(STATE).join("ca")
}

/// The roots of the authority that signs public certificates here.
pub fn guest_roots() -> PathBuf {
    authority().join("guest-roots.pem")
}

/// Who can sign in to the demonstration restaurants, as `toast seed` printed it.
pub fn sign_ins() -> PathBuf {
    Path::new(STATE).join("sign-ins")
}

/// Is there while the host shares its processors otherwise than before.
pub fn shared_by_session() -> PathBuf {
    Path::new(RUN).join("shared-by-session")
}

/// Staged bundles.
pub fn releases() -> PathBuf {
    Path::new(STATE).join("releases")
}

/// A staged bundle as a machine gets it that is to become a node.
pub fn archive(release: &str) -> PathBuf {
    Path::new(STATE).join(format!("bundle-{release}.tar"))
}

/// This program, for the boot of nodes.
pub fn program() -> PathBuf {
    Path::new(STATE).join("toast-testbed")
}

/// What a node's first process runs until the node is in order.
pub fn boot_script() -> PathBuf {
    Path::new(STATE).join("boot.sh")
}

/// The folders of all nodes.
pub fn nodes() -> PathBuf {
    Path::new(STATE).join("nodes")
}

/// The folder of a node.
pub fn node(name: &str) -> PathBuf {
    nodes().join(name)
}

/// The network namespace of a node.
pub fn namespace(name: &str) -> String {
    format!("{PREFIX}{name}")
}

/// The file that holds a network namespace.
pub fn namespace_file(namespace: &str) -> PathBuf {
    Path::new(NAMESPACES).join(namespace)
}

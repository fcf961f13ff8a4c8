//! Bare nodes: their root file system is a Debian image, and `bootstrap.sh` makes them nodes of the installation.

use crate::{
    ca,
    error::TestbedError,
    exec::{command, run},
    files,
    node::Node,
    preauth_keys, releases,
    secrets::Secrets,
    state_file::State,
    testbed::Testbed,
    wait::until,
};
use agent::inventory::{self, Role};
use std::{
    net::Ipv4Addr,
    ops::Range,
    path::{Path, PathBuf},
    time::Duration,
};

const JOIN_TIMEOUT: Duration = Duration::from_mins(2);
/// Last octets that no inventory uses.
const FREE_OCTETS: Range<u8> = 200..250;
/// Where a bare node has bundle, key and `bootstrap.sh`.
const DELIVERY: &str = "/mnt";
const IMAGE_SCRIPT: &str = include_str!("debootstrap.sh");
const BOOTSTRAP: &str = include_str!("../../../deploy/bootstrap.sh");

/// The image of Debian with the packages of a role. The first call creates it, which takes a minute and needs `debootstrap`.
pub fn image(folder: &Path, role: &str, sharded: bool) -> Result<PathBuf, TestbedError> {
    files::create_dir(folder)?;
    let folder = folder.canonicalize().map_err(TestbedError::file(folder))?;
    let image = folder.join(format!("debian-{role}"));
    // Images of earlier versions have no systemd.
    if image.join("lib/systemd/systemd").exists() {
        return Ok(image);
    }
    let bootstrap = folder.join("bootstrap.sh");
    files::write(&bootstrap, BOOTSTRAP, 0o644)?;
    let mut command = command("sh", ["-c", IMAGE_SCRIPT, "debootstrap.sh"]);
    command.arg(&folder).arg(role).arg(&bootstrap);
    if !sharded {
        command.arg("--plain");
    }
    run(&mut command)?;
    Ok(image)
}

/// A role as `bootstrap.sh` names it.
pub const fn role_name(role: Role) -> &'static str {
    if matches!(role, Role::Database) { "db" } else { role.name() }
}

impl Testbed {
    /// A new node at a free address of a site.
    pub fn plan(
        &self,
        name: &str,
        site: &str,
        role: Role,
        group: Option<u16>,
    ) -> Result<inventory::Node, TestbedError> {
        let inventory = self.inventory();
        let network = inventory.sites.get(site).ok_or_else(|| TestbedError::UnknownSite(site.to_owned()))?.network;
        let [a, b, c, _] = network.gateway().octets();
        let taken = |address: &Ipv4Addr| inventory.nodes.iter().any(|node| node.underlay == *address);
        let free = FREE_OCTETS.map(|last| Ipv4Addr::new(a, b, c, last)).find(|address| !taken(address));
        let underlay = free.ok_or_else(|| TestbedError::Unsupported(format!("site {site} has no free address")))?;
        let (name, site) = (name.to_owned(), site.to_owned());
        Ok(inventory::Node { name, site, roles: vec![role], underlay, public: None, group })
    }

    /// Adds a bare node: it has a network and a key for the mesh, and is in no other node's inventory.
    pub fn add_bare_node(&mut self, node: &inventory::Node, image: &Path) -> Result<&Node, TestbedError> {
        let mut state = self.state_with(node)?;
        state.bare.insert(node.name.clone());
        let added = Node::new(&state, node)?;
        if !added.in_mesh {
            return Err(TestbedError::NotInMesh(added.name));
        }
        let control = self.first(Role::Control)?;
        let key = preauth_keys::create(control, preauth_keys::wait_for_owner(control)?, &added)?;
        deliver(&state, &added, image, &key)?;
        self.boot_added(state, node)
    }

    /// Runs `bootstrap.sh` on a bare node; its image has the packages already.
    pub fn bootstrap(&self, name: &str) -> Result<(), TestbedError> {
        let node = self.node(name)?;
        let roles: Vec<&str> = node.roles.iter().map(|role| role_name(*role)).collect();
        let mut command = node.command("bash")?;
        command.arg(format!("{DELIVERY}/bootstrap.sh")).arg(roles.join(","));
        command.args(["--no-packages", "--name", name, "--site", &node.site]);
        command.arg("--bundle").arg(format!("{DELIVERY}/bundle.tar"));
        command.arg("--joining").arg(format!("{DELIVERY}/joining"));
        if let Some(group) = node.group {
            command.args(["--group", &group.to_string()]);
        }
        if !self.is_sharded() {
            command.arg("--plain");
        }
        run(&mut command).map(drop)
    }

    pub fn wait_until_joined(&mut self, name: &str) -> Result<(), TestbedError> {
        until(&format!("{name} joining the mesh"), JOIN_TIMEOUT, || self.fetch_mesh_address(name))?;
        self.state.write()
    }
}

/// Writes the files that an operator copies to a machine before `bootstrap.sh` runs.
fn deliver(state: &State, node: &Node, image: &Path, key: &str) -> Result<(), TestbedError> {
    let folder = node.folder();
    let (delivery, joining) = (folder.join("delivery"), folder.join("delivery/joining"));
    files::create_dir(&joining)?;
    files::write(&folder.join("image"), &image.display().to_string(), 0o644)?;
    files::write(&folder.join("resolv.conf"), "", 0o644)?;
    files::write(&folder.join("hosts"), "127.0.0.1 localhost\n::1 localhost\n", 0o644)?;
    files::write(&delivery.join("bootstrap.sh"), BOOTSTRAP, 0o755)?;
    files::write(&joining.join("join.key"), key, 0o600)?;
    files::write(&joining.join("secrets.toml"), &Secrets::read()?.as_toml()?, 0o600)?;
    files::copy(&ca::root(), &joining.join("ca.pem"), 0o644)?;
    let archive = releases::archive(&state.release)?;
    run(command("cp", ["--reflink=auto"]).arg(archive).arg(delivery.join("bundle.tar"))).map(drop)
}

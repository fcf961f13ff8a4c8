//! Machines that come with nothing but Debian and join by themselves, as machines of a new installation do.

use crate::{
    authority::{self, Secrets},
    debian, disk,
    error::WorldError,
    keys,
    node::Node,
    place,
    program::{program, run},
    record::Record,
    wait::until,
    world::World,
};
use agent::inventory::{self, Role};
use std::{
    fs,
    net::Ipv4Addr,
    ops::Range,
    path::{Path, PathBuf},
    time::Duration,
};

const LONGEST_JOIN: Duration = Duration::from_mins(2);
/// The places in a site's network that no inventory uses.
const FREE: Range<u8> = 200..250;
/// Where a machine finds what it was sent.
const DELIVERY: &str = "/mnt";
/// What keeps services up that `bootstrap.sh` has written units for, where there is no systemd.
const SUPERVISE: &str = "mkdir -p /run/toast-units && cp /etc/systemd/system/toast-*.service /run/toast-units/ &&
    toast-testbed services --units /run/toast-units --out /etc/service";

impl World {
    /// A machine that is not there yet, at a free address of a site.
    pub fn plan(&self, name: &str, site: &str, role: Role, group: Option<u16>) -> Result<inventory::Node, WorldError> {
        let inventory = self.inventory();
        let network = inventory.sites.get(site).ok_or_else(|| WorldError::NoSite(site.to_owned()))?.network;
        let [a, b, c, _] = network.gateway().octets();
        let taken = |address: &Ipv4Addr| inventory.nodes.iter().any(|node| node.underlay == *address);
        let free = FREE.map(|last| Ipv4Addr::new(a, b, c, last)).find(|address| !taken(address));
        let underlay = free.ok_or_else(|| WorldError::Shape(format!("site {site} has no free address")))?;
        let (name, site) = (name.to_owned(), site.to_owned());
        Ok(inventory::Node { name, site, roles: vec![role], underlay, public: None, group })
    }

    /// Adds a machine with a system of its own, made from an image, that nobody knows: it has a network and a key, and
    /// is in no node's inventory.
    pub fn add_bare_node(&mut self, node: &inventory::Node, image: &Path) -> Result<&Node, WorldError> {
        let mut record = self.record_with(node)?;
        record.bare.insert(node.name.clone());
        let added = Node::new(&record, node)?;
        if !added.inside {
            return Err(WorldError::Outside(added.name));
        }
        let control = self.first(Role::Control)?;
        let key = keys::make(control, keys::ready(control)?, &added)?;
        deliver(&record, &added, image, &key)?;
        self.switch_on(record, node)
    }

    /// Runs `bootstrap.sh` on a bare machine, whose packages are in its image already, and keeps up what it sets up.
    pub fn bootstrap(&self, name: &str) -> Result<(), WorldError> {
        let node = self.node(name)?;
        let roles: Vec<&str> = node.roles.iter().map(|role| word(*role)).collect();
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
        run(&mut command)?;
        node.run("sh", &["-c", SUPERVISE]).map(drop)
    }

    /// Waits until a machine is part of the mesh.
    pub fn wait_until_joined(&mut self, name: &str) -> Result<(), WorldError> {
        until(&format!("{name} in the mesh"), LONGEST_JOIN, || self.learn_mesh_address(name))?;
        self.record.write()
    }
}

/// A role as `bootstrap.sh` calls it.
pub const fn word(role: Role) -> &'static str {
    if matches!(role, Role::Database) { "db" } else { role.name() }
}

/// Puts what a machine is sent before it becomes a node where it will find it.
fn deliver(record: &Record, node: &Node, image: &Path, key: &str) -> Result<(), WorldError> {
    let folder = place::node(&node.name);
    let (delivery, joining) = (folder.join("delivery"), folder.join("delivery/joining"));
    for one in [&joining, &folder.join("units")] {
        disk::make(one)?;
    }
    disk::write(&folder.join("image"), &image.display().to_string(), 0o644)?;
    disk::write(&folder.join("resolv.conf"), "", 0o644)?;
    disk::write(&folder.join("hosts"), "127.0.0.1 localhost\n::1 localhost\n", 0o644)?;
    disk::write(&delivery.join("bootstrap.sh"), debian::BOOTSTRAP, 0o755)?;
    disk::write(&joining.join("join.key"), key, 0o600)?;
    disk::write(&joining.join("secrets.toml"), &Secrets::read()?.as_toml()?, 0o600)?;
    let root = fs::read_to_string(authority::root()).map_err(WorldError::file(&authority::root()))?;
    disk::write(&joining.join("ca.pem"), &root, 0o644)?;
    run(program("cp", ["--reflink=auto"]).arg(archive(record)?).arg(delivery.join("bundle.tar"))).map(drop)
}

/// The archive of what the world runs; made once.
fn archive(record: &Record) -> Result<PathBuf, WorldError> {
    let path = place::archive(&record.release);
    if !path.exists() {
        let new = path.with_extension("new");
        let release = place::releases().join(&record.release);
        run(program("tar", ["--create", "--file"]).arg(&new).arg("--directory").arg(release).arg("."))?;
        fs::rename(&new, &path).map_err(WorldError::file(&path))?;
    }
    Ok(path)
}

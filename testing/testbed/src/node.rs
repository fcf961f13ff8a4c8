//! One node of the testbed, and the faults that can be injected into it.

use crate::{
    boot::{self, Init},
    error::TestbedError,
    exec::{command, run},
    network::{self, LinkState, VethPair},
    paths,
    process::{self, Process, Signal},
    releases,
    service::Service,
    state_file::State,
    wait::until,
};
use agent::inventory::{self, Role, SiteKind};
use std::{fs, net::Ipv4Addr, path::PathBuf, process::Command, time::Duration};

/// A process in uninterruptible sleep stops only when its disk operation has ended.
const FREEZE_TIMEOUT: Duration = Duration::from_secs(10);

/// `dd` fails when the disk is full, which is the goal. `sync` frees the blocks that ext4 reserves for delayed allocation,
/// so they are filled in the next passes.
const FILL: &str = "for size in 1M 4k 4k; do
    dd if=/dev/zero of=/run/disk/filler oflag=append conv=notrunc bs=$size 2>/dev/null || true
    sync -f /run/disk/filler
done";

#[derive(Debug, Clone)]
pub struct Node {
    pub name: String,
    pub site: String,
    pub roles: Vec<Role>,
    pub group: Option<u16>,
    /// Address in the network of its site.
    pub underlay: Ipv4Addr,
    /// Address on the internet.
    pub public: Option<Ipv4Addr>,
    /// Address in the mesh, once it has joined.
    pub mesh: Option<Ipv4Addr>,
    /// Whether it is part of the installation; the others are its internet.
    pub in_mesh: bool,
    veth_pairs: Vec<VethPair>,
}

impl Node {
    pub(crate) fn new(state: &State, node: &inventory::Node) -> Result<Self, TestbedError> {
        let number = state.numbers.get(&node.name).ok_or_else(|| TestbedError::UnknownNode(node.name.clone()))?;
        let site = state.inventory.sites.get(&node.site).ok_or_else(|| TestbedError::UnknownSite(node.site.clone()))?;
        Ok(Self {
            name: node.name.clone(),
            site: node.site.clone(),
            roles: node.roles.clone(),
            group: node.group,
            underlay: node.underlay,
            public: node.public,
            mesh: state.mesh.get(&node.name).copied(),
            in_mesh: site.kind != SiteKind::Internet,
            veth_pairs: network::veth_pairs(&state.inventory, node, *number)?,
        })
    }

    pub fn is(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }

    /// Its folder on the host, with `log`, `lib` (`/var/lib/toast`) and `toast` (`/etc/toast`).
    pub fn folder(&self) -> PathBuf {
        paths::node(&self.name)
    }

    pub fn is_up(&self) -> bool {
        Init::of(&self.name).is_some()
    }

    /// Pid of its first process on the host.
    pub fn init_pid(&self) -> Result<u32, TestbedError> {
        self.init().map(|init| init.pid)
    }

    /// A command that runs inside the node, as root.
    pub fn command(&self, program: &str) -> Result<Command, TestbedError> {
        Ok(self.init()?.command(program))
    }

    /// Runs a command inside the node and returns its standard output.
    pub fn run(&self, program: &str, arguments: &[&str]) -> Result<String, TestbedError> {
        run(self.command(program)?.args(arguments))
    }

    /// A service by its name, with or without `toast-`.
    pub fn service(&self, name: &str) -> Service<'_> {
        Service::new(self, name)
    }

    /// The names of its services, sorted.
    pub fn services(&self) -> Result<Vec<String>, TestbedError> {
        let folder = paths::units(&self.name);
        let entries = fs::read_dir(&folder).map_err(TestbedError::file(&folder))?;
        let files = entries.flatten().filter_map(|entry| entry.file_name().into_string().ok());
        let mut names: Vec<String> =
            files.filter_map(|file| file.strip_suffix(".service").map(str::to_owned)).collect();
        names.sort();
        Ok(names)
    }

    pub fn processes(&self) -> Result<Vec<Process>, TestbedError> {
        process::of_namespace(self.init_pid()?)
    }

    /// Sends SIGSTOP to all its processes but the first; only its kernel answers packets then.
    pub fn freeze(&self) -> Result<(), TestbedError> {
        until(&format!("freeze of {}", self.name), FREEZE_TIMEOUT, || {
            self.signal_all(Signal::Stop)?;
            Ok(self.processes()?.iter().all(|one| one.stopped || one.ns_pid == 1).then_some(()))
        })
    }

    /// Sends SIGCONT to all its processes.
    pub fn thaw(&self) -> Result<(), TestbedError> {
        self.signal_all(Signal::Continue)?;
        // `nsenter` stops itself when its child is stopped, and does not continue with it.
        let entered = process::entered_from_host(self.init_pid()?)?;
        process::signal(Signal::Continue, entered.iter().filter(|one| one.stopped).map(|one| one.pid))
    }

    /// Power loss: all processes are killed, no packet is sent. The disk stays.
    pub fn crash(&self) -> Result<(), TestbedError> {
        let init = self.init()?;
        // Otherwise the kernel would send a FIN or RST on each open connection.
        network::set_links(&self.veth_pairs, LinkState::Detached)?;
        init.kill()?;
        network::remove_namespace(&paths::namespace(&self.name))
    }

    /// Boots the node; returns when systemd has started its services, which may not be ready yet.
    pub fn boot(&self) -> Result<(), TestbedError> {
        if self.is_up() {
            return Err(TestbedError::NodeUp(self.name.clone()));
        }
        // A failed boot may have left it.
        network::remove_namespace(&paths::namespace(&self.name))?;
        network::create_namespace(&self.name, &self.veth_pairs)?;
        boot::start(&self.name).map(drop)
    }

    /// Drops all packets to and from the running node.
    pub fn disconnect(&self) -> Result<(), TestbedError> {
        self.init()?;
        network::set_links(&self.veth_pairs, LinkState::Detached)
    }

    /// Reverts [`Self::disconnect`].
    pub fn reconnect(&self) -> Result<(), TestbedError> {
        self.init()?;
        network::set_links(&self.veth_pairs, LinkState::Attached)
    }

    pub(crate) fn veth_pairs(&self) -> &[VethPair] {
        &self.veth_pairs
    }

    /// Attaches or detaches its link to the internet.
    pub(crate) fn set_internet_link(&self, state: LinkState) -> Result<(), TestbedError> {
        if self.is_up() { network::set_links(&network::internet_pair(&self.veth_pairs), state) } else { Ok(()) }
    }

    /// Fills the disk of its database completely.
    pub fn fill_disk(&self) -> Result<(), TestbedError> {
        self.check_disk()?;
        self.run("sh", &["-c", FILL]).map(drop)
    }

    /// Reverts [`Self::fill_disk`].
    pub fn free_disk(&self) -> Result<(), TestbedError> {
        self.check_disk()?;
        self.run("rm", &["-f", "/run/disk/filler"]).map(drop)
    }

    /// Whether its database has a disk of limited size.
    pub(crate) fn has_disk(&self) -> bool {
        self.folder().join("disk").exists()
    }

    /// Switches to a release of [`crate::Testbed::stage`]. Running services keep the old one until they are restarted.
    pub fn use_release(&self, release: &str) -> Result<(), TestbedError> {
        releases::activate(&self.name, release)
    }

    fn init(&self) -> Result<Init, TestbedError> {
        Init::of(&self.name).ok_or_else(|| TestbedError::NodeDown(self.name.clone()))
    }

    fn check_disk(&self) -> Result<(), TestbedError> {
        if self.has_disk() { Ok(()) } else { Err(TestbedError::UnboundedDisk(self.name.clone())) }
    }

    /// `kill -1` reaches all processes but the first at the same moment, so that none can be forked in between.
    fn signal_all(&self, signal: Signal) -> Result<(), TestbedError> {
        let script = format!("kill -s {} -- -1 2>/dev/null || true", signal.name());
        run(&mut command("nsenter", ["--target", &self.init_pid()?.to_string(), "--pid", "--", "sh", "-c", &script]))
            .map(drop)
    }
}

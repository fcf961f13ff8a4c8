//! One machine of the world, and how it breaks.

use crate::{
    boot::{self, Init},
    disk,
    error::WorldError,
    network::{self, Cable, Passage},
    place,
    process::{self, Process, Signal},
    program::run,
    record::Record,
    service::Service,
    wait::until,
};
use agent::inventory::{self, Role, SiteKind};
use std::{fs, net::Ipv4Addr, path::PathBuf, process::Command, time::Duration};

/// A process that waits for a disk stops only when it has it.
const LONGEST_STANDSTILL: Duration = Duration::from_secs(10);

/// `dd` ends with an error when the disk is full, which is what is wanted. Once what was written has its place on the disk,
/// what had been put aside for that is free again, and filled as well.
const FILL: &str = "for size in 1M 4k 4k; do
    dd if=/dev/zero of=/run/disk/filler oflag=append conv=notrunc bs=$size 2>/dev/null || true
    sync -f /run/disk/filler
done";

/// One machine of the world.
#[derive(Debug, Clone)]
pub struct Node {
    /// Its name.
    pub name: String,
    /// Where it stands.
    pub site: String,
    /// What it does.
    pub roles: Vec<Role>,
    /// Which database group it belongs to.
    pub group: Option<u16>,
    /// Its address in the network of its site.
    pub underlay: Ipv4Addr,
    /// Its address on the internet.
    pub public: Option<Ipv4Addr>,
    /// Its address in the mesh, once it has joined.
    pub mesh: Option<Ipv4Addr>,
    /// Whether it belongs to the installation, and not to the internet around it.
    pub inside: bool,
    cables: Vec<Cable>,
}

impl Node {
    pub(crate) fn new(record: &Record, node: &inventory::Node) -> Result<Self, WorldError> {
        let number = record.numbers.get(&node.name).ok_or_else(|| WorldError::NoNode(node.name.clone()))?;
        let site = record.inventory.sites.get(&node.site).ok_or_else(|| WorldError::NoSite(node.site.clone()))?;
        Ok(Self {
            name: node.name.clone(),
            site: node.site.clone(),
            roles: node.roles.clone(),
            group: node.group,
            underlay: node.underlay,
            public: node.public,
            mesh: record.mesh.get(&node.name).copied(),
            inside: site.kind != SiteKind::Internet,
            cables: network::cables(&record.inventory, node, *number)?,
        })
    }

    /// Whether it has a role.
    pub fn is(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }

    /// Its folder on the host: `log`, `lib` (its `/var/lib/toast`), `toast` (its `/etc/toast`).
    pub fn folder(&self) -> PathBuf {
        place::node(&self.name)
    }

    /// Whether the machine runs.
    pub fn is_up(&self) -> bool {
        Init::of(&self.name).is_some()
    }

    /// The id of its first process, on the host.
    pub fn init_pid(&self) -> Result<u32, WorldError> {
        self.init().map(|init| init.pid)
    }

    /// A program that will run inside the node, as root.
    pub fn command(&self, program: &str) -> Result<Command, WorldError> {
        let mut command = Command::new("nsenter");
        command.arg("--target").arg(self.init_pid()?.to_string());
        command.args(["--mount", "--uts", "--ipc", "--net", "--pid", "--wd=/", "--", program]);
        Ok(command)
    }

    /// Runs a program inside the node to its end and answers what it printed.
    pub fn run(&self, program: &str, arguments: &[&str]) -> Result<String, WorldError> {
        run(self.command(program)?.args(arguments))
    }

    /// One of its services, with or without `toast-` before its name.
    pub fn service(&self, name: &str) -> Service<'_> {
        Service::new(self, name)
    }

    /// The names of its services.
    pub fn services(&self) -> Result<Vec<String>, WorldError> {
        let folder = self.folder().join("service");
        let entries = fs::read_dir(&folder).map_err(WorldError::file(&folder))?;
        let mut names: Vec<String> =
            entries.flatten().filter_map(|entry| entry.file_name().into_string().ok()).collect();
        names.sort();
        Ok(names)
    }

    /// All its processes.
    pub fn processes(&self) -> Result<Vec<Process>, WorldError> {
        process::of_namespace(self.init_pid()?)
    }

    /// Stops everything on it where it is: the machine hangs, and its network answers no more than its kernel would.
    pub fn freeze(&self) -> Result<(), WorldError> {
        until(&format!("the standstill of {}", self.name), LONGEST_STANDSTILL, || {
            self.signal_all(Signal::Stop)?;
            Ok(self.processes()?.iter().all(|one| one.stopped || one.inner == 1).then_some(()))
        })
    }

    /// Lets everything on it go on.
    pub fn thaw(&self) -> Result<(), WorldError> {
        self.signal_all(Signal::Continue)?;
        // `nsenter` stops itself when what it started is stopped, and would stay so.
        let waiting = process::waiting_for_namespace(self.init_pid()?)?;
        process::signal(Signal::Continue, waiting.iter().filter(|one| one.stopped).map(|one| one.pid))
    }

    /// The power goes: no process ends in good order, and nobody hears of it. Its disk stays.
    pub fn crash(&self) -> Result<(), WorldError> {
        let init = self.init()?;
        // Without this the kernel would still say goodbye on each of its connections.
        network::pass(&self.cables, Passage::Closed)?;
        init.end()?;
        network::unplug(&self.name)
    }

    /// The power comes back. Answers when its services are being kept up, which is before they answer.
    pub fn boot(&self) -> Result<(), WorldError> {
        if self.is_up() {
            return Err(WorldError::Up(self.name.clone()));
        }
        // What a start that failed has left.
        network::unplug(&self.name)?;
        network::plug(&self.name, &self.cables)?;
        boot::start(&self.name).map(drop)
    }

    /// Packets to and from it are dropped; the machine itself runs on.
    pub fn vanish(&self) -> Result<(), WorldError> {
        self.init()?;
        network::pass(&self.cables, Passage::Closed)
    }

    /// Packets to and from it pass again.
    pub fn appear(&self) -> Result<(), WorldError> {
        self.init()?;
        network::pass(&self.cables, Passage::Open)
    }

    pub(crate) fn cables(&self) -> &[Cable] {
        &self.cables
    }

    /// Closes or opens its way to the internet alone.
    pub(crate) fn pass_public(&self, passage: Passage) -> Result<(), WorldError> {
        if self.is_up() { network::pass(&network::public(&self.cables), passage) } else { Ok(()) }
    }

    /// Fills the disk of its database to the last byte.
    pub fn fill_disk(&self) -> Result<(), WorldError> {
        self.bounded_disk()?;
        run(self.command("sh")?.args(["-c", FILL])).map(drop)
    }

    /// Gives the disk of its database its room back.
    pub fn free_disk(&self) -> Result<(), WorldError> {
        self.bounded_disk()?;
        self.run("rm", &["-f", "/run/disk/filler"]).map(drop)
    }

    /// Has it use a bundle that [`crate::World::stage`] named. What runs goes on with the old one until it is restarted.
    pub fn use_release(&self, release: &str) -> Result<(), WorldError> {
        disk::use_release(&self.name, release)
    }

    pub(crate) fn init(&self) -> Result<Init, WorldError> {
        Init::of(&self.name).ok_or_else(|| WorldError::Down(self.name.clone()))
    }

    fn bounded_disk(&self) -> Result<(), WorldError> {
        if self.folder().join("disk").exists() { Ok(()) } else { Err(WorldError::EndlessDisk(self.name.clone())) }
    }

    /// Reaches every process but the first at the same moment, so that none can be born in between.
    fn signal_all(&self, signal: Signal) -> Result<(), WorldError> {
        let mut command = Command::new("nsenter");
        command.arg("--target").arg(self.init_pid()?.to_string()).args(["--pid", "--", "sh", "-c"]);
        // A node without services has nobody to hear it.
        run(command.arg(format!("kill -s {} -- -1 2>/dev/null || true", signal.name()))).map(drop)
    }
}

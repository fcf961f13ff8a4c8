//! The running testbed as tests use it: addresses, databases, and this program run on its nodes.

use crate::{Error, json};
use agent::inventory::Role;
use serde::Deserialize;
use std::{
    collections::BTreeMap,
    fs,
    net::Ipv4Addr,
    path::PathBuf,
    process::{Child, Stdio},
};
use testbed::{Node, Testbed, paths::STATE};

/// Last octet of the first address that clients connect from.
const FIRST_CLIENT: u8 = 101;
/// One address per regular customer and restaurant, since rate limits are per address.
const CLIENTS: u8 = 44;
/// The last of them are for overload and abusive clients.
const EXTRA_CLIENTS: usize = 4;
/// Taken by the one run that may change the testbed.
const LOCK: &str = "/run/toast-chaos.lock";

pub struct Environment {
    pub testbed: Testbed,
    /// Files of this run.
    pub folder: PathBuf,
    /// The release that an upgrade installs.
    pub bundle: PathBuf,
    program: PathBuf,
    password: String,
    groups: BTreeMap<String, i32>,
    _lock: fs::File,
}

#[derive(Deserialize)]
struct Passwords {
    postgres: String,
}

impl Environment {
    /// Opens the testbed and its restaurants, and adds the addresses of clients.
    pub fn open(folder: PathBuf, bundle: PathBuf) -> Result<Self, Error> {
        let testbed = Testbed::open()?;
        let lock = fs::File::create(LOCK).map_err(Error::io(LOCK))?;
        lock.try_lock().map_err(|_| Error::failed("the testbed", "is in use by another run; wait for its end"))?;
        fs::create_dir_all(&folder).map_err(Error::io(folder.display()))?;
        let folder = folder.canonicalize().map_err(Error::io(folder.display()))?;
        // Nodes have private folders such as /tmp: the program must be in one that they share with the host.
        let own = std::env::current_exe().map_err(Error::io("this program"))?;
        let program = folder.join("toast-chaos");
        fs::copy(&own, &program).map_err(Error::io(program.display()))?;
        let passwords = testbed::secrets::Secrets::read()?.as_toml()?;
        let passwords: Passwords = toml::from_str(&passwords).map_err(|error| Error::failed("passwords", error))?;
        let password = passwords.postgres;
        let mut environment = Self { testbed, folder, bundle, program, password, groups: BTreeMap::new(), _lock: lock };
        environment.require_shared_folder()?;
        environment.add_client_addresses()?;
        environment.read_groups("setup")?;
        Ok(environment)
    }

    fn require_shared_folder(&self) -> Result<(), Error> {
        let operator = self.operator()?;
        operator.run("test", &["-x", &self.program.display().to_string()]).map(drop).map_err(|_| {
            let why = format!("is not visible on {}; choose a folder below {STATE}", operator.name);
            Error::failed(self.folder.display(), why)
        })
    }

    /// Reads again which group holds which restaurant; returns the restaurants that moved, with their new groups.
    pub fn refresh_restaurant_groups(&mut self) -> Result<BTreeMap<String, i32>, Error> {
        let before = self.groups.clone();
        self.read_groups("locate")?;
        Ok(self.groups.clone().into_iter().filter(|(slug, group)| before.get(slug) != Some(group)).collect())
    }

    /// Runs this program's command `setup` or `locate` on the operators' node and reads the file it writes.
    fn read_groups(&mut self, command: &str) -> Result<(), Error> {
        let (terms, groups) = (self.file("terms.json"), self.file("groups.json"));
        let mut arguments = vec![command.to_owned()];
        arguments.extend(self.databases());
        let files = [("--terms", &terms), ("--groups", &groups)];
        arguments.extend(files.iter().flat_map(|(name, file)| [(*name).to_owned(), file.display().to_string()]));
        self.run_on(self.operator()?, &arguments)?;
        self.groups = json::read(&groups)?;
        Ok(())
    }

    /// Slugs.
    pub fn restaurants(&self) -> impl Iterator<Item = &str> {
        self.groups.keys().map(String::as_str)
    }

    fn add_client_addresses(&self) -> Result<(), Error> {
        let client = self.client()?;
        let present = client.run("ip", &["-4", "-o", "addr", "show", "dev", "pub0"])?;
        for address in self.client_addresses() {
            if !present.contains(&format!("{address}/")) {
                client.run("ip", &["addr", "add", &format!("{address}/24"), "dev", "pub0"])?;
            }
        }
        Ok(())
    }

    fn client_addresses(&self) -> Vec<Ipv4Addr> {
        let [a, b, c, _] = self.client().map_or([203, 0, 113, 0], |client| client.underlay.octets());
        (FIRST_CLIENT..FIRST_CLIENT.saturating_add(CLIENTS)).map(|last| Ipv4Addr::new(a, b, c, last)).collect()
    }

    pub fn regular_client_addresses(&self) -> Vec<Ipv4Addr> {
        let mut addresses = self.client_addresses();
        addresses.truncate(addresses.len().saturating_sub(EXTRA_CLIENTS));
        addresses
    }

    pub fn extra_client_addresses(&self) -> Vec<Ipv4Addr> {
        self.client_addresses().into_iter().rev().take(EXTRA_CLIENTS).collect()
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    pub fn operator(&self) -> Result<&Node, Error> {
        Ok(self.testbed.first(Role::Operator)?)
    }

    /// The node on the internet that customers' requests come from.
    pub fn client(&self) -> Result<&Node, Error> {
        Ok(self.testbed.first(Role::Client)?)
    }

    /// `--database` options for the members of the coordinator's group.
    pub fn databases(&self) -> Vec<String> {
        let members = self.testbed.members(0).filter_map(|node| node.mesh);
        members.flat_map(|address| ["--database".to_owned(), self.database_url(address, 5432)]).collect()
    }

    /// For the superuser.
    pub fn database_url(&self, address: Ipv4Addr, port: u16) -> String {
        format!("postgres://postgres:{}@{address}:{port}/toast?sslmode=disable", self.password)
    }

    /// The database group that holds a restaurant's rows.
    pub fn group_of(&self, slug: &str) -> Option<i32> {
        self.groups.get(slug).copied()
    }

    /// The groups that hold restaurants.
    pub fn groups(&self) -> Vec<u16> {
        let mut groups: Vec<u16> = self.groups.values().filter_map(|group| u16::try_from(*group).ok()).collect();
        groups.sort_unstable();
        groups.dedup();
        groups
    }

    /// Options with which this program connects to Toast as a customer does: by DNS and TLS through an ingress.
    pub fn customer_options(&self) -> Result<Vec<String>, Error> {
        let servers: Vec<_> = self.testbed.with_role(Role::Dns).map(|node| node.underlay.to_string()).collect();
        if servers.is_empty() {
            return Err(Error::failed("DNS servers", "there are none in this testbed"));
        }
        Ok(options([
            ("--url", format!("https://{}", self.testbed.inventory().domain)),
            ("--dns", servers.join(",")),
            ("--ca", "/etc/toast/guest-roots.pem".to_owned()),
            ("--terms", self.file("terms.json").display().to_string()),
        ]))
    }

    /// Starts this program on a node.
    pub fn start_on(&self, node: &Node, arguments: &[String], log: &str) -> Result<Child, Error> {
        let path = self.file(log);
        let out = fs::File::create(&path).map_err(Error::io(path.display()))?;
        let error = out.try_clone().map_err(Error::io(path.display()))?;
        let program = self.program.display().to_string();
        let mut command = node.command(&program)?;
        command.args(arguments).stdin(Stdio::null()).stdout(out).stderr(error);
        command.spawn().map_err(Error::io(program))
    }

    /// Runs this program on a node to its end; returns what it printed and whether it exited with 0 rather than 1.
    pub fn run_unchecked(&self, node: &Node, arguments: &[String]) -> Result<(String, bool), Error> {
        let program = self.program.display().to_string();
        // As many open files as the host allows.
        let shell = ["-c", r#"ulimit -n "$(ulimit -Hn)"; exec "$0" "$@""#, &program];
        let output = node.command("sh")?.args(shell).args(arguments).stdin(Stdio::null()).output();
        let output = output.map_err(Error::io(&program))?;
        let printed = [output.stdout.as_slice(), output.stderr.as_slice()].concat();
        let printed = String::from_utf8_lossy(&printed).trim().to_owned();
        match output.status.code() {
            Some(0) => Ok((printed, true)),
            Some(1) => Ok((printed, false)),
            _ => Err(Error::failed(format!("toast-chaos on {}", node.name), printed)),
        }
    }

    /// Runs this program on a node to its end and requires success; returns what it printed.
    pub fn run_on(&self, node: &Node, arguments: &[String]) -> Result<String, Error> {
        let (printed, passed) = self.run_unchecked(node, arguments)?;
        if passed { Ok(printed) } else { Err(Error::failed(format!("toast-chaos on {}", node.name), printed)) }
    }
}

/// Command line options from names and values.
pub fn options<const N: usize>(pairs: [(&str, String); N]) -> Vec<String> {
    pairs.into_iter().flat_map(|(name, value)| [name.to_owned(), value]).collect()
}

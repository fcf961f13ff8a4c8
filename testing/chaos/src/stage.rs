//! The running world as a run sees it: who leads what, who is well, and this program inside its nodes.

use crate::{
    failure::Failure,
    moment::Moment,
    walls::knock::{Knock, Target},
};
use agent::inventory::Role;
use serde::Deserialize;
use std::{
    collections::BTreeMap,
    fs,
    net::Ipv4Addr,
    path::{Path, PathBuf},
    process::{Child, Stdio},
    thread::sleep,
    time::Duration,
};
use testbed::{Node, Testbed, paths::STATE};

/// The first of the addresses that guests of a run connect from.
const FIRST_GUEST: u8 = 101;
/// How many addresses guests have: one for each of the usual guests and of the kitchens, since limits are by address.
const GUESTS: u8 = 44;
/// The last of them, for a crowd and for whoever means ill.
const OTHERS: usize = 4;
/// Patroni's interface.
const PATRONI: u16 = 8008;

/// The running world.
pub struct Stage {
    /// Its nodes.
    pub world: Testbed,
    /// Files of this run.
    pub folder: PathBuf,
    /// What nodes are made of, for an upgrade.
    pub bundle: PathBuf,
    program: PathBuf,
    password: String,
    groups: BTreeMap<String, i32>,
    _turn: fs::File,
}

/// Held by the run that breaks the world: two at once would each see what the other one broke.
const TURN: &str = "/run/toast-chaos.lock";

#[derive(Deserialize)]
struct Passwords {
    postgres: String,
}

#[derive(Deserialize)]
struct Cluster {
    members: Vec<crate::census::Member>,
}

impl Stage {
    /// Finds the world, opens its restaurants, and gives its guests addresses.
    pub fn open(folder: PathBuf, bundle: PathBuf) -> Result<Self, Failure> {
        let world = Testbed::open()?;
        let turn = fs::File::create(TURN).map_err(Failure::system(TURN))?;
        turn.try_lock().map_err(|_| Failure::wrong("the world", "is being broken by another run; wait for its end"))?;
        fs::create_dir_all(&folder).map_err(Failure::system(folder.display()))?;
        let folder = folder.canonicalize().map_err(Failure::system(folder.display()))?;
        // Nodes have folders of their own, such as /tmp: the program must stand where they see it.
        let own = std::env::current_exe().map_err(Failure::system("this program"))?;
        let program = folder.join("toast-chaos");
        fs::copy(&own, &program).map_err(Failure::system(program.display()))?;
        let passwords = testbed::secrets::Secrets::read()?.as_toml()?;
        let passwords: Passwords = toml::from_str(&passwords).map_err(|error| Failure::wrong("passwords", error))?;
        let mut stage =
            Self { world, folder, bundle, program, password: passwords.postgres, groups: BTreeMap::new(), _turn: turn };
        stage.must_be_seen()?;
        stage.give_guests_addresses()?;
        stage.open_restaurants()?;
        Ok(stage)
    }

    /// Says so before anything is broken, where nodes do not see the files of the run.
    fn must_be_seen(&self) -> Result<(), Failure> {
        let operator = self.operator()?;
        operator.run("test", &["-x", &self.program.display().to_string()]).map(drop).map_err(|_| {
            let why = format!("{} has a folder of its own there; choose one below {STATE}", operator.name);
            Failure::wrong(self.folder.display(), why)
        })
    }

    fn open_restaurants(&mut self) -> Result<(), Failure> {
        self.learn_places("open")
    }

    /// Looks again where restaurants are; answers where those are now that have moved.
    pub fn find_restaurants(&mut self) -> Result<BTreeMap<String, i32>, Failure> {
        let before = self.groups.clone();
        self.learn_places("places")?;
        Ok(self.groups.clone().into_iter().filter(|(slug, group)| before.get(slug) != Some(group)).collect())
    }

    /// Has this program, at the operators' node, write down where restaurants are, and reads it.
    fn learn_places(&mut self, verb: &str) -> Result<(), Failure> {
        let (terms, places) = (self.file("terms.json"), self.file("places.json"));
        let mut arguments = vec![verb.to_owned()];
        arguments.extend(self.databases());
        let files = [("--terms", &terms), ("--places", &places)];
        arguments.extend(files.iter().flat_map(|(name, file)| [(*name).to_owned(), file.display().to_string()]));
        self.run_inside(self.operator()?, &arguments)?;
        let text = fs::read_to_string(&places).map_err(Failure::system(places.display()))?;
        self.groups = serde_json::from_str(&text).map_err(|error| Failure::wrong(places.display(), error))?;
        Ok(())
    }

    /// The restaurants.
    pub fn restaurants(&self) -> impl Iterator<Item = &str> {
        self.groups.keys().map(String::as_str)
    }

    fn give_guests_addresses(&self) -> Result<(), Failure> {
        let client = self.client()?;
        let has = client.run("ip", &["-4", "-o", "addr", "show", "dev", "pub0"])?;
        for address in self.guests() {
            if !has.contains(&format!("{address}/")) {
                client.run("ip", &["addr", "add", &format!("{address}/24"), "dev", "pub0"])?;
            }
        }
        Ok(())
    }

    /// The addresses that guests connect from.
    pub fn guests(&self) -> Vec<Ipv4Addr> {
        let [a, b, c, _] = self.client().map_or([203, 0, 113, 0], |client| client.underlay.octets());
        (FIRST_GUEST..FIRST_GUEST.saturating_add(GUESTS)).map(|last| Ipv4Addr::new(a, b, c, last)).collect()
    }

    /// Those of the usual guests.
    pub fn usual_guests(&self) -> Vec<Ipv4Addr> {
        let mut guests = self.guests();
        guests.truncate(guests.len().saturating_sub(OTHERS));
        guests
    }

    /// Those of nobody who comes every day.
    pub fn other_guests(&self) -> Vec<Ipv4Addr> {
        self.guests().into_iter().rev().take(OTHERS).collect()
    }

    /// A file of this run.
    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Where operators work.
    pub fn operator(&self) -> Result<&Node, Failure> {
        Ok(self.world.first(Role::Operator)?)
    }

    /// Where guests are.
    pub fn client(&self) -> Result<&Node, Failure> {
        Ok(self.world.first(Role::Client)?)
    }

    /// The addresses of the coordinator's group, as options.
    pub fn databases(&self) -> Vec<String> {
        let members = self.world.members(0).filter_map(|node| node.mesh);
        members.flat_map(|address| ["--database".to_owned(), self.database_at(address, 5432)]).collect()
    }

    /// The database at an address, for its superuser.
    pub fn database_at(&self, address: Ipv4Addr, port: u16) -> String {
        format!("postgres://postgres:{}@{address}:{port}/toast?sslmode=disable", self.password)
    }

    /// The database group that a restaurant's rows are in; none while that is not known.
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

    /// Starts this program inside a node.
    pub fn start_inside(&self, node: &Node, arguments: &[String], log: &str) -> Result<Child, Failure> {
        let path = self.file(log);
        let out = fs::File::create(&path).map_err(Failure::system(path.display()))?;
        let error = out.try_clone().map_err(Failure::system(path.display()))?;
        let program = self.program.display().to_string();
        let mut command = node.command(&program)?;
        command.args(arguments).stdin(Stdio::null()).stdout(out).stderr(error);
        command.spawn().map_err(Failure::system(program))
    }

    /// Runs this program inside a node to its end, and answers what it printed and whether all was as it must be.
    pub fn ask_inside(&self, node: &Node, arguments: &[String]) -> Result<(String, bool), Failure> {
        let program = self.program.display().to_string();
        // As many connections as the host allows.
        let words = ["-c", r#"ulimit -n "$(ulimit -Hn)"; exec "$0" "$@""#, &program];
        let output = node.command("sh")?.args(words).args(arguments).stdin(Stdio::null()).output();
        let output = output.map_err(Failure::system(&program))?;
        let said = [output.stdout.as_slice(), output.stderr.as_slice()].concat();
        let said = String::from_utf8_lossy(&said).trim().to_owned();
        match output.status.code() {
            Some(0) => Ok((said, true)),
            Some(1) => Ok((said, false)),
            _ => Err(Failure::wrong(format!("toast-chaos on {}", node.name), said)),
        }
    }

    /// Knocks on ports from inside a node; answers what was not met with silence.
    pub fn knock(
        &self,
        from: &Node,
        targets: impl IntoIterator<Item = Target>,
        options: &[&str],
    ) -> Result<Vec<Knock>, Failure> {
        let mut arguments = vec!["knock".to_owned()];
        arguments.extend(options.iter().map(|option| (*option).to_owned()));
        arguments.extend(targets.into_iter().flat_map(|target| ["--to".to_owned(), target.to_string()]));
        let said = self.run_inside(from, &arguments)?;
        serde_json::from_str(&said).map_err(|error| Failure::wrong(format!("knocking from {}", from.name), error))
    }

    /// Runs this program inside a node to its end, where all must be as it must be; answers what it printed.
    pub fn run_inside(&self, node: &Node, arguments: &[String]) -> Result<String, Failure> {
        let (said, right) = self.ask_inside(node, arguments)?;
        if right { Ok(said) } else { Err(Failure::wrong(format!("toast-chaos on {}", node.name), said)) }
    }

    /// The members of a group as one of them sees them; empty while nobody answers.
    pub fn cluster(&self, group: u16) -> Vec<crate::census::Member> {
        let Ok(operator) = self.operator() else { return Vec::new() };
        for address in self.world.members(group).filter(|node| node.is_up()).filter_map(|node| node.mesh) {
            let url = format!("http://{address}:{PATRONI}/cluster");
            if let Ok(said) = operator.run("curl", &["--silent", "--fail", "--max-time", "2", &url])
                && let Ok(cluster) = serde_json::from_str::<Cluster>(&said)
            {
                return cluster.members;
            }
        }
        Vec::new()
    }

    /// The node that leads a group and takes writes, as it says itself.
    pub fn leader(&self, group: u16) -> Option<&Node> {
        let operator = self.operator().ok()?;
        self.world.members(group).filter(|node| node.is_up()).find(|node| {
            node.mesh.is_some_and(|address| {
                let url = format!("http://{address}:{PATRONI}/primary");
                let asked =
                    ["--silent", "--output", "/dev/null", "--max-time", "1", "--write-out", "%{http_code}", &url];
                operator.run("curl", &asked).is_ok_and(|said| said.trim() == "200")
            })
        })
    }

    /// Whether the database of a node lets anybody in.
    pub fn takes_connections(&self, node: &Node) -> bool {
        let address = node.mesh.map(|address| address.to_string()).unwrap_or_default();
        let asked = ["--quiet", "--timeout=1", "--host", &address];
        self.operator().is_ok_and(|operator| operator.run("pg_isready", &asked).is_ok())
    }

    /// The leader of a group, or why there is none.
    pub fn must_lead(&self, group: u16) -> Result<&Node, Failure> {
        self.leader(group).ok_or_else(|| Failure::wrong(format!("group {group}"), "has no leader"))
    }

    /// Waits until every group has its leader and all its standbys, and every server is ready. Answers what is still
    /// missing when time is up.
    pub fn wait_until_well(&self, patience: Duration) -> Option<String> {
        let deadline = Moment::now().plus(patience);
        loop {
            let missing = self.missing();
            if missing.is_none() || Moment::now() > deadline {
                return missing;
            }
            sleep(Duration::from_secs(1));
        }
    }

    fn missing(&self) -> Option<String> {
        for group in self.world.inventory().groups() {
            let members = self.cluster(group);
            let wanted = self.world.members(group).count();
            let streaming = members.iter().filter(|member| member.state == "streaming").count();
            let leads = members.iter().any(|member| member.role == "leader" && member.state == "running");
            if !leads || streaming + 1 < wanted {
                return Some(format!("group {group}: {} of {wanted} members", streaming + usize::from(leads)));
            }
        }
        let slow = self.world.with_role(Role::App).find(|node| !is_ready(node));
        slow.map(|node| format!("the server of {}", node.name))
    }
}

/// Whether a node's server says that it is ready.
pub fn is_ready(node: &Node) -> bool {
    let Some(address) = node.mesh else { return false };
    let url = format!("http://{address}:3000/readyz");
    node.run("curl", &["--silent", "--fail", "--output", "/dev/null", "--max-time", "2", &url]).is_ok()
}

/// Waits until a node's server is ready.
pub fn wait_until_ready(node: &Node, patience: Duration) -> Result<(), Failure> {
    let deadline = Moment::now().plus(patience);
    while !is_ready(node) {
        if Moment::now() > deadline {
            return Err(Failure::wrong(format!("the server of {}", node.name), "is not ready"));
        }
        sleep(Duration::from_millis(300));
    }
    Ok(())
}

/// Whether a file that a fault needs is on this host.
pub fn has(path: &str) -> bool {
    Path::new(path).exists()
}

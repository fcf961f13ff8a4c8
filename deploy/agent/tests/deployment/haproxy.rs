//! HAProxy with the rendered configuration, between a server and members of database groups that report their roles.

use crate::{access, inventory, node_config, skipped, templates};
use agent::{
    inventory::Role,
    mesh::{Mesh, Peer},
    templates::{GROUP_PORTS, TemplateContext},
};
use std::{
    fs,
    io::{Read, Write},
    net::{Ipv4Addr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

const HAPROXY: &str = "/usr/sbin/haproxy";
/// Added to the ports of the configuration: nothing else of the host is likely to listen there.
const PORT_SHIFT: u16 = 20_000;

/// Addresses of this process alone: several checks may run on one host.
fn address(index: u8) -> Ipv4Addr {
    let [.., high, low] = std::process::id().to_be_bytes();
    Ipv4Addr::new(127, 100 + index, high, low.clamp(1, 254))
}

/// A member of a database group: sends its name on each new connection, then returns what it receives.
struct Member {
    peer: Peer,
    leads: Arc<AtomicBool>,
}

impl Member {
    fn start(name: &str, group: u16, index: u8, leads: bool) -> Self {
        let leads = Arc::new(AtomicBool::new(leads));
        let listen = |port| TcpListener::bind((address(index), PORT_SHIFT + port)).unwrap();
        let (database, patroni) = (listen(5432), listen(8008));
        let (greeting, is_leader) = (name.to_owned(), leads.clone());
        serve(database, move |stream| echo(stream, &greeting));
        serve(patroni, move |stream| report_role(stream, is_leader.load(Ordering::Relaxed)));
        let (name, site, roles) = (name.to_owned(), "a".to_owned(), vec![Role::Database]);
        let peer = Peer { name, site, roles, group: Some(group), address: address(index) };
        Self { peer, leads }
    }

    fn set_leads(&self, leads: bool) {
        self.leads.store(leads, Ordering::Relaxed);
    }
}

fn serve(listener: TcpListener, respond: impl Fn(TcpStream) + Clone + Send + 'static) {
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let respond = respond.clone();
            thread::spawn(move || respond(stream));
        }
    });
}

fn echo(mut stream: TcpStream, greeting: &str) {
    let mut buffer = [0; 64];
    let mut received = stream.write_all(greeting.as_bytes()).map(|()| 1);
    while received.is_ok_and(|count| count > 0) {
        received = stream.read(&mut buffer).and_then(|count| stream.write_all(&buffer[..count]).map(|()| count));
    }
}

fn report_role(mut stream: TcpStream, leads: bool) {
    let status = if leads { "200 OK" } else { "503 Service Unavailable" };
    let response = format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    drop(stream.read(&mut [0; 1024]).and_then(|_| stream.write_all(response.as_bytes())));
}

/// A connection through HAProxy, and the member at its other end.
struct Session {
    stream: TcpStream,
    member: String,
}

impl Session {
    fn is_open(&mut self) -> bool {
        let mut answer = [0; 4];
        self.stream.write_all(b"ping").and_then(|()| self.stream.read_exact(&mut answer)).is_ok() && answer == *b"ping"
    }
}

struct HaProxy {
    address: Ipv4Addr,
    folder: PathBuf,
    master: Child,
}

impl HaProxy {
    /// Listens at the address of an index; none where it is not installed.
    fn start(index: u8, members: &[&Member]) -> Option<Self> {
        if !Path::new(HAPROXY).exists() {
            skipped("haproxy is not installed");
            return None;
        }
        let address = address(index);
        let folder = std::env::temp_dir().join(format!("toast-haproxy-{address}"));
        fs::create_dir_all(&folder).unwrap();
        write_settings(&folder, address, members);
        let mut command = Command::new(HAPROXY);
        let master = command.args(["-q", "-W", "-f"]).arg(folder.join("haproxy.cfg")).spawn().unwrap();
        Some(Self { address, folder, master })
    }

    fn open(&self, group: u16) -> Option<Session> {
        let port = PORT_SHIFT + if group == 0 { 5000 } else { GROUP_PORTS + group };
        let mut stream = TcpStream::connect((self.address, port)).ok()?;
        stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        let mut buffer = [0; 64];
        let count = stream.read(&mut buffer).ok().filter(|count| *count > 0)?;
        Some(Session { stream, member: String::from_utf8_lossy(&buffer[..count]).into_owned() })
    }

    /// A session that ends at a member, as soon as there is one.
    fn session(&self, group: u16, member: &str) -> Session {
        let mut found = None;
        eventually(&format!("group {group} is not reached at {member}"), || {
            found = self.open(group).filter(|session| session.member == member);
            found.is_some()
        });
        found.unwrap()
    }

    /// As the unit does.
    fn reload(&self, members: &[&Member]) {
        write_settings(&self.folder, self.address, members);
        let pid = self.master.id().to_string();
        assert!(Command::new("/bin/kill").args(["-USR2", &pid]).status().unwrap().success());
    }
}

impl Drop for HaProxy {
    fn drop(&mut self) {
        // The workers end with their master.
        drop(Command::new("/bin/kill").args(["-TERM", &self.master.id().to_string()]).status());
        drop(self.master.wait());
        drop(fs::remove_dir_all(&self.folder));
    }
}

/// The rendered file with addresses and ports of this test.
fn write_settings(folder: &Path, own: Ipv4Addr, members: &[&Member]) {
    let (inventory, access) = (inventory("host"), access());
    let node = node_config(inventory.node("a-app1").unwrap(), true);
    let mesh = Mesh { address: Some(own), peers: members.iter().map(|member| member.peer.clone()).collect() };
    let context = TemplateContext {
        inventory: &inventory,
        access: &access,
        node: &node,
        secrets: None,
        mesh: &mesh,
        backends: &[],
    };
    let text = templates().render("haproxy/haproxy.cfg.j2", &context).unwrap();
    let text = text
        .replace("127.0.0.1:5", &format!("{own}:25"))
        .replace(":5432 ", ":25432 ")
        .replace("port 8008", "port 28008")
        .replace("/run/toast/haproxy", &folder.display().to_string());
    fs::write(folder.join("haproxy.cfg"), text).unwrap();
}

fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < Duration::from_mins(1), "{what}");
        thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn each_group_is_reached_at_its_leader_and_groups_come_and_go_without_a_lost_session() {
    let coordinator = Member::start("a-db0", 0, 1, true);
    let [first, second] =
        [("a-db1", 2, true), ("b-db1", 3, false)].map(|(name, index, leads)| Member::start(name, 1, index, leads));
    let added = Member::start("a-db2", 2, 4, true);
    let Some(haproxy) = HaProxy::start(0, &[&coordinator, &first, &second]) else { return };
    haproxy.session(0, "a-db0");
    let mut before = haproxy.session(1, "a-db1");
    assert!(haproxy.open(2).is_none(), "a group that does not exist is reached");

    haproxy.reload(&[&coordinator, &first, &second, &added]);
    let mut of_added = haproxy.session(2, "a-db2");
    assert!(before.is_open(), "a session was cut when a group was added");

    let mut of_first = haproxy.session(1, "a-db1");
    first.set_leads(false);
    second.set_leads(true);
    haproxy.session(1, "b-db1");
    eventually("a session to a deposed leader stays", || !of_first.is_open());
    assert!(of_added.is_open(), "a session of another group was cut");

    haproxy.reload(&[&coordinator, &first, &second]);
    eventually("a removed group is still reached", || haproxy.open(2).is_none());
    assert!(of_added.is_open(), "a session was cut when its group was removed");
    haproxy.session(1, "b-db1");
    haproxy.session(0, "a-db0");
}

#[test]
fn a_new_process_leads_to_no_standby() {
    let members = [("a-db0", 0, 11, true), ("a-db1", 1, 12, false), ("b-db1", 1, 13, true), ("w-db1", 1, 14, false)]
        .map(|(name, group, index, leads)| Member::start(name, group, index, leads));
    let members: Vec<_> = members.iter().collect();
    let Some(haproxy) = HaProxy::start(10, &members) else { return };
    haproxy.session(1, "b-db1");
    let mut reached = Vec::new();
    for _ in 0..3 {
        haproxy.reload(&members);
        reached.extend((0..300).filter_map(|_| haproxy.open(1).map(|session| session.member)));
    }
    // Most of the first second if all members count as leaders until their first check; a few where a check takes long.
    let misled = reached.iter().filter(|member| *member != "b-db1").count();
    assert!(reached.len() > 800 && misled * 20 < reached.len(), "{misled} of {}", reached.len());
}

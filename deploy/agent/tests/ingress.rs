//! The rendered ingress in a namespace of its own, with the real nginx before servers that die, freeze and refuse.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a broken expectation is how a test fails"
)]

use agent::{
    identity::{Identity, SupervisorKind},
    inventory::{Access, Inventory, Role},
    mesh::{Mesh, Peer},
    templates::{Backend, Scene, Templates},
};
use std::{
    fs,
    io::{Read, Write},
    net::{Ipv4Addr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant},
};

const INSIDE: &str = "TOAST_TEST_INSIDE_NAMESPACE";
const PUBLIC: &str = "203.0.113.10";
const GUEST: &str = "203.0.113.100";
const OTHER_GUEST: &str = "198.51.100.7";
const SETTINGS: &str = "/run/toast/nginx.conf";
const ORDER: &[&str] = &["-d", "{}", "-H", "Idempotency-Key: one", "https://toast.test/api/v1/restaurants/x/orders"];
const CART: &[&str] = &["-d", "action=add", "https://toast.test/restaurants/x/cart"];
const EDIT: &[&str] = &["-d", "action=up", "https://toast.test/dashboard/x/menu"];
const HOME: &[&str] = &["https://toast.test/"];

#[test]
fn guests_are_served_whatever_happens_behind_the_ingress() {
    if std::env::var_os(INSIDE).is_some() {
        return inside();
    }
    let mut out = std::io::stderr();
    let rooted = fs::read_to_string("/proc/self/status").is_ok_and(|status| status.contains("\nUid:\t0\t"));
    if !rooted {
        writeln!(out, "skipped: namespaces need root").unwrap();
        return;
    }
    for program in ["/usr/sbin/nginx", "/usr/bin/curl", "/usr/bin/unshare", "/usr/bin/openssl"] {
        if !Path::new(program).exists() {
            writeln!(out, "skipped: {program} is not installed").unwrap();
            return;
        }
    }
    let done = Command::new("unshare")
        .args(["--mount", "--net", "--pid", "--fork", "--kill-child", "--mount-proc"])
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", "guests_are_served_whatever_happens_behind_the_ingress", "--nocapture"])
        .env(INSIDE, "1")
        .output()
        .unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
    if said.contains("Operation not permitted") && said.contains("unshare") {
        writeln!(out, "skipped: this host lets nobody make namespaces").unwrap();
        return;
    }
    assert!(done.status.success(), "{said}");
}

fn inside() {
    let world = World::open();
    world.a_dead_or_broken_backend_is_not_seen();
    world.a_frozen_backend_is_left();
    world.the_other_region_helps_out();
    world.without_backends_guests_hear_when_to_come_back();
    world.too_many_tries_are_refused_one_by_one();
    world.an_address_has_its_share_of_busy_backends();
    world.a_reload_costs_nothing();
    world.what_is_not_for_guests_stays_inside();
}

/// How a server behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mood {
    Well,
    Refuses,
    Breaks,
    Freezes,
    IsBusy,
}

/// A server behind the ingress.
struct Server {
    address: Ipv4Addr,
    local: bool,
    mood: Arc<Mutex<Mood>>,
}

impl Server {
    fn open(last: u8, local: bool) -> Self {
        let address = Ipv4Addr::new(100, 64, 0, last);
        let listener = TcpListener::bind((address, 3000)).unwrap();
        let mood = Arc::new(Mutex::new(Mood::Well));
        let shared = mood.clone();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let mood = *shared.lock().unwrap();
                thread::spawn(move || answer(stream, mood));
            }
        });
        Self { address, local, mood }
    }

    fn become_(&self, mood: Mood) {
        *self.mood.lock().unwrap() = mood;
    }
}

fn answer(mut stream: TcpStream, mood: Mood) {
    let mut heard = [0; 4096];
    if stream.read(&mut heard).is_err() || mood == Mood::Breaks {
        return;
    }
    if mood == Mood::Freezes {
        thread::sleep(Duration::from_mins(1));
    }
    if mood == Mood::IsBusy {
        // All of a crowd has come by then, on a slow machine too; and the ingress has not given up yet.
        thread::sleep(Duration::from_secs(4));
    }
    let status = if mood == Mood::Refuses { "503 Service Unavailable" } else { "200 OK" };
    let text = format!("HTTP/1.1 {status}\r\nContent-Length: 3\r\nRetry-After: 1\r\nConnection: close\r\n\r\nhi\n");
    drop(stream.write_all(text.as_bytes()));
}

/// What a guest gets.
struct Answer {
    status: u16,
    head: String,
    took: Duration,
}

impl Answer {
    fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": ")).map(str::trim)
    }
}

fn ask_from(guest: &str, arguments: &[&str]) -> Answer {
    let begun = Instant::now();
    let mut done = connect_and_ask(guest, arguments);
    while was_not_heard(&done) {
        done = connect_and_ask(guest, arguments);
    }
    let head = String::from_utf8_lossy(&done.stdout).into_owned();
    assert!(done.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
    let status = head.split_whitespace().nth(1).unwrap().parse().unwrap();
    Answer { status, head, took: begun.elapsed() }
}

fn connect_and_ask(guest: &str, arguments: &[&str]) -> Output {
    Command::new("curl")
        .args(["-sSv", "-D", "-", "-o", "/dev/null", "--max-time", "30", "--interface", guest])
        .args(["--cacert", "/var/lib/toast/tls/current/chain.pem"])
        .args(["--resolve", &format!("toast.test:443:{PUBLIC}"), "--resolve", &format!("toast.test:80:{PUBLIC}")])
        .args(arguments)
        .output()
        .unwrap()
}

/// A worker that ends says on connections that have not asked yet that it will hear nothing more (GOAWAY, the last stream
/// it heard being none: RFC 9113, 6.8). Browsers then ask on a new connection; curl of this age only reports it.
fn was_not_heard(done: &Output) -> bool {
    done.status.code() == Some(16) && String::from_utf8_lossy(&done.stderr).contains("GOAWAY, error=0, last_stream=0")
}

fn ask(arguments: &[&str]) -> Answer {
    ask_from(GUEST, arguments)
}

fn run(program: &str, arguments: &[&str]) {
    let done = Command::new(program).args(arguments).output().unwrap();
    assert!(done.status.success(), "{program} {arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
}

fn deploy() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

struct World {
    servers: Vec<Server>,
    nginx: Child,
}

impl World {
    fn open() -> Self {
        run("ip", &["link", "set", "lo", "up"]);
        for last in [10, 21, 22, 31] {
            run("ip", &["address", "add", &format!("100.64.0.{last}/32"), "dev", "lo"]);
        }
        for address in [PUBLIC, GUEST, OTHER_GUEST] {
            run("ip", &["address", "add", &format!("{address}/32"), "dev", "lo"]);
        }
        for place in ["/run", "/var/lib"] {
            run("mount", &["-t", "tmpfs", "none", place]);
        }
        for folder in
            ["/run/toast", "/var/lib/toast/nginx", "/var/lib/toast/acme/challenges", "/var/lib/toast/tls/current"]
        {
            fs::create_dir_all(folder).unwrap();
        }
        #[rustfmt::skip]
        run("openssl", &[
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
            "-subj", "/CN=toast.test", "-addext", "subjectAltName=DNS:toast.test",
            "-keyout", "/var/lib/toast/tls/current/key.pem", "-out", "/var/lib/toast/tls/current/chain.pem",
        ]);
        let servers = vec![Server::open(21, true), Server::open(22, true), Server::open(31, false)];
        write_settings(&servers, &[true, true, true]);
        run("nginx", &["-t", "-q", "-c", SETTINGS]);
        let nginx = Command::new("nginx").args(["-c", SETTINGS]).stderr(Stdio::null()).spawn().unwrap();
        for _ in 0..100 {
            if TcpStream::connect((PUBLIC, 443)).is_ok() {
                break;
            }
            thread::sleep(Duration::from_millis(50));
        }
        Self { servers, nginx }
    }

    fn take(&self, ready: &[bool]) {
        write_settings(&self.servers, ready);
        run("nginx", &["-s", "reload", "-c", SETTINGS]);
        let expected = if ready.contains(&true) { 200 } else { 503 };
        let begun = Instant::now();
        while ask(&["http://toast.test/healthz"]).status != expected && begun.elapsed() < Duration::from_secs(20) {
            thread::sleep(Duration::from_millis(100));
        }
        // The workers from before let go a moment after the new ones begin.
        thread::sleep(Duration::from_millis(500));
    }

    fn all(&self, mood: Mood) {
        for server in &self.servers {
            server.become_(mood);
        }
    }

    fn a_dead_or_broken_backend_is_not_seen(&self) {
        for mood in [Mood::Breaks, Mood::Refuses] {
            self.servers[0].become_(mood);
            for wish in [HOME, ORDER, CART] {
                let answers: Vec<u16> = (0..4).map(|_| ask(wish).status).collect();
                assert_eq!(answers, [200; 4], "{mood:?} {wish:?}");
            }
        }
        // What has no key and was sent is not sent again: one place up would be two.
        self.servers[0].become_(Mood::Breaks);
        let answers: Vec<Answer> = (0..4).map(|_| ask(EDIT)).collect();
        let lost = answers.iter().find(|answer| answer.status == 503).expect("half of them meet the broken one");
        assert!(lost.header("retry-after").is_some(), "{}", lost.head);
        assert!(answers.iter().any(|answer| answer.status == 200));
        // A refusal everywhere is the answer, and takes no server out for the next guest.
        self.all(Mood::Refuses);
        assert_eq!(ask(HOME).status, 503);
        self.all(Mood::Well);
        assert_eq!(ask(HOME).status, 200);
    }

    fn a_frozen_backend_is_left(&self) {
        self.servers[0].become_(Mood::Freezes);
        let answers = [ask(ORDER), ask(ORDER)];
        for answer in answers {
            assert_eq!(answer.status, 200);
            assert!(answer.took < Duration::from_secs(30), "{:?}", answer.took);
        }
        self.all(Mood::Well);
    }

    fn the_other_region_helps_out(&self) {
        self.servers[0].become_(Mood::Breaks);
        self.servers[1].become_(Mood::Breaks);
        assert_eq!((ask(HOME).status, ask(ORDER).status), (200, 200));
        self.all(Mood::Well);
    }

    fn without_backends_guests_hear_when_to_come_back(&self) {
        assert_eq!(ask(&["http://toast.test/healthz"]).status, 200);
        self.take(&[false, false, false]);
        for (wish, kind) in [(HOME, "text/html; charset=utf-8"), (ORDER, "application/problem+json")] {
            let answer = ask(wish);
            assert_eq!((answer.status, answer.header("content-type")), (503, Some(kind)));
            assert!(answer.header("retry-after").is_some());
        }
        assert_eq!(ask(&["http://toast.test/healthz"]).status, 503);
        self.take(&[false, false, true]);
        assert_eq!((ask(HOME).status, ask(&["http://toast.test/healthz"]).status), (200, 200));
        self.take(&[true, true, true]);
    }

    #[expect(clippy::unused_self, reason = "a part of the world's story")]
    fn too_many_tries_are_refused_one_by_one(&self) {
        let wish = ["-d", "email=a", "https://toast.test/sign-in"];
        let answers: Vec<Answer> = (0..12).map(|_| ask(&wish)).collect();
        let refused = answers.iter().find(|answer| answer.status == 429).expect("twelve tries are too many");
        assert!(refused.header("retry-after").is_some());
        assert!(answers.iter().take(5).all(|answer| answer.status == 200));
        assert_eq!(ask_from(OTHER_GUEST, &wish).status, 200);
        let large = format!("@{}", large_body().display());
        let refused =
            ask(&["--data-binary", &large, "-H", "Accept: application/json", "https://toast.test/restaurants/x/cart"]);
        assert_eq!((refused.status, refused.header("content-type")), (413, Some("application/problem+json")));
    }

    fn an_address_has_its_share_of_busy_backends(&self) {
        self.all(Mood::IsBusy);
        let ask_often = |wish: &'static [&'static str]| {
            let answers: Vec<_> = (0..24).map(|_| thread::spawn(move || ask(wish))).collect();
            move || -> Vec<Answer> { answers.into_iter().map(|answer| answer.join().unwrap()).collect() }
        };
        let files = ask_often(&["https://toast.test/pictures/pie.0123456789abcdef.webp"]);
        let pages = ask_often(HOME);
        thread::sleep(Duration::from_secs(1));
        assert_eq!(ask_from(OTHER_GUEST, HOME).status, 200);
        let pages = pages();
        let shown = pages.iter().filter(|answer| answer.status == 200).count();
        assert!((1..24).contains(&shown), "{shown} of 24 were shown");
        let refused: Vec<_> = pages.iter().filter(|answer| answer.status != 200).collect();
        assert!(refused.iter().all(|answer| answer.status == 429 && answer.header("retry-after").is_some()));
        assert!(files().iter().all(|answer| answer.status == 200), "files are no work");
        self.all(Mood::Well);
    }

    fn a_reload_costs_nothing(&self) {
        let guests: Vec<_> = (0..4)
            .map(|number| {
                thread::spawn(move || {
                    let until = Instant::now() + Duration::from_secs(5);
                    let wish: &[&str] = if number % 2 == 0 { HOME } else { CART };
                    let mut failed = Vec::new();
                    while Instant::now() < until {
                        let status = ask(wish).status;
                        // These guests share one address, which may ask only so often.
                        if status != 200 && status != 429 {
                            failed.push(status);
                        }
                    }
                    failed
                })
            })
            .collect();
        for round in 0..10 {
            write_settings(&self.servers, &[round % 2 == 1, true, true]);
            run("nginx", &["-s", "reload", "-c", SETTINGS]);
            thread::sleep(Duration::from_millis(400));
        }
        for guest in guests {
            assert_eq!(guest.join().unwrap(), Vec::<u16>::new());
        }
        thread::sleep(Duration::from_secs(1));
    }

    #[expect(clippy::unused_self, reason = "a part of the world's story")]
    fn what_is_not_for_guests_stays_inside(&self) {
        assert_eq!(ask(&["https://toast.test/metrics"]).status, 404);
        assert_eq!(ask(&["https://toast.test/livez"]).status, 404);
        let moved = ask(&["http://toast.test/a?b=c"]);
        assert_eq!((moved.status, moved.header("Location")), (301, Some("https://toast.test/a?b=c")));
        fs::write("/var/lib/toast/acme/challenges/token-1", "answer").unwrap();
        assert_eq!(ask(&["http://toast.test/.well-known/acme-challenge/token-1"]).status, 200);
        ask(&["https://toast.test/orders/SECRET?q=SECRET"]);
        ask(&["https://toast.test/api/v1/orders/SECRET"]);
        thread::sleep(Duration::from_millis(1500));
        let log = fs::read_to_string("/var/lib/toast/nginx/access.log").unwrap();
        assert!(log.contains("/orders/*") && !log.contains("SECRET") && !log.contains(GUEST), "{log}");
    }
}

impl Drop for World {
    fn drop(&mut self) {
        drop(self.nginx.kill());
        drop(self.nginx.wait());
    }
}

fn large_body() -> PathBuf {
    let path = PathBuf::from("/run/toast/large");
    fs::write(&path, vec![b'a'; 2 * 1024 * 1024]).unwrap();
    path
}

/// Renders what the agent renders for the first region's ingress of the largest profile.
fn write_settings(servers: &[Server], ready: &[bool]) {
    let inventory = Inventory::read(&deploy().join("inventory/multi.toml")).unwrap();
    let access = Access::read(&deploy().join("inventory/access.toml")).unwrap();
    let node = inventory.with_role(Role::Ingress).next().unwrap();
    let identity = Identity {
        name: node.name.clone(),
        site: node.site.clone(),
        roles: node.roles.clone(),
        group: None,
        supervisor: SupervisorKind::Systemd,
        citus: false,
        watchdog: false,
    };
    let backends: Vec<Backend> = servers
        .iter()
        .zip(ready)
        .map(|(server, ready)| Backend {
            name: server.address.to_string(),
            site: if server.local { "a" } else { "b" }.to_owned(),
            address: server.address,
            ready: *ready,
            local: server.local,
        })
        .collect();
    let mesh = Mesh { address: Some(Ipv4Addr::new(100, 64, 0, 10)), peers: Vec::<Peer>::new() };
    let scene = Scene {
        inventory: &inventory,
        access: &access,
        identity: &identity,
        secrets: None,
        mesh: &mesh,
        backends: &backends,
    };
    let text = Templates::new(&deploy().join("templates")).render("nginx/ingress.conf.j2", &scene).unwrap();
    fs::write(SETTINGS, text).unwrap();
}

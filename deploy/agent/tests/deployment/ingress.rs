//! nginx with the rendered ingress configuration, in a network namespace, before servers that fail in different ways.

mod client;
mod upstream;

use crate::{access, inventory, node_config, skipped, templates};
use agent::{
    inventory::Role,
    mesh::Mesh,
    templates::{Backend, TemplateContext},
};
use client::{Response, get, get_from};
use std::{
    fs,
    net::{Ipv4Addr, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};
use upstream::{Behaviour, Upstream};

const INSIDE: &str = "TOAST_TEST_INSIDE_NAMESPACE";
const PUBLIC: &str = "203.0.113.10";
const CUSTOMER: &str = "203.0.113.100";
const OTHER_CUSTOMER: &str = "198.51.100.7";
const SETTINGS: &str = "/run/toast/nginx.conf";
const ORDER: &[&str] = &["-d", "{}", "-H", "Idempotency-Key: one", "https://toast.test/api/v1/restaurants/x/orders"];
const CART: &[&str] = &["-d", "action=add", "https://toast.test/restaurants/x/cart"];
const EDIT: &[&str] = &["-d", "action=up", "https://toast.test/dashboard/x/menu"];
const HOME: &[&str] = &["https://toast.test/"];
const HEALTH: &[&str] = &["http://toast.test/healthz"];

#[test]
fn customers_are_served_while_servers_fail() {
    if std::env::var_os(INSIDE).is_some() {
        return in_namespace();
    }
    if !fs::read_to_string("/proc/self/status").is_ok_and(|status| status.contains("\nUid:\t0\t")) {
        return skipped("namespaces need root");
    }
    let programs = ["/usr/sbin/nginx", "/usr/bin/curl", "/usr/bin/unshare", "/usr/bin/openssl"];
    if let Some(missing) = programs.into_iter().find(|program| !Path::new(program).exists()) {
        return skipped(&format!("{missing} is not installed"));
    }
    let output = Command::new("unshare")
        .args(["--mount", "--net", "--pid", "--fork", "--kill-child", "--mount-proc"])
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", "ingress::customers_are_served_while_servers_fail", "--nocapture"])
        .env(INSIDE, "1")
        .output()
        .unwrap();
    let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    if text.contains("Operation not permitted") && text.contains("unshare") {
        return skipped("this host does not permit namespaces");
    }
    assert!(output.status.success() && text.contains("1 passed"), "{text}");
}

fn in_namespace() {
    let ingress = Ingress::start();
    ingress.a_failing_server_is_not_noticed();
    ingress.a_hanging_server_is_replaced();
    ingress.the_other_region_serves_while_this_one_fails();
    ingress.without_servers_responses_say_when_to_retry();
    ingress.requests_above_a_limit_are_rejected();
    ingress.an_address_gets_its_share_of_slow_servers();
    ingress.a_reload_fails_no_request();
    ingress.internal_paths_are_hidden_and_logs_have_no_secrets();
}

fn run(program: &str, arguments: &[&str]) {
    let output = Command::new(program).args(arguments).output().unwrap();
    assert!(output.status.success(), "{program} {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

struct Ingress {
    upstreams: Vec<Upstream>,
    nginx: Child,
}

impl Ingress {
    fn start() -> Self {
        run("ip", &["link", "set", "lo", "up"]);
        let mesh = [10, 21, 22, 31].map(|last| format!("100.64.0.{last}"));
        for address in mesh.iter().map(String::as_str).chain([PUBLIC, CUSTOMER, OTHER_CUSTOMER]) {
            run("ip", &["address", "add", &format!("{address}/32"), "dev", "lo"]);
        }
        for path in ["/run", "/var/lib"] {
            run("mount", &["-t", "tmpfs", "none", path]);
        }
        for directory in
            ["/run/toast", "/var/lib/toast/nginx", "/var/lib/toast/acme/challenges", "/var/lib/toast/tls/current"]
        {
            fs::create_dir_all(directory).unwrap();
        }
        #[rustfmt::skip]
        run("openssl", &[
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
            "-subj", "/CN=toast.test", "-addext", "subjectAltName=DNS:toast.test",
            "-keyout", "/var/lib/toast/tls/current/key.pem", "-out", "/var/lib/toast/tls/current/chain.pem",
        ]);
        let upstreams = vec![Upstream::start(21, true), Upstream::start(22, true), Upstream::start(31, false)];
        write_settings(&upstreams, &[true, true, true]);
        run("nginx", &["-t", "-q", "-c", SETTINGS]);
        let nginx = Command::new("nginx").args(["-c", SETTINGS]).stderr(Stdio::null()).spawn().unwrap();
        for _ in 0..100 {
            if TcpStream::connect((PUBLIC, 443)).is_ok() {
                break;
            }
            thread::sleep(Duration::from_millis(50));
        }
        Self { upstreams, nginx }
    }

    fn reload(&self, ready: &[bool]) {
        write_settings(&self.upstreams, ready);
        run("nginx", &["-s", "reload", "-c", SETTINGS]);
    }

    fn reload_and_wait(&self, ready: &[bool]) {
        self.reload(ready);
        let expected = if ready.contains(&true) { 200 } else { 503 };
        let begun = Instant::now();
        while get(HEALTH).status != expected && begun.elapsed() < Duration::from_secs(20) {
            thread::sleep(Duration::from_millis(100));
        }
        // The old workers stop accepting a moment after the new ones start.
        thread::sleep(Duration::from_millis(500));
    }

    fn set_all(&self, behaviour: Behaviour) {
        for upstream in &self.upstreams {
            upstream.set(behaviour);
        }
    }

    fn a_failing_server_is_not_noticed(&self) {
        for behaviour in [Behaviour::ClosesConnection, Behaviour::Returns503] {
            self.upstreams[0].set(behaviour);
            for request in [HOME, ORDER, CART] {
                let statuses: Vec<u16> = (0..4).map(|_| get(request).status).collect();
                assert_eq!(statuses, [200; 4], "{behaviour:?} {request:?}");
            }
        }
        // A request without an idempotency key is not sent twice: it could be executed twice.
        self.upstreams[0].set(Behaviour::ClosesConnection);
        let responses: Vec<Response> = (0..4).map(|_| get(EDIT)).collect();
        let lost =
            responses.iter().find(|response| response.status == 503).expect("half of them reach the failing server");
        assert!(lost.header("retry-after").is_some(), "{}", lost.head);
        assert!(responses.iter().any(|response| response.status == 200));
        // A 503 of all servers is passed on, and takes no server out for the next request.
        self.set_all(Behaviour::Returns503);
        assert_eq!(get(HOME).status, 503);
        self.set_all(Behaviour::Healthy);
        assert_eq!(get(HOME).status, 200);
    }

    fn a_hanging_server_is_replaced(&self) {
        self.upstreams[0].set(Behaviour::Hangs);
        for response in [get(ORDER), get(ORDER)] {
            assert_eq!(response.status, 200);
            assert!(response.took < Duration::from_secs(30), "{:?}", response.took);
        }
        self.set_all(Behaviour::Healthy);
    }

    fn the_other_region_serves_while_this_one_fails(&self) {
        self.upstreams[0].set(Behaviour::ClosesConnection);
        self.upstreams[1].set(Behaviour::ClosesConnection);
        assert_eq!((get(HOME).status, get(ORDER).status), (200, 200));
        self.set_all(Behaviour::Healthy);
    }

    fn without_servers_responses_say_when_to_retry(&self) {
        assert_eq!(get(HEALTH).status, 200);
        self.reload_and_wait(&[false, false, false]);
        for (request, kind) in [(HOME, "text/html; charset=utf-8"), (ORDER, "application/problem+json")] {
            let response = get(request);
            assert_eq!((response.status, response.header("content-type")), (503, Some(kind)));
            assert!(response.header("retry-after").is_some());
        }
        assert_eq!(get(HEALTH).status, 503);
        self.reload_and_wait(&[false, false, true]);
        assert_eq!((get(HOME).status, get(HEALTH).status), (200, 200));
        self.reload_and_wait(&[true, true, true]);
    }

    #[expect(clippy::unused_self, reason = "needs the running nginx")]
    fn requests_above_a_limit_are_rejected(&self) {
        let sign_in = ["-d", "email=a", "https://toast.test/sign-in"];
        let responses: Vec<Response> = (0..12).map(|_| get(&sign_in)).collect();
        let rejected = responses.iter().find(|response| response.status == 429).expect("twelve exceed the limit");
        assert!(rejected.header("retry-after").is_some());
        assert!(responses.iter().take(5).all(|response| response.status == 200));
        assert_eq!(get_from(OTHER_CUSTOMER, &sign_in).status, 200);
        fs::write("/run/toast/large", vec![b'a'; 2 * 1024 * 1024]).unwrap();
        let rejected = get(&[
            "--data-binary",
            "@/run/toast/large",
            "-H",
            "Accept: application/json",
            "https://toast.test/restaurants/x/cart",
        ]);
        assert_eq!((rejected.status, rejected.header("content-type")), (413, Some("application/problem+json")));
    }

    fn an_address_gets_its_share_of_slow_servers(&self) {
        self.set_all(Behaviour::IsSlow);
        let get_often = |request: &'static [&'static str]| {
            let threads: Vec<_> = (0..24).map(|_| thread::spawn(move || get(request))).collect();
            move || -> Vec<Response> { threads.into_iter().map(|thread| thread.join().unwrap()).collect() }
        };
        let files = get_often(&["https://toast.test/pictures/pie.0123456789abcdef.webp"]);
        let pages = get_often(HOME);
        thread::sleep(Duration::from_secs(1));
        assert_eq!(get_from(OTHER_CUSTOMER, HOME).status, 200);
        let pages = pages();
        let served = pages.iter().filter(|response| response.status == 200).count();
        assert!((1..24).contains(&served), "{served} of 24 were served");
        let mut rejected = pages.iter().filter(|response| response.status != 200);
        assert!(rejected.all(|response| response.status == 429 && response.header("retry-after").is_some()));
        assert!(files().iter().all(|response| response.status == 200), "static files are not limited");
        self.set_all(Behaviour::Healthy);
    }

    fn a_reload_fails_no_request(&self) {
        let customers: Vec<_> = [HOME, CART, HOME, CART].map(|request| thread::spawn(move || failures(request))).into();
        for pass in 0..10 {
            self.reload(&[pass % 2 == 1, true, true]);
            thread::sleep(Duration::from_millis(400));
        }
        for customer in customers {
            assert_eq!(customer.join().unwrap(), Vec::<u16>::new());
        }
        thread::sleep(Duration::from_secs(1));
    }

    #[expect(clippy::unused_self, reason = "needs the running nginx")]
    fn internal_paths_are_hidden_and_logs_have_no_secrets(&self) {
        assert_eq!(get(&["https://toast.test/metrics"]).status, 404);
        assert_eq!(get(&["https://toast.test/livez"]).status, 404);
        let moved = get(&["http://toast.test/a?b=c"]);
        assert_eq!((moved.status, moved.header("Location")), (301, Some("https://toast.test/a?b=c")));
        fs::write("/var/lib/toast/acme/challenges/token-1", "answer").unwrap();
        assert_eq!(get(&["http://toast.test/.well-known/acme-challenge/token-1"]).status, 200);
        get(&["https://toast.test/orders/SECRET?q=SECRET"]);
        get(&["https://toast.test/api/v1/orders/SECRET"]);
        thread::sleep(Duration::from_millis(1500));
        let log = fs::read_to_string("/var/lib/toast/nginx/access.log").unwrap();
        assert!(log.contains("/orders/*") && !log.contains("SECRET") && !log.contains(CUSTOMER), "{log}");
    }
}

impl Drop for Ingress {
    fn drop(&mut self) {
        drop(self.nginx.kill());
        drop(self.nginx.wait());
    }
}

/// Sends a request again and again for five seconds; 429 is no failure, since all customers have one address here.
fn failures(request: &[&str]) -> Vec<u16> {
    let until = Instant::now() + Duration::from_secs(5);
    let mut failures = Vec::new();
    while Instant::now() < until {
        let status = get(request).status;
        if status != 200 && status != 429 {
            failures.push(status);
        }
    }
    failures
}

/// Renders the settings of the first region's ingress of the largest profile.
fn write_settings(upstreams: &[Upstream], ready: &[bool]) {
    let (inventory, access) = (inventory("multi"), access());
    let node = node_config(inventory.with_role(Role::Ingress).next().unwrap(), false);
    let backends: Vec<Backend> = upstreams
        .iter()
        .zip(ready)
        .map(|(upstream, ready)| Backend {
            name: upstream.address.to_string(),
            address: upstream.address,
            ready: *ready,
            local: upstream.local,
        })
        .collect();
    let mesh = Mesh { address: Some(Ipv4Addr::new(100, 64, 0, 10)), peers: Vec::new() };
    let context = TemplateContext {
        inventory: &inventory,
        access: &access,
        node: &node,
        secrets: None,
        mesh: &mesh,
        backends: &backends,
    };
    fs::write(SETTINGS, templates().render("nginx/ingress.conf.j2", &context).unwrap()).unwrap();
}

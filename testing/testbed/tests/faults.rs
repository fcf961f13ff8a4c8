//! A testbed with a stub agent: boots, injects every fault, reverts it, and leaves nothing on the host.
//!
//! Run with `cargo test -p testbed -- --ignored` as root, on a host without a testbed.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a broken expectation is how a test fails")]

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::{Command, Output},
    thread::sleep,
    time::{Duration, Instant},
};
use testbed::{Node, Testbed, TestbedError, cgroup, network};

/// Writes units as the agent does; their services only sleep.
const AGENT: &str = r#"#!/bin/sh
unit() {
    name=$1
    shift
    { printf '[Service]\nRestart=always\nRestartSec=200ms\n'; printf '%s\n' "$@"; } >"$out/toast-$name.service"
}
out=$3
unit agent 'ExecStart=/bin/sleep 1000000' '[Install]' WantedBy=multi-user.target
unit server User=nobody AmbientCapabilities=CAP_NET_BIND_SERVICE RuntimeDirectory=toast/stub ProtectSystem=strict NoNewPrivileges=yes \
    EnvironmentFile=-/etc/toast/stub.env \
    'ExecStart=/bin/sh -c "echo started as $$(id -un) with $$(grep CapAmb /proc/self/status); touch /etc/sandbox; sleep 1000001 & sleep 1000002"'
"#;

struct Bundle(PathBuf);

impl Bundle {
    fn make() -> Self {
        let folder = std::env::temp_dir().join(format!("toast-testbed-bundle-{}", std::process::id()));
        for name in ["toast-agent", "tailscale", "tailscaled", "toast", "headscale", "derper", "../patroni/bin/patroni"]
        {
            let path = folder.join("bin").join(name);
            fs::create_dir_all(folder.join("bin")).unwrap();
            fs::create_dir_all(folder.join("patroni/bin")).unwrap();
            fs::write(&path, if name == "toast-agent" { AGENT } else { "#!/bin/sh\n" }).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        }
        fs::write(folder.join("access.toml"), "").unwrap();
        Self(folder)
    }
}

impl Drop for Bundle {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Ends the testbed of this test, also after a failure.
struct DownOnDrop;

impl Drop for DownOnDrop {
    fn drop(&mut self) {
        toast_testbed(&["down"]);
    }
}

fn toast_testbed(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_toast-testbed")).args(arguments).output().unwrap()
}

fn inventory(profile: &str) -> String {
    format!("{}/../../deploy/inventory/{profile}.toml", env!("CARGO_MANIFEST_DIR"))
}

/// A closed port rejects the connection at once if the packet arrives.
fn reaches(from: &Node, to: &str) -> bool {
    let mut command = from.command("curl").unwrap();
    let status = command.args(["-s", "--max-time", "1", &format!("http://{to}:9/")]).status().unwrap();
    match status.code() {
        Some(7) => true,
        Some(28) => false,
        other => panic!("curl ended with {other:?}"),
    }
}

fn eventually(what: &str, mut check: impl FnMut() -> bool) {
    let began = Instant::now();
    while !check() {
        assert!(began.elapsed() < Duration::from_secs(10), "{what}: not after 10 s");
        sleep(Duration::from_millis(20));
    }
}

#[test]
#[ignore = "needs root, and a host without a testbed"]
fn faults_are_injected_and_reverted_and_nothing_is_left() {
    assert!(!Path::new("/run/toast-testbed").exists(), "a testbed runs on this host");
    let links = || Command::new("ip").args(["-o", "link"]).output().unwrap().stdout;
    let before = links();
    let bundle = Bundle::make();
    let path = bundle.0.to_str().unwrap();
    let inventory = inventory("multi");
    let up = ["up", "--inventory", &inventory, "--bundle", path, "--plain", "--until", "nodes", "--small-disks", "64"];
    let started = toast_testbed(&up);
    assert!(started.status.success(), "{}", String::from_utf8_lossy(&started.stderr));
    let _down = DownOnDrop;
    assert!(String::from_utf8_lossy(&toast_testbed(&up).stderr).contains("toast-testbed down"));

    let testbed = Testbed::open().unwrap();
    nodes_are_isolated(&testbed);
    services_are_restarted(&testbed);
    nodes_freeze(&testbed);
    nodes_crash_and_boot(&testbed);
    networks_are_cut(&testbed);
    disks_fill(&testbed);

    assert!(toast_testbed(&["down"]).status.success());
    assert!(toast_testbed(&["down"]).status.success());
    assert!(matches!(Testbed::open(), Err(TestbedError::NotStarted)));
    assert!(!Path::new("/var/lib/toast-testbed").exists());
    assert!(network::namespaces().is_empty());
    assert_eq!(links(), before);
    assert!(!fs::read_to_string("/proc/self/mounts").unwrap().contains("toast-testbed"));
    assert!(!cgroup::parent().unwrap().exists());
}

fn nodes_are_isolated(testbed: &Testbed) {
    let app = testbed.node("a-app1").unwrap();
    assert_eq!(app.run("hostname", &[]).unwrap().trim(), "a-app1");
    assert_eq!(app.run("cat", &["/etc/resolv.conf"]).unwrap(), "");
    assert!(app.run("cat", &["/etc/hosts"]).unwrap().contains("10.3.0.50 control.toast.test"));
    assert_eq!(app.run("systemctl", &["is-system-running"]).unwrap().trim(), "running");
    app.run("touch", &["/etc/made-here", "/run/made-here", "/tmp/made-here"]).unwrap();
    assert!(!Path::new("/etc/made-here").exists() && !Path::new("/run/made-here").exists());
    assert!(reaches(app, "10.2.0.21"));
    // Only an ingress reaches the internet.
    assert!(app.run("curl", &["-s", "--max-time", "1", "http://203.0.113.100:9/"]).is_err());
    assert!(!is_rejected_by(app, "203.0.113.100"));
    assert!(reaches(testbed.node("a-ingress").unwrap(), "203.0.113.100"));
    assert!(reaches(testbed.node("net-client").unwrap(), "203.0.113.10"));
}

/// Whether the packet arrives, where a router may also return "no route".
fn is_rejected_by(from: &Node, to: &str) -> bool {
    let connect = format!("exec 3<>/dev/tcp/{to}/9");
    let output = from.command("timeout").unwrap().args(["2", "bash", "-c", &connect]).output().unwrap();
    String::from_utf8_lossy(&output.stderr).contains("refused")
}

fn services_are_restarted(testbed: &Testbed) {
    let node = testbed.node("a-app1").unwrap();
    let (agent, server) = (node.service("agent"), node.service("toast-server"));
    assert!(agent.is_up().unwrap());
    assert!(!server.is_up().unwrap(), "it is not enabled");
    assert!(matches!(server.pid(), Err(TestbedError::ServiceDown { .. })));
    assert!(matches!(node.service("none").start(), Err(TestbedError::UnknownService { .. })));
    server.start().unwrap();
    eventually("its child", || server.processes().is_ok_and(|all| all.len() == 3));
    let log = || fs::read_to_string(server.log()).unwrap_or_default();
    eventually("its log", || log().contains("started as nobody with CapAmb: 0000000000000400"));
    assert_eq!(log().matches("started").count(), 1, "{}", log());
    eventually("the sandbox of the unit", || log().contains("Read-only file system"));
    assert_eq!(node.run("stat", &["-c", "%U", "/run/toast/stub"]).unwrap().trim(), "nobody");

    let first = server.pid().unwrap();
    server.kill().unwrap();
    eventually("another process", || server.pid().is_ok_and(|pid| pid != first));
    server.freeze().unwrap();
    assert!(server.processes().unwrap().iter().all(|one| one.stopped));
    server.thaw().unwrap();
    eventually("its continuation", || server.processes().unwrap().iter().all(|one| !one.stopped));
    server.kill_without_restart().unwrap();
    eventually("its end", || !server.is_up().unwrap());
    sleep(Duration::from_millis(1500));
    assert!(!server.is_up().unwrap());
    server.start().unwrap();
    server.stop().unwrap();
    assert!(!server.is_up().unwrap());
}

fn nodes_freeze(testbed: &Testbed) {
    let node = testbed.node("b-app1").unwrap();
    let mut inside = node.command("sleep").unwrap().arg("0.5").spawn().unwrap();
    eventually("a program in the node", || node.processes().unwrap().iter().any(|one| one.name == "sleep"));
    node.freeze().unwrap();
    let running = node.processes().unwrap().into_iter().filter(|one| !one.stopped && one.ns_pid != 1).count();
    assert_eq!(running, 0);
    sleep(Duration::from_millis(700));
    assert!(inside.try_wait().unwrap().is_none());
    node.thaw().unwrap();
    assert!(inside.wait().unwrap().success(), "nsenter on the host continues, too");
    assert!(node.processes().unwrap().iter().all(|one| !one.stopped));
}

fn nodes_crash_and_boot(testbed: &Testbed) {
    let (node, other) = (testbed.node("b-app1").unwrap(), testbed.node("b-app2").unwrap());
    node.run("sh", &["-c", "echo kept >/var/lib/toast/kept; echo kept >/etc/kept; echo gone >/run/gone"]).unwrap();
    node.crash().unwrap();
    assert!(!node.is_up());
    assert!(matches!(node.crash(), Err(TestbedError::NodeDown(_))));
    assert!(!is_rejected_by(other, "10.2.0.21"));
    node.boot().unwrap();
    assert!(matches!(node.boot(), Err(TestbedError::NodeUp(_))));
    assert_eq!(node.run("cat", &["/var/lib/toast/kept", "/etc/kept"]).unwrap(), "kept\nkept\n");
    assert!(node.run("cat", &["/run/gone"]).is_err());
    assert!(node.service("agent").is_up().unwrap());
    assert!(reaches(other, "10.2.0.21"));
}

fn networks_are_cut(testbed: &Testbed) {
    let node = |name: &str| testbed.node(name).unwrap();
    let (a, b, client) = (node("a-app1"), node("b-app1"), node("net-client"));
    b.disconnect().unwrap();
    assert!(!reaches(node("b-app2"), "10.2.0.21") && !reaches(b, "10.2.0.22"));
    b.reconnect().unwrap();
    assert!(reaches(node("b-app2"), "10.2.0.21"));

    testbed.cut_site("a").unwrap();
    assert!(!reaches(a, "10.2.0.21") && !reaches(b, "10.1.0.21") && !reaches(client, "203.0.113.10"));
    assert!(reaches(a, "10.1.0.22") && reaches(b, "10.3.0.30") && reaches(client, "203.0.113.20"));
    testbed.heal_site("a").unwrap();
    assert!(reaches(a, "10.2.0.21") && reaches(client, "203.0.113.10"));

    testbed.cut_pair("a", "b").unwrap();
    assert!(!reaches(a, "10.2.0.21") && !reaches(b, "10.1.0.21"));
    assert!(reaches(a, "10.3.0.30") && reaches(b, "10.3.0.30") && reaches(client, "203.0.113.10"));
    testbed.heal_pair("b", "a").unwrap();
    assert!(reaches(a, "10.2.0.21"));

    testbed.cut_nodes("a-app1", "a-app2").unwrap();
    assert!(!reaches(node("a-app2"), "10.1.0.21") && reaches(a, "10.1.0.10"));
    testbed.heal_nodes("a-app1", "a-app2").unwrap();
    assert!(reaches(node("a-app2"), "10.1.0.21"));

    testbed.cut_nodes("a-app1", "a-app2").unwrap();
    testbed.cut_site("b").unwrap();
    b.crash().unwrap();
    testbed.heal().unwrap();
    assert!(reaches(a, "10.1.0.22") && reaches(a, "10.2.0.21"));
}

fn disks_fill(testbed: &Testbed) {
    let database = testbed.node("a-db1").unwrap();
    let write = ["-c", "dd if=/dev/zero of=/var/lib/toast/pg/x bs=64k count=1 2>/dev/null && rm /var/lib/toast/pg/x"];
    database.run("sh", &write).unwrap();
    database.fill_disk().unwrap();
    assert!(database.run("sh", &write).is_err());
    database.free_disk().unwrap();
    database.run("sh", &write).unwrap();
    database.run("sh", &["-c", "echo kept >/var/lib/toast/pg/kept"]).unwrap();
    database.crash().unwrap();
    database.boot().unwrap();
    assert_eq!(database.run("cat", &["/var/lib/toast/pg/kept"]).unwrap().trim(), "kept");
    assert!(matches!(testbed.node("a-app1").unwrap().fill_disk(), Err(TestbedError::UnboundedDisk(_))));
}

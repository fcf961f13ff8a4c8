//! Every template renders for every node of every profile, and says what the port table says.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a broken expectation is how a test fails")]

use agent::{
    engines,
    identity::{Identity, Secrets, SupervisorKind},
    inventory::{Access, Inventory, Node, Role, tags},
    mesh::{Mesh, Peer},
    templates::{Backend, Scene, Templates},
    units,
};
use std::{
    fs,
    net::Ipv4Addr,
    path::{Path, PathBuf},
    process::Command,
};

fn deploy() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

fn profiles() -> Vec<Inventory> {
    let read = |name: &str| Inventory::read(&deploy().join(format!("inventory/{name}.toml"))).unwrap();
    ["dev", "small", "host", "multi"].into_iter().map(read).collect()
}

fn access() -> Access {
    Access::read(&deploy().join("inventory/access.toml")).unwrap()
}

fn templates() -> Templates {
    Templates::new(&deploy().join("templates"))
}

fn identity(node: &Node, citus: bool) -> Identity {
    Identity {
        name: node.name.clone(),
        site: node.site.clone(),
        roles: node.roles.clone(),
        group: node.group,
        supervisor: SupervisorKind::Systemd,
        citus,
        watchdog: false,
    }
}

fn secrets() -> Secrets {
    let word = |text: &str| text.to_owned();
    Secrets {
        postgres: word("pg"),
        replicator: word("rep"),
        rewind: word("rew"),
        toast: word("toast"),
        restapi: word("rest"),
    }
}

/// What a node sees when everybody has joined and it may see everybody.
fn mesh(inventory: &Inventory, own: &Node) -> Mesh {
    let address = |place: usize| Ipv4Addr::new(100, 64, 0, u8::try_from(place + 1).unwrap());
    let all = || inventory.nodes.iter().filter(|node| inventory.in_mesh(node)).enumerate();
    let peers = all().filter(|(_, node)| node.name != own.name).map(|(place, node)| Peer {
        name: node.name.clone(),
        site: node.site.clone(),
        roles: node.roles.clone(),
        group: node.group,
        address: address(place),
    });
    let own = all().find(|(_, node)| node.name == own.name).map(|(place, _)| address(place));
    Mesh { address: own, peers: peers.collect() }
}

fn backends(mesh: &Mesh, site: &str) -> Vec<Backend> {
    let backend = |peer: &Peer| Backend {
        name: peer.name.clone(),
        site: peer.site.clone(),
        address: peer.address,
        ready: true,
        local: peer.site == site,
    };
    mesh.with_role(Role::App).map(backend).collect()
}

fn for_each_node(mut look: impl FnMut(&Scene<'_>, &Node)) {
    let (access, secrets) = (access(), secrets());
    for inventory in profiles() {
        for (node, citus) in inventory.nodes.iter().flat_map(|node| [(node, false), (node, true)]) {
            let (identity, mesh) = (identity(node, citus), mesh(&inventory, node));
            let backends = backends(&mesh, &node.site);
            look(
                &Scene {
                    inventory: &inventory,
                    access: &access,
                    identity: &identity,
                    secrets: Some(&secrets),
                    mesh: &mesh,
                    backends: &backends,
                },
                node,
            );
        }
    }
}

#[test]
fn every_file_of_every_node_renders() {
    let templates = templates();
    for_each_node(|scene, node| {
        for file in engines::of_node(scene.identity).flat_map(|engine| engine.files) {
            let text = templates.render(file.template, scene).unwrap_or_else(|why| panic!("{}: {why}", node.name));
            assert!(!text.contains("{{") && !text.contains("{%"), "{}: {}: {text}", node.name, file.template);
        }
    });
}

#[test]
fn every_service_of_every_node_has_a_unit_that_restarts_it() {
    let templates = templates();
    for_each_node(|scene, node| {
        for service in units::services(scene.identity) {
            let text = templates.render(&format!("systemd/{service}.service.j2"), scene).unwrap();
            assert!(text.contains("Restart=always"), "{}: {service}", node.name);
            // By default systemd gives up after five starts in ten seconds.
            assert!(text.contains("StartLimitIntervalSec=0"), "{}: {service}", node.name);
        }
    });
}

#[test]
fn no_limit_is_set_that_breaks_a_service() {
    let templates = templates();
    for_each_node(|scene, _| {
        for service in units::services(scene.identity) {
            let text = templates.render(&format!("systemd/{service}.service.j2"), scene).unwrap();
            let says = |key: &str| text.lines().any(|line| line.starts_with(&format!("{key}=")));
            // A new Patroni has to find the PostgreSQL that the old one started, and its lock.
            if text.contains("KillMode=process") {
                assert!(!says("PrivateUsers") && !says("PrivateIPC") && !says("RemoveIPC"), "{service}");
            }
            // The agent makes the folder of rendered files, which every engine's user has to enter.
            if text.contains("/bin/toast-agent ") {
                assert!(text.contains("\nUMask=0022\n"), "{service}");
            }
            // nginx gives the cache to its workers; systemd would take it back at each start.
            let mut folders = text.lines().filter(|line| line.starts_with("StateDirectory="));
            assert!(!folders.any(|line| line.contains("toast/cache")), "{service}");
        }
    });
}

#[test]
fn only_what_the_table_names_is_open() {
    let templates = templates();
    for_each_node(|scene, node| {
        let rules = templates.render("nftables/node.nft.j2", scene).unwrap();
        assert_eq!(rules.contains("80, 443"), node.is(Role::Ingress) || node.is(Role::Edge), "{}: {rules}", node.name);
        assert_eq!(rules.contains("8443"), node.is(Role::Control), "{}: {rules}", node.name);
        assert!(rules.contains("policy drop") && rules.contains("100.64.0.0/10 counter reject"), "{rules}");
    });
}

#[test]
fn the_mesh_policy_grants_exactly_the_table() {
    let templates = templates();
    for_each_node(|scene, node| {
        if !node.is(Role::Control) {
            return;
        }
        let text = templates.render("headscale/policy.hujson.j2", scene).unwrap();
        let policy: serde_json::Value = serde_json::from_str(&text).unwrap_or_else(|why| panic!("{why}: {text}"));
        let rules = policy["acls"].as_array().unwrap();
        assert_eq!(rules.len(), scene.access.mesh.len());
        let granted = |from: Role, to: Role, port: u16| {
            rules.iter().any(|rule| {
                let source = format!("tag:{from}");
                let from = rule["src"].as_array().unwrap().iter().any(|who| who == source.as_str());
                let to = rule["dst"].as_array().unwrap().iter().filter_map(serde_json::Value::as_str).any(|target| {
                    let (who, ports) = target.rsplit_once(':').unwrap();
                    who == format!("tag:{to}") && ports.split(',').any(|one| one == port.to_string())
                });
                from && to
            })
        };
        assert!(granted(Role::Ingress, Role::App, 3000) && granted(Role::Operator, Role::Etcd, 22));
        assert!(!granted(Role::Ingress, Role::Database, 5432) && !granted(Role::App, Role::App, 3000));
        for tag in tags(&node.site, &node.roles, Some(0)) {
            assert!(policy["tagOwners"].get(&tag).is_some(), "nobody owns {tag}");
        }
    });
}

#[test]
fn writes_wait_for_a_second_copy_wherever_three_members_can_give_one() {
    let templates = templates();
    for_each_node(|scene, node| {
        if let Some(group) = node.group {
            let text = templates.render("patroni/patroni.yaml.j2", scene).unwrap();
            let three = scene.inventory.members(group).count() >= 3;
            assert_eq!(text.contains("synchronous_mode_strict: true"), three, "{}", node.name);
            assert!(
                text.contains(&format!("\nname: {}\n", node.name)),
                "quoted where nothing was to be quoted: {text}"
            );
            assert_eq!(text.contains("citus.recover_2pc_interval: -1"), scene.identity.citus, "{}", node.name);
        }
    });
}

#[test]
fn a_group_that_is_in_no_inventory_is_as_careful_as_the_coordinators() {
    let templates = templates();
    for_each_node(|scene, node| {
        if node.group.is_some() {
            let group = Some(scene.inventory.groups().len().try_into().unwrap());
            let stranger = Identity { name: "stranger".to_owned(), group, ..scene.identity.clone() };
            let scene = Scene { identity: &stranger, ..*scene };
            let text = templates.render("patroni/patroni.yaml.j2", &scene).unwrap();
            let three = scene.inventory.members(0).count() >= 3;
            assert_eq!(text.contains("synchronous_mode_strict: true"), three);
            assert!(text.contains("\nname: stranger\n"));
        }
    });
}

#[test]
fn haproxy_takes_what_is_rendered() {
    let templates = templates();
    let folder = std::env::temp_dir().join(format!("toast-rendering-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let accepts = |program: &str, arguments: &[&str], text: &str| {
        let file = folder.join("candidate");
        fs::write(&file, text).unwrap();
        match Command::new(program).args(arguments).arg(&file).output() {
            Ok(output) => {
                assert!(output.status.success(), "{program}: {}\n{text}", String::from_utf8_lossy(&output.stderr));
            }
            Err(_) => drop(writeln_skip(program)),
        }
    };
    for_each_node(|scene, node| {
        if node.is(Role::App) {
            accepts(
                "/usr/sbin/haproxy",
                &["-c", "-q", "-f"],
                &templates.render("haproxy/haproxy.cfg.j2", scene).unwrap(),
            );
        }
    });
    fs::remove_dir_all(&folder).unwrap();
}

fn writeln_skip(program: &str) -> std::io::Result<()> {
    use std::io::Write;
    writeln!(std::io::stderr(), "{program} is not installed: its check is skipped")
}

//! The machines of NixOS run what the templates say: the same services with the same lines, ports and names.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a broken expectation is how a test fails")]

use agent::{
    engines,
    identity::{Identity, SupervisorKind},
    inventory::{Access, Inventory, Node, Opening, Role, SiteKind},
    mesh::Mesh,
    templates::{Scene, Templates},
    units,
};
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    io::Write,
    path::{Path, PathBuf},
    process::Command,
};

fn deploy() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// What the modules make, evaluated with the stand-in for nixpkgs; nothing where there is no Nix.
fn evaluate(attribute: &str) -> Option<Value> {
    let mut command = Command::new("nix-instantiate");
    command.args(["--store", "dummy://", "--eval", "--strict", "--json", "--attr", attribute]);
    let Ok(output) = command.arg(deploy().join("nixos/tests")).output() else {
        drop(writeln!(std::io::stderr(), "nix-instantiate is not installed: the machines of NixOS are not compared"));
        return None;
    };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(serde_json::from_slice(&output.stdout).unwrap())
}

fn inventory(profile: &str) -> Inventory {
    Inventory::read(&deploy().join(format!("inventory/{profile}.toml"))).unwrap()
}

fn identity(node: &Node, watchdog: bool) -> Identity {
    Identity {
        name: node.name.clone(),
        site: node.site.clone(),
        roles: node.roles.clone(),
        group: node.group,
        supervisor: SupervisorKind::Systemd,
        citus: true,
        watchdog,
    }
}

/// The values of each key of a unit, in their order.
fn settings(text: &str) -> BTreeMap<(String, String), Vec<String>> {
    let mut settings: BTreeMap<_, Vec<String>> = BTreeMap::new();
    let mut section = String::new();
    for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        match line.split_once('=') {
            None => line.clone_into(&mut section),
            Some((key, value)) => {
                settings.entry((section.clone(), key.to_owned())).or_default().push(value.to_owned());
            }
        }
    }
    settings
}

/// The programs' places on Debian instead of those in the store.
fn as_on_debian(text: &str, places: &Value) -> String {
    let mut places: Vec<(&String, &str)> =
        places.as_object().unwrap().iter().map(|(debian, nixos)| (debian, nixos.as_str().unwrap())).collect();
    places.sort_by_key(|(_, nixos)| std::cmp::Reverse(nixos.len()));
    places.iter().fold(text.to_owned(), |text, (debian, nixos)| text.replace(nixos, debian))
}

fn names(value: &Value) -> BTreeSet<&str> {
    value.as_array().unwrap().iter().map(|one| one.as_str().unwrap()).collect()
}

fn compare(machine: &Value, inventory: &Inventory, identity: &Identity) {
    let (templates, access) = (Templates::new(&deploy().join("templates")), access());
    let nothing = Mesh::default();
    let scene = Scene { inventory, access: &access, identity, secrets: None, mesh: &nothing, backends: &[] };
    let name = format!("{} of {}", identity.name, inventory.profile);
    assert_eq!(machine["failed"], Value::Array(Vec::new()), "{name}");
    let told: Identity = toml::from_str(machine["identity"].as_str().unwrap()).unwrap();
    assert_eq!(&told, identity, "{name}");
    assert_eq!(machine["hostName"], identity.name.as_str());

    let made = machine["units"].as_object().unwrap();
    let services: BTreeSet<&str> = units::services(identity).into_iter().collect();
    assert_eq!(made.keys().map(String::as_str).collect::<BTreeSet<_>>(), services, "{name}");
    for service in services {
        let expected = settings(&templates.render(&format!("systemd/{service}.service.j2"), &scene).unwrap());
        let found = settings(&as_on_debian(made[service].as_str().unwrap(), &machine["places"]));
        assert_eq!(found, expected, "{name}: {service}");
        for user in expected.get(&("[Service]".to_owned(), "User".to_owned())).into_iter().flatten() {
            assert!(names(&machine["users"]).contains(user.as_str()), "{name}: {service} runs as {user}");
        }
    }
    for engine in engines::of_node(identity) {
        let owners = engine.files.iter().filter_map(|file| file.owner);
        assert!(owners.into_iter().all(|owner| names(&machine["users"]).contains(owner)), "{name}: {}", engine.service);
        if let Some(program) = engine.check.first() {
            assert!(is_there(machine, program), "{name}: {program}, which checks what {} is given", engine.service);
        }
    }
}

/// Whether the agent finds a program where Debian has it.
fn is_there(machine: &Value, program: &str) -> bool {
    match program.strip_prefix("/opt/toast/current/") {
        Some(part) => names(&machine["parts"]).iter().any(|one| Path::new(part).starts_with(one)),
        None => names(&machine["links"]).iter().any(|link| link.starts_with(&format!("L+ {program} "))),
    }
}

fn access() -> Access {
    Access::read(&deploy().join("inventory/access.toml")).unwrap()
}

fn ports(openings: &[Opening], node: &Node, pick: fn(&Opening) -> &Vec<u16>) -> BTreeSet<u64> {
    openings.iter().filter(|one| one.role.means(node)).flat_map(pick).map(|port| u64::from(*port)).collect()
}

fn compare_firewall(machine: &Value, inventory: &Inventory, node: &Node) {
    let access = access();
    let found = |kind: &str| -> BTreeSet<u64> {
        machine
            .pointer(&format!("/firewall/{kind}"))
            .unwrap()
            .as_array()
            .unwrap()
            .iter()
            .map(|port| port.as_u64().unwrap())
            .collect()
    };
    let inside = inventory.in_mesh(node);
    let mut open = ports(&access.public, node, |one| &one.udp);
    if inside {
        open.extend(ports(&access.underlay, node, |one| &one.udp));
    }
    assert_eq!(found("tcp"), ports(&access.public, node, |one| &one.tcp), "{}", node.name);
    assert_eq!(found("udp"), open, "{}", node.name);
    let rules = machine.pointer("/firewall/rules").unwrap().as_str().unwrap();
    let beneath = ports(&access.underlay, node, |one| &one.tcp);
    assert_eq!(rules.is_empty(), !inside || beneath.is_empty(), "{}: {rules}", node.name);
    if !rules.is_empty() {
        assert!(beneath.iter().all(|port| rules.contains(&port.to_string())), "{rules}");
        for site in inventory.sites.values() {
            let network = String::from(site.network);
            assert_eq!(rules.contains(&network), site.kind != SiteKind::Internet, "{rules}");
        }
    }
}

#[test]
fn every_machine_runs_the_same_lines_as_on_debian() {
    let Some(machines) = evaluate("machines") else { return };
    let mut compared = 0;
    for profile in ["dev", "small", "host", "multi"] {
        let inventory = inventory(profile);
        for node in inventory.nodes.iter().filter(|node| !node.is(Role::Ca) && !node.is(Role::Client)) {
            let machine = &machines[format!("{profile}-{}", node.name)];
            compare(machine, &inventory, &identity(node, false));
            compare_firewall(machine, &inventory, node);
            let own = format!("{}/{}", node.underlay, inventory.sites[&node.site].network.bits());
            assert!(names(&machine["addresses"]["address"]).contains(own.as_str()), "{}", node.name);
            assert!(
                names(&machine["addresses"]["gateway"])
                    .contains(inventory.sites[&node.site].network.gateway().to_string().as_str())
            );
            compared += 1;
        }
    }
    assert_eq!(machines.as_object().unwrap().len(), compared, "a machine of no inventory");
}

#[test]
fn a_watchdog_is_given_to_the_guardian_of_the_database() {
    let Some(machine) = evaluate("watched") else { return };
    let inventory = inventory("small");
    let identity = identity(inventory.node("db1").unwrap(), true);
    compare(&machine, &inventory, &identity);
    assert!(machine["units"]["toast-patroni"].as_str().unwrap().contains("chown postgres /dev/watchdog"));
}

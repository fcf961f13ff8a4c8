//! The NixOS machines have the same units, ports and users as the templates give to Debian.

use crate::{PROFILES, access, deploy, inventory, node_config, skipped, templates};
use agent::{
    inventory::{Inventory, Node, Opening, Role, SiteKind},
    mesh::Mesh,
    node_config::NodeConfig,
    services, systemd_units,
    templates::TemplateContext,
};
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    process::Command,
};

/// The modules evaluated with the substitute for nixpkgs; none without Nix.
fn evaluate(attribute: &str) -> Option<Value> {
    let mut command = Command::new("nix-instantiate");
    command.args(["--store", "dummy://", "--eval", "--strict", "--json", "--attr", attribute]);
    let Ok(output) = command.arg(deploy().join("nixos/tests")).output() else {
        skipped("nix-instantiate is not installed");
        return None;
    };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(serde_json::from_slice(&output.stdout).unwrap())
}

/// The values of each section and key of a unit, in their order.
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

/// A unit with Debian's paths of programs instead of those in the Nix store.
fn with_debian_paths(text: &str, places: &Value) -> String {
    let mut places: Vec<(&String, &str)> =
        places.as_object().unwrap().iter().map(|(debian, nixos)| (debian, nixos.as_str().unwrap())).collect();
    places.sort_by_key(|(_, nixos)| std::cmp::Reverse(nixos.len()));
    places.iter().fold(text.to_owned(), |text, (debian, nixos)| text.replace(nixos, debian))
}

fn names(value: &Value) -> BTreeSet<&str> {
    value.as_array().unwrap().iter().map(|one| one.as_str().unwrap()).collect()
}

fn compare(machine: &Value, inventory: &Inventory, node: &NodeConfig) {
    let (templates, access, mesh) = (templates(), access(), Mesh::default());
    let context = TemplateContext { inventory, access: &access, node, secrets: None, mesh: &mesh, backends: &[] };
    let title = format!("{} of {}", node.name, inventory.profile);
    assert_eq!(machine["failed"], Value::Array(Vec::new()), "{title}");
    let written: NodeConfig = toml::from_str(machine["identity"].as_str().unwrap()).unwrap();
    assert_eq!(&written, node, "{title}");
    assert_eq!(machine["hostName"], node.name.as_str());

    let (units, users) = (machine["units"].as_object().unwrap(), names(&machine["users"]));
    let expected_units: BTreeSet<&str> = systemd_units::names(node).into_iter().collect();
    assert_eq!(units.keys().map(String::as_str).collect::<BTreeSet<_>>(), expected_units, "{title}");
    for unit in expected_units {
        let expected = settings(&templates.render(&format!("systemd/{unit}.service.j2"), &context).unwrap());
        let found = settings(&with_debian_paths(units[unit].as_str().unwrap(), &machine["places"]));
        assert_eq!(found, expected, "{title}: {unit}");
        for user in expected.get(&("[Service]".to_owned(), "User".to_owned())).into_iter().flatten() {
            assert!(users.contains(user.as_str()), "{title}: {unit} runs as {user}");
        }
    }
    for service in services::of_node(node) {
        let mut owners = service.files.iter().filter_map(|file| file.owner);
        assert!(owners.all(|owner| users.contains(owner)), "{title}: {}", service.name);
        if let Some(program) = service.validate.first() {
            assert!(has_program(machine, program), "{title}: {program} validates the files of {}", service.name);
        }
    }
}

/// Whether a program is at the path that it has on Debian.
fn has_program(machine: &Value, program: &str) -> bool {
    match program.strip_prefix("/opt/toast/current/") {
        Some(part) => names(&machine["parts"]).iter().any(|one| Path::new(part).starts_with(one)),
        None => names(&machine["links"]).iter().any(|link| link.starts_with(&format!("L+ {program} "))),
    }
}

fn ports(openings: &[Opening], node: &Node, protocol: fn(&Opening) -> &Vec<u16>) -> BTreeSet<u64> {
    openings.iter().filter(|one| one.role.matches(node)).flat_map(protocol).map(|port| u64::from(*port)).collect()
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
fn every_machine_has_the_same_units_as_on_debian() {
    let Some(machines) = evaluate("machines") else { return };
    let mut compared = 0;
    for inventory in PROFILES.map(inventory) {
        for node in inventory.nodes.iter().filter(|node| !node.is(Role::Ca) && !node.is(Role::Client)) {
            let machine = &machines[format!("{}-{}", inventory.profile, node.name)];
            compare(machine, &inventory, &node_config(node, true));
            compare_firewall(machine, &inventory, node);
            let network = inventory.sites[&node.site].network;
            let (address, gateway) = (format!("{}/{}", node.underlay, network.bits()), network.gateway().to_string());
            assert!(names(&machine["addresses"]["address"]).contains(address.as_str()), "{}", node.name);
            assert!(names(&machine["addresses"]["gateway"]).contains(gateway.as_str()), "{}", node.name);
            compared += 1;
        }
    }
    assert_eq!(machines.as_object().unwrap().len(), compared, "a machine is in no inventory");
}

#[test]
fn patroni_may_open_the_watchdog() {
    let Some(machine) = evaluate("watched") else { return };
    let inventory = inventory("small");
    let node = NodeConfig { watchdog: true, ..node_config(inventory.node("db1").unwrap(), true) };
    compare(&machine, &inventory, &node);
    assert!(machine["units"]["toast-patroni"].as_str().unwrap().contains("chown postgres /dev/watchdog"));
}

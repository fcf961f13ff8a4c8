//! Networks: a bridge for each site, a router between sites, and a cable from each node to its bridge.

use crate::{
    error::WorldError,
    place,
    program::{feed, program, run},
};
use agent::inventory::{Inventory, Network, Node, Role, SiteKind};
use std::{fmt::Write as _, fs, net::Ipv4Addr, path::Path, process::Command};

/// Whether packets pass a node's cable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Passage {
    /// They do.
    Open,
    /// They vanish; the node's link stays up, so that nothing on it learns of it.
    Closed,
}

/// A node's cable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cable {
    /// Its name in the node.
    inner: &'static str,
    /// Its name at the bridge.
    port: String,
    bridge: String,
    address: Ipv4Addr,
    network: Network,
    /// Whether the default route goes here.
    is_default: bool,
    hardware: String,
}

/// A network may have a name of nine letters: with `site-` it must fit into what the kernel allows.
pub const LONGEST_SITE: usize = 9;

/// The bridge of a site.
pub fn bridge(site: &str) -> String {
    format!("site-{site}")
}

/// The cables that a node has.
pub fn cables(inventory: &Inventory, node: &Node, number: u16) -> Result<Vec<Cable>, WorldError> {
    let site = inventory.sites.get(&node.site).ok_or_else(|| WorldError::NoSite(node.site.clone()))?;
    let outside = site.kind == SiteKind::Internet;
    let mut cables =
        vec![cable(if outside { "pub0" } else { "wan0" }, &node.site, node.underlay, site.network, number)];
    if let Some(public) = node.public {
        let (name, site) = internet(inventory)?;
        cables.push(cable("pub0", name, public, site, number));
    }
    Ok(cables)
}

fn cable(inner: &'static str, site: &str, address: Ipv4Addr, network: Network, number: u16) -> Cable {
    let (letter, place) = if inner == "wan0" { ('w', 0) } else { ('p', 1) };
    let [high, low] = number.to_be_bytes();
    Cable {
        inner,
        port: format!("{letter}{number}"),
        bridge: bridge(site),
        address,
        network,
        is_default: inner == "wan0",
        // The same after each boot, so that neighbours need not ask anew.
        hardware: format!("02:54:6f:{high:02x}:{low:02x}:{place:02x}"),
    }
}

fn internet(inventory: &Inventory) -> Result<(&str, Network), WorldError> {
    let found = inventory.sites.iter().find(|(_, site)| site.kind == SiteKind::Internet);
    let (name, site) = found.ok_or_else(|| WorldError::Shape("an ingress needs a site of kind internet".to_owned()))?;
    Ok((name, site.network))
}

/// Makes the router and the bridges.
pub fn make_router(inventory: &Inventory) -> Result<(), WorldError> {
    run(&mut program("ip", ["netns", "add", place::ROUTER]))?;
    let mut batch = String::from("link set lo up\n");
    for ((name, site), number) in inventory.sites.iter().zip(1_u8..) {
        let bridge = bridge(name);
        // An address of its own: otherwise it is one of its ports', and changes as they come and go.
        let hardware = format!("02:54:6f:ff:ff:{number:02x}");
        let _ = writeln!(batch, "link add {bridge} address {hardware} type bridge stp_state 0 forward_delay 0");
        let _ = writeln!(batch, "link set {bridge} addrgenmode none up");
        // Nothing routes to the internet: its bridge is a switch and no more.
        if site.kind != SiteKind::Internet {
            let _ = writeln!(batch, "addr add {}/{} dev {bridge}", site.network.gateway(), site.network.bits());
        }
    }
    in_namespace(place::ROUTER, &batch)?;
    // Frames inside a bridge are no business of the router's rules, where a host has asked for that.
    let settings = "echo 1 >/proc/sys/net/ipv4/ip_forward; f=/proc/sys/net/bridge/bridge-nf-call-iptables; \
                    if [ -e $f ]; then echo 0 >$f; fi";
    run(enter(place::ROUTER, "sh").args(["-c", settings]))?;
    feed(enter(place::ROUTER, "nft").args(["-f", "-"]), ROUTER_RULES).map(drop)
}

/// `cut` holds the bridges of sites without a way out, `apart` pairs of bridges that do not reach each other. What comes
/// from anywhere but a bridge comes from a cable that is pulled.
const ROUTER_RULES: &str = "
table inet toastw {
    set cut { type ifname; }
    set apart { type ifname . ifname; }
    chain forward {
        type filter hook forward priority 0; policy accept;
        iifname != \"site-*\" drop
        iifname @cut counter drop
        oifname @cut counter drop
        iifname . oifname @apart counter drop
    }
    chain input {
        type filter hook input priority 0; policy accept;
        iifname \"lo\" accept
        iifname != \"site-*\" drop
    }
}
";

/// Changes the rules of the router.
pub fn change_router(rules: &str) -> Result<(), WorldError> {
    feed(enter(place::ROUTER, "nft").args(["-f", "-"]), rules).map(drop)
}

/// Makes the network of a node and plugs its cables in.
pub fn plug(node: &str, cables: &[Cable]) -> Result<(), WorldError> {
    let namespace = place::namespace(node);
    run(&mut program("ip", ["netns", "add", &namespace]))?;
    // The system takes the cables of a dead node away in its own time.
    for cable in cables {
        drop(in_namespace(place::ROUTER, &format!("link del {}\n", cable.port)));
    }
    let mut outer = String::new();
    let mut inner = String::from("link set lo up\n");
    for cable in cables {
        let Cable { inner: name, port, bridge, address, network, hardware, .. } = cable;
        let _ = writeln!(outer, "link add {port} type veth peer name {name} address {hardware} netns {namespace}");
        let _ = writeln!(outer, "link set {port} addrgenmode none master {bridge} up");
        let _ = writeln!(inner, "addr add {address}/{} dev {name}", network.bits());
        let _ = writeln!(inner, "link set {name} addrgenmode none up");
        if cable.is_default {
            let _ = writeln!(inner, "route add default via {}", network.gateway());
        }
    }
    in_namespace(place::ROUTER, &outer)?;
    in_namespace(&namespace, &inner)
}

/// Takes the network of a node away, with all that is still in it.
pub fn unplug(node: &str) -> Result<(), WorldError> {
    remove(&place::namespace(node))
}

/// Opens or closes cables.
pub fn pass(cables: &[Cable], passage: Passage) -> Result<(), WorldError> {
    let mut batch = String::new();
    for cable in cables {
        let _ = match passage {
            Passage::Open => writeln!(batch, "link set {} master {}", cable.port, cable.bridge),
            Passage::Closed => writeln!(batch, "link set {} nomaster", cable.port),
        };
    }
    in_namespace(place::ROUTER, &batch)
}

/// The cable to the internet alone.
pub fn public(cables: &[Cable]) -> Vec<Cable> {
    cables.iter().filter(|cable| cable.inner == "pub0").cloned().collect()
}

/// Removes a network namespace.
pub fn remove(namespace: &str) -> Result<(), WorldError> {
    if place::namespace_file(namespace).exists() {
        run(&mut program("ip", ["netns", "delete", namespace]))?;
    }
    Ok(())
}

/// All network namespaces of the world.
pub fn namespaces() -> Vec<String> {
    let entries = fs::read_dir(place::NAMESPACES).into_iter().flatten().flatten();
    let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
    names.filter(|name| name.starts_with(place::PREFIX)).collect()
}

/// A program in a network namespace, and in nothing else of a node.
pub fn enter(namespace: &str, name: &str) -> Command {
    let mut command = Command::new("nsenter");
    let mut file = std::ffi::OsString::from("--net=");
    file.push(place::namespace_file(namespace));
    command.arg(file).arg("--").arg(name);
    command
}

/// What cannot be built of an inventory's networks.
pub fn check(inventory: &Inventory) -> Result<(), WorldError> {
    if let Some(name) = inventory.sites.keys().find(|name| name.len() > LONGEST_SITE) {
        return Err(WorldError::Shape(format!("the name of site {name} has more than {LONGEST_SITE} letters")));
    }
    if inventory.nodes.iter().any(|node| node.name == place::RESERVED) {
        return Err(WorldError::Shape(format!("no node may be called {}", place::RESERVED)));
    }
    if inventory.with_role(Role::Ingress).next().is_some() { internet(inventory).map(drop) } else { Ok(()) }
}

fn in_namespace(namespace: &str, batch: &str) -> Result<(), WorldError> {
    debug_assert!(Path::new(place::NAMESPACES).is_absolute());
    feed(&mut program("ip", ["-n", namespace, "-batch", "-"]), batch).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    const INVENTORY: &str = include_str!("../../../deploy/inventory/multi.toml");

    #[test]
    fn only_an_ingress_stands_in_two_networks() {
        let inventory: Inventory = toml::from_str(INVENTORY).unwrap();
        for (node, number) in inventory.nodes.iter().zip(0..) {
            let cables = cables(&inventory, node, number).unwrap();
            let names: Vec<&str> = cables.iter().map(|cable| cable.inner).collect();
            let expected: &[&str] = match (inventory.in_mesh(node), node.is(Role::Ingress)) {
                (true, true) => &["wan0", "pub0"],
                (true, false) => &["wan0"],
                _ => &["pub0"],
            };
            assert_eq!(names, expected, "{}", node.name);
            assert_eq!(cables.iter().any(|cable| cable.is_default), inventory.in_mesh(node));
        }
        assert!(check(&inventory).is_ok());
    }

    #[test]
    fn hardware_addresses_differ() {
        let inventory: Inventory = toml::from_str(INVENTORY).unwrap();
        let all = inventory.nodes.iter().zip(0..).flat_map(|(node, number)| cables(&inventory, node, number).unwrap());
        let addresses: Vec<String> = all.map(|cable| cable.hardware).collect();
        let different: std::collections::BTreeSet<&String> = addresses.iter().collect();
        assert_eq!(different.len(), addresses.len());
    }

    #[test]
    fn names_that_the_kernel_would_refuse_are_told() {
        let mut inventory: Inventory = toml::from_str(INVENTORY).unwrap();
        inventory.nodes[0].name = "wan".to_owned();
        assert!(matches!(check(&inventory), Err(WorldError::Shape(_))));
    }
}

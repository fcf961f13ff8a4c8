//! Networks: a bridge for each site, a router between sites, and veth pairs from each node to its bridges.

use crate::{
    error::TestbedError,
    exec::{command, run, run_with_input},
    paths,
};
use agent::inventory::{Inventory, Network, Node, Role, SiteKind};
use std::{fmt::Write as _, fs, net::Ipv4Addr, process::Command};

/// Whether a veth pair is attached to its bridge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkState {
    /// Packets pass.
    Attached,
    /// Packets are dropped. The node's end keeps its carrier, so that the node gets no link event.
    Detached,
}

/// A veth pair between a node and the bridge of a site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VethPair {
    /// Interface name in the node.
    interface: &'static str,
    /// Interface name at the bridge.
    port: String,
    bridge: String,
    address: Ipv4Addr,
    network: Network,
    has_default_route: bool,
    mac: String,
}

/// Interface names have at most 15 bytes, and `site-` is one part of it. One byte is left as reserve.
pub const MAX_SITE_NAME: usize = 9;

pub fn bridge(site: &str) -> String {
    format!("site-{site}")
}

/// The veth pairs of a node; an ingress has a second one to the internet.
pub fn veth_pairs(inventory: &Inventory, node: &Node, number: u16) -> Result<Vec<VethPair>, TestbedError> {
    let site = inventory.sites.get(&node.site).ok_or_else(|| TestbedError::UnknownSite(node.site.clone()))?;
    let interface = if site.kind == SiteKind::Internet { "pub0" } else { "wan0" };
    let mut pairs = vec![veth_pair(interface, &node.site, node.underlay, site.network, number)];
    if let Some(public) = node.public {
        let (name, network) = internet(inventory)?;
        pairs.push(veth_pair("pub0", name, public, network, number));
    }
    Ok(pairs)
}

fn veth_pair(interface: &'static str, site: &str, address: Ipv4Addr, network: Network, number: u16) -> VethPair {
    let (letter, index) = if interface == "wan0" { ('w', 0) } else { ('p', 1) };
    let [high, low] = number.to_be_bytes();
    VethPair {
        interface,
        port: format!("{letter}{number}"),
        bridge: bridge(site),
        address,
        network,
        has_default_route: interface == "wan0",
        // The same after each boot, so that ARP caches of neighbours stay valid.
        mac: format!("02:54:6f:{high:02x}:{low:02x}:{index:02x}"),
    }
}

fn internet(inventory: &Inventory) -> Result<(&str, Network), TestbedError> {
    let found = inventory.sites.iter().find(|(_, site)| site.kind == SiteKind::Internet);
    let (name, site) =
        found.ok_or_else(|| TestbedError::Unsupported("an ingress needs a site of kind internet".to_owned()))?;
    Ok((name, site.network))
}

pub fn create_router(inventory: &Inventory) -> Result<(), TestbedError> {
    run(&mut command("ip", ["netns", "add", paths::ROUTER]))?;
    let mut batch = String::from("link set lo up\n");
    for ((name, site), number) in inventory.sites.iter().zip(1_u8..) {
        let bridge = bridge(name);
        // Without a MAC address of its own a bridge takes that of a port, which changes as ports come and go.
        let mac = format!("02:54:6f:ff:ff:{number:02x}");
        let _ = writeln!(batch, "link add {bridge} address {mac} type bridge stp_state 0 forward_delay 0");
        let _ = writeln!(batch, "link set {bridge} addrgenmode none up");
        // The internet's bridge is a switch only: no route leads there from the sites.
        if site.kind != SiteKind::Internet {
            let _ = writeln!(batch, "addr add {}/{} dev {bridge}", site.network.gateway(), site.network.bits());
        }
    }
    ip_batch(paths::ROUTER, &batch)?;
    // Frames inside a bridge must not pass the router's rules; some hosts switch that on.
    let settings = "echo 1 >/proc/sys/net/ipv4/ip_forward; f=/proc/sys/net/bridge/bridge-nf-call-iptables; \
                    if [ -e $f ]; then echo 0 >$f; fi";
    run(enter(paths::ROUTER, "sh").args(["-c", settings]))?;
    apply_router_rules(ROUTER_RULES)
}

/// `cut` holds the bridges of isolated sites, `apart` pairs of bridges without a route between them. Packets that come from
/// an interface other than a bridge come from a detached veth pair.
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

pub fn apply_router_rules(rules: &str) -> Result<(), TestbedError> {
    run_with_input(enter(paths::ROUTER, "nft").args(["-f", "-"]), rules).map(drop)
}

pub fn create_namespace(node: &str, pairs: &[VethPair]) -> Result<(), TestbedError> {
    let namespace = paths::namespace(node);
    run(&mut command("ip", ["netns", "add", &namespace]))?;
    // The kernel removes the veth pairs of a crashed node asynchronously; an error means that they are gone already.
    for pair in pairs {
        drop(ip_batch(paths::ROUTER, &format!("link del {}\n", pair.port)));
    }
    let mut outer = String::new();
    let mut inner = String::from("link set lo up\n");
    for VethPair { interface, port, bridge, address, network, has_default_route, mac } in pairs {
        let _ = writeln!(outer, "link add {port} type veth peer name {interface} address {mac} netns {namespace}");
        let _ = writeln!(outer, "link set {port} addrgenmode none master {bridge} up");
        let _ = writeln!(inner, "addr add {address}/{} dev {interface}", network.bits());
        let _ = writeln!(inner, "link set {interface} addrgenmode none up");
        if *has_default_route {
            let _ = writeln!(inner, "route add default via {}", network.gateway());
        }
    }
    ip_batch(paths::ROUTER, &outer)?;
    ip_batch(&namespace, &inner)
}

/// Attaches veth pairs to their bridges, or detaches them.
pub fn set_links(pairs: &[VethPair], state: LinkState) -> Result<(), TestbedError> {
    let mut batch = String::new();
    for VethPair { port, bridge, .. } in pairs {
        let _ = match state {
            LinkState::Attached => writeln!(batch, "link set {port} master {bridge}"),
            LinkState::Detached => writeln!(batch, "link set {port} nomaster"),
        };
    }
    ip_batch(paths::ROUTER, &batch)
}

/// The veth pair to the internet, if there is one.
pub fn internet_pair(pairs: &[VethPair]) -> Vec<VethPair> {
    pairs.iter().filter(|pair| pair.interface == "pub0").cloned().collect()
}

/// Removes a network namespace with everything in it.
pub fn remove_namespace(namespace: &str) -> Result<(), TestbedError> {
    if paths::namespace_file(namespace).exists() {
        run(&mut command("ip", ["netns", "delete", namespace]))?;
    }
    Ok(())
}

pub fn namespaces() -> Vec<String> {
    let entries = fs::read_dir(paths::NAMESPACES).into_iter().flatten().flatten();
    let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
    names.filter(|name| name.starts_with(paths::PREFIX)).collect()
}

/// A command in a network namespace, but in no other namespace of the node.
pub fn enter(namespace: &str, program: &str) -> Command {
    let file = format!("--net={}", paths::namespace_file(namespace).display());
    command("nsenter", [file.as_str(), "--", program])
}

/// Rejects inventories whose networks cannot be built.
pub fn check(inventory: &Inventory) -> Result<(), TestbedError> {
    if let Some(name) = inventory.sites.keys().find(|name| name.len() > MAX_SITE_NAME) {
        let reason = format!("the name of site {name} has more than {MAX_SITE_NAME} letters");
        return Err(TestbedError::Unsupported(reason));
    }
    if inventory.nodes.iter().any(|node| node.name == paths::ROUTER_NAME) {
        return Err(TestbedError::Unsupported(format!("no node may be called {}", paths::ROUTER_NAME)));
    }
    if inventory.with_role(Role::Ingress).next().is_some() { internet(inventory).map(drop) } else { Ok(()) }
}

fn ip_batch(namespace: &str, batch: &str) -> Result<(), TestbedError> {
    run_with_input(&mut command("ip", ["-n", namespace, "-batch", "-"]), batch).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    const INVENTORY: &str = include_str!("../../../deploy/inventory/multi.toml");

    #[test]
    fn only_an_ingress_has_two_networks() {
        let inventory: Inventory = toml::from_str(INVENTORY).unwrap();
        for (node, number) in inventory.nodes.iter().zip(0..) {
            let pairs = veth_pairs(&inventory, node, number).unwrap();
            let names: Vec<&str> = pairs.iter().map(|pair| pair.interface).collect();
            let expected: &[&str] = match (inventory.in_mesh(node), node.is(Role::Ingress)) {
                (true, true) => &["wan0", "pub0"],
                (true, false) => &["wan0"],
                _ => &["pub0"],
            };
            assert_eq!(names, expected, "{}", node.name);
            assert_eq!(pairs.iter().any(|pair| pair.has_default_route), inventory.in_mesh(node));
        }
        assert!(check(&inventory).is_ok());
    }

    #[test]
    fn mac_addresses_differ() {
        let inventory: Inventory = toml::from_str(INVENTORY).unwrap();
        let all =
            inventory.nodes.iter().zip(0..).flat_map(|(node, number)| veth_pairs(&inventory, node, number).unwrap());
        let addresses: Vec<String> = all.map(|pair| pair.mac).collect();
        let distinct: std::collections::BTreeSet<&String> = addresses.iter().collect();
        assert_eq!(distinct.len(), addresses.len());
    }

    #[test]
    fn the_name_of_the_router_is_rejected() {
        let mut inventory: Inventory = toml::from_str(INVENTORY).unwrap();
        inventory.nodes[0].name = "wan".to_owned();
        assert!(matches!(check(&inventory), Err(TestbedError::Unsupported(_))));
    }
}

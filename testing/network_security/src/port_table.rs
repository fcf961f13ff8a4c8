//! The port table `access.toml`, and which captured packets it allows.

use crate::pcap::{Kind, Packet, is_mesh_address};
use agent::inventory::{Access, Inventory, Network, Node, Opening, SiteKind};
use std::{collections::BTreeSet, net::Ipv4Addr};
use support::{Environment, Error};

/// The table of the running release.
pub(crate) fn read(environment: &Environment) -> Result<Access, Error> {
    let text = environment.operator()?.run("cat", &["/opt/toast/current/access.toml"])?;
    toml::from_str(&text).map_err(|error| Error::failed("access.toml", error))
}

pub(crate) fn tcp(openings: &[Opening], node: &Node) -> BTreeSet<u16> {
    of_node(openings, node).flat_map(|opening| opening.tcp.clone()).collect()
}

pub(crate) fn udp(openings: &[Opening], node: &Node) -> BTreeSet<u16> {
    of_node(openings, node).flat_map(|opening| opening.udp.clone()).collect()
}

fn of_node<'a>(openings: &'a [Opening], node: &'a Node) -> impl Iterator<Item = &'a Opening> {
    openings.iter().filter(|opening| opening.role.matches(node))
}

/// The address of a node on the internet; none for clients and certificate authorities, which are not part of Toast.
pub(crate) fn public_address(inventory: &Inventory, access: &Access, node: &Node) -> Option<Ipv4Addr> {
    if inventory.in_mesh(node) {
        return node.public;
    }
    let is_ours = access.public.iter().any(|opening| opening.role.matches(node));
    is_ours.then_some(node.underlay)
}

/// The ports that packets between nodes may use.
#[derive(Debug)]
pub(crate) struct AllowedPorts {
    ports: Vec<AllowedPort>,
    sites: Vec<Network>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct AllowedPort {
    address: Ipv4Addr,
    kind: Kind,
    port: u16,
    clients: Clients,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Clients {
    Anyone,
    /// Addresses in a site's network.
    Sites,
}

impl AllowedPorts {
    /// Those of the table, and the ACME server's.
    pub(crate) fn of(inventory: &Inventory, access: &Access) -> Self {
        let mut ports = Vec::new();
        for node in &inventory.nodes {
            let public = public_address(inventory, access, node);
            ports.extend(public.into_iter().flat_map(|address| ports_of(&access.public, node, address)));
            if inventory.in_mesh(node) {
                let underlay = ports_of(&access.underlay, node, node.underlay);
                ports.extend(underlay.map(|port| AllowedPort { clients: Clients::Sites, ..port }));
                // Nodes that reach each other over the internet tunnel the mesh there, too.
                ports.extend(node.public.into_iter().flat_map(|address| ports_of(&access.underlay, node, address)));
            }
        }
        let acme = acme_server(inventory);
        ports.extend(acme.map(|(address, port)| AllowedPort {
            address,
            kind: Kind::Tcp,
            port,
            clients: Clients::Anyone,
        }));
        let sites = inventory.sites.values().filter(|site| site.kind != SiteKind::Internet);
        Self { ports, sites: sites.map(|site| site.network).collect() }
    }

    /// Whether a packet is to or from an allowed port, or is ARP or ICMP outside the mesh.
    pub(crate) fn allows(&self, packet: &Packet) -> bool {
        match packet.kind {
            Kind::Arp | Kind::Icmp => !packet.has_mesh_address(),
            Kind::Tcp | Kind::Udp => self.allows_ports_of(packet),
            Kind::Other(_) => false,
        }
    }

    fn allows_ports_of(&self, packet: &Packet) -> bool {
        let endpoints: Vec<_> = packet.endpoints().collect();
        let [one, other] = endpoints.as_slice() else { return false };
        !is_mesh_address(one.0)
            && !is_mesh_address(other.0)
            && self.ports.iter().any(|port| {
                let matches = |server: &(Ipv4Addr, u16), client: &(Ipv4Addr, u16)| {
                    port.kind == packet.kind && (port.address, port.port) == *server && self.admits(*port, client.0)
                };
                matches(one, other) || matches(other, one)
            })
    }

    fn admits(&self, port: AllowedPort, client: Ipv4Addr) -> bool {
        port.clients == Clients::Anyone || self.sites.iter().any(|site| site.contains(client))
    }
}

fn ports_of<'a>(openings: &'a [Opening], node: &'a Node, address: Ipv4Addr) -> impl Iterator<Item = AllowedPort> {
    let port = move |kind| move |port| AllowedPort { address, kind, port, clients: Clients::Anyone };
    tcp(openings, node).into_iter().map(port(Kind::Tcp)).chain(udp(openings, node).into_iter().map(port(Kind::Udp)))
}

fn acme_server(inventory: &Inventory) -> Option<(Ipv4Addr, u16)> {
    let url: reqwest::Url = inventory.acme.as_ref()?.directory.parse().ok()?;
    Some((url.host_str()?.parse().ok()?, url.port_or_known_default()?))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::pcap::{
        self,
        tests::{file, ip},
    };

    /// The profile `host` and the port table.
    pub(crate) fn host() -> (Inventory, Access) {
        let inventory = toml::from_str(include_str!("../../../deploy/inventory/host.toml")).unwrap();
        (inventory, toml::from_str(include_str!("../../../deploy/inventory/access.toml")).unwrap())
    }

    fn is_allowed(frame: (u16, Vec<u8>)) -> bool {
        let (inventory, access) = host();
        let packets = pcap::read(&file(&[frame])).unwrap();
        AllowedPorts::of(&inventory, &access).allows(&packets[0])
    }

    const APP: [u8; 4] = [10, 1, 0, 21];
    const CONTROL: [u8; 4] = [10, 3, 0, 50];
    const INGRESS: [u8; 4] = [203, 0, 113, 10];
    const CLIENT: [u8; 4] = [203, 0, 113, 100];
    const MESH: [u8; 4] = [100, 64, 0, 3];

    #[test]
    fn the_mesh_its_control_server_and_relay_are_allowed_in_both_directions() {
        assert!(is_allowed(ip(17, (APP, 41641), ([10, 2, 0, 31], 41641), "")));
        assert!(is_allowed(ip(17, (APP, 41641), (CONTROL, 3478), "")));
        let control = [ip(6, (APP, 50000), (CONTROL, 443), ""), ip(6, (CONTROL, 8443), (APP, 50000), "")];
        assert!(control.into_iter().all(is_allowed));
        assert!(is_allowed(ip(17, (APP, 41641), (INGRESS, 41641), "")));
    }

    #[test]
    fn clients_dns_and_the_acme_server_are_allowed() {
        assert!(is_allowed(ip(6, (CLIENT, 50000), (INGRESS, 443), "")));
        assert!(is_allowed(ip(17, (CLIENT, 50000), ([203, 0, 113, 53], 53), "")));
        assert!(is_allowed(ip(6, (INGRESS, 50000), ([203, 0, 113, 70], 14000), "")));
    }

    #[test]
    fn nothing_else_is_allowed() {
        assert!(!is_allowed(ip(6, (APP, 50000), ([10, 1, 0, 31], 5432), "")), "a database outside the mesh");
        assert!(!is_allowed(ip(6, (APP, 50000), (CONTROL, 80), "")), "a port that is not in the table");
        assert!(!is_allowed(ip(17, (APP, 50000), (CONTROL, 443), "")), "another protocol's port");
        assert!(!is_allowed(ip(6, (CLIENT, 50000), (CONTROL, 443), "")), "a client at a port for sites");
        assert!(!is_allowed(ip(6, (CLIENT, 50000), ([10, 1, 0, 10], 443), "")), "a client at a private address");
        assert!(!is_allowed(ip(17, (APP, 41641), (MESH, 41641), "")), "an address of the mesh");
        assert!(!is_allowed(ip(132, (APP, 0), (CONTROL, 0), "")), "another protocol");
        assert!(is_allowed(ip(1, (APP, 0), (CONTROL, 0), "")) && !is_allowed(ip(1, (APP, 0), (MESH, 0), "")));
    }

    #[test]
    fn servers_reach_every_database_group_and_nothing_else() {
        let (inventory, access) = host();
        let ports: BTreeSet<u16> = access.mesh.iter().flat_map(|grant| grant.tcp.clone()).chain([5000, 5011]).collect();
        let server = inventory.node("a-app1").unwrap();
        for node in inventory.nodes.iter().filter(|node| node.name != server.name) {
            let reached: Vec<_> = ports.iter().filter(|port| access.allows(server, node, **port)).collect();
            let expected: &[&u16] = if node.group.is_some() { &[&5432, &8008] } else { &[] };
            assert_eq!(reached, expected, "{}", node.name);
        }
    }

    #[test]
    fn ingresses_edges_and_dns_servers_are_public() {
        let (inventory, access) = host();
        let public: Vec<_> =
            inventory.nodes.iter().filter(|node| public_address(&inventory, &access, node).is_some()).collect();
        let names: Vec<_> = public.iter().map(|node| node.name.as_str()).collect();
        assert_eq!(names, ["a-ingress", "b-ingress", "net-dns1", "net-dns2", "net-edge-a", "net-edge-b"]);
        assert_eq!(tcp(&access.public, public[0]), [80, 443].into());
        assert_eq!(udp(&access.public, public[2]), [53].into());
    }
}

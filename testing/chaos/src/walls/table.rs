//! The port table as the wires must show it: which doors there are, on which address, and for whom.

use super::packet::{Kind, Packet, is_mesh_address};
use crate::{failure::Failure, stage::Stage};
use agent::inventory::{Access, Inventory, Network, Node, Opening, SiteKind};
use std::{collections::BTreeSet, net::Ipv4Addr};

/// The table that the world runs with, from a node of it.
pub(super) fn of_world(stage: &Stage) -> Result<Access, Failure> {
    let text = stage.operator()?.run("cat", &["/opt/toast/current/access.toml"])?;
    toml::from_str(&text).map_err(|error| Failure::wrong("access.toml", error))
}

/// The TCP ports that the table opens on a node.
pub(super) fn tcp(openings: &[Opening], node: &Node) -> BTreeSet<u16> {
    meant(openings, node).flat_map(|opening| opening.tcp.clone()).collect()
}

/// The UDP ports that the table opens on a node.
pub(super) fn udp(openings: &[Opening], node: &Node) -> BTreeSet<u16> {
    meant(openings, node).flat_map(|opening| opening.udp.clone()).collect()
}

fn meant<'a>(openings: &'a [Opening], node: &'a Node) -> impl Iterator<Item = &'a Opening> {
    openings.iter().filter(|opening| opening.role.matches(node))
}

/// The address under which the internet sees a node of the installation. Guests and authorities are not of it.
pub(super) fn public_address(inventory: &Inventory, access: &Access, node: &Node) -> Option<Ipv4Addr> {
    if inventory.in_mesh(node) {
        return node.public;
    }
    let is_ours = access.public.iter().any(|opening| opening.role.matches(node));
    is_ours.then_some(node.underlay)
}

/// What may be on the wires between nodes.
#[derive(Debug)]
pub(super) struct Doors {
    doors: Vec<Door>,
    sites: Vec<Network>,
}

/// A port that may be spoken with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Door {
    address: Ipv4Addr,
    kind: Kind,
    port: u16,
    who: Guests,
}

/// Whom a door is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Guests {
    Everybody,
    /// Only what stands at a site.
    Sites,
}

impl Doors {
    /// The doors of an installation: those of the table, and the authority that signs its certificates.
    pub(super) fn of(inventory: &Inventory, access: &Access) -> Self {
        let mut doors = Vec::new();
        for node in &inventory.nodes {
            let public = public_address(inventory, access, node);
            doors.extend(public.into_iter().flat_map(|address| doors_of(&access.public, node, address)));
            if inventory.in_mesh(node) {
                doors.extend(doors_of(&access.underlay, node, node.underlay).map(for_sites));
                // Nodes that meet on the internet carry the mesh there as well.
                doors.extend(node.public.into_iter().flat_map(|address| doors_of(&access.underlay, node, address)));
            }
        }
        doors.extend(authority(inventory).map(|(address, port)| Door {
            address,
            kind: Kind::Tcp,
            port,
            who: Guests::Everybody,
        }));
        let sites = inventory.sites.values().filter(|site| site.kind != SiteKind::Internet);
        Self { doors, sites: sites.map(|site| site.network).collect() }
    }

    /// Whether a packet goes to or comes from a door, or is what networks are held together by.
    pub(super) fn let_pass(&self, packet: &Packet) -> bool {
        match packet.kind {
            Kind::Arp | Kind::Icmp => !packet.is_of_the_mesh(),
            Kind::Tcp | Kind::Udp => self.is_there_a_door(packet),
            Kind::Other(_) => false,
        }
    }

    fn is_there_a_door(&self, packet: &Packet) -> bool {
        let ends: Vec<_> = packet.ends().collect();
        let [one, other] = ends.as_slice() else { return false };
        !is_mesh_address(one.0)
            && !is_mesh_address(other.0)
            && self.doors.iter().any(|door| {
                let opens = |inner: &(Ipv4Addr, u16), outer: &(Ipv4Addr, u16)| {
                    door.kind == packet.kind && (door.address, door.port) == *inner && self.admits(*door, outer.0)
                };
                opens(one, other) || opens(other, one)
            })
    }

    fn admits(&self, door: Door, guest: Ipv4Addr) -> bool {
        door.who == Guests::Everybody || self.sites.iter().any(|site| site.contains(guest))
    }
}

fn doors_of<'a>(openings: &'a [Opening], node: &'a Node, address: Ipv4Addr) -> impl Iterator<Item = Door> {
    let door = move |kind| move |port| Door { address, kind, port, who: Guests::Everybody };
    tcp(openings, node).into_iter().map(door(Kind::Tcp)).chain(udp(openings, node).into_iter().map(door(Kind::Udp)))
}

const fn for_sites(door: Door) -> Door {
    Door { who: Guests::Sites, ..door }
}

fn authority(inventory: &Inventory) -> Option<(Ipv4Addr, u16)> {
    let url: reqwest::Url = inventory.acme.as_ref()?.directory.parse().ok()?;
    Some((url.host_str()?.parse().ok()?, url.port_or_known_default()?))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::walls::packet::{
        self,
        tests::{file, ip},
    };

    /// The profile that a single host runs, and the table.
    pub(in crate::walls) fn host() -> (Inventory, Access) {
        let inventory = toml::from_str(include_str!("../../../../deploy/inventory/host.toml")).unwrap();
        (inventory, toml::from_str(include_str!("../../../../deploy/inventory/access.toml")).unwrap())
    }

    fn passes(frame: (u16, Vec<u8>)) -> bool {
        let (inventory, access) = host();
        let packets = packet::read_file(&file(&[frame])).unwrap();
        Doors::of(&inventory, &access).let_pass(&packets[0])
    }

    const APP: [u8; 4] = [10, 1, 0, 21];
    const CONTROL: [u8; 4] = [10, 3, 0, 50];
    const INGRESS: [u8; 4] = [203, 0, 113, 10];
    const GUEST: [u8; 4] = [203, 0, 113, 100];
    const MESH: [u8; 4] = [100, 64, 0, 3];

    #[test]
    fn the_mesh_its_control_and_its_relay_pass_in_both_directions() {
        assert!(passes(ip(17, (APP, 41641), ([10, 2, 0, 31], 41641), "")));
        assert!(passes(ip(17, (APP, 41641), (CONTROL, 3478), "")));
        assert!(passes(ip(6, (APP, 50000), (CONTROL, 443), "")) && passes(ip(6, (CONTROL, 8443), (APP, 50000), "")));
        assert!(passes(ip(17, (APP, 41641), (INGRESS, 41641), "")));
    }

    #[test]
    fn guests_name_servers_and_the_authority_pass() {
        assert!(passes(ip(6, (GUEST, 50000), (INGRESS, 443), "")));
        assert!(passes(ip(17, (GUEST, 50000), ([203, 0, 113, 53], 53), "")));
        assert!(passes(ip(6, (INGRESS, 50000), ([203, 0, 113, 70], 14000), "")));
    }

    #[test]
    fn nothing_else_passes() {
        assert!(!passes(ip(6, (APP, 50000), ([10, 1, 0, 31], 5432), "")), "a database outside the mesh");
        assert!(!passes(ip(6, (APP, 50000), (CONTROL, 80), "")), "a port that the table does not name");
        assert!(!passes(ip(17, (APP, 50000), (CONTROL, 443), "")), "the port of another protocol");
        assert!(!passes(ip(6, (GUEST, 50000), (CONTROL, 443), "")), "a guest at a door for sites");
        assert!(!passes(ip(6, (GUEST, 50000), ([10, 1, 0, 10], 443), "")), "a guest at an inner address");
        assert!(!passes(ip(17, (APP, 41641), (MESH, 41641), "")), "an address of the mesh");
        assert!(!passes(ip(132, (APP, 0), (CONTROL, 0), "")), "another protocol");
        assert!(passes(ip(1, (APP, 0), (CONTROL, 0), "")) && !passes(ip(1, (APP, 0), (MESH, 0), "")));
    }

    #[test]
    fn the_internet_sees_ingresses_edges_and_name_servers() {
        let (inventory, access) = host();
        let seen: Vec<_> =
            inventory.nodes.iter().filter(|node| public_address(&inventory, &access, node).is_some()).collect();
        let names: Vec<_> = seen.iter().map(|node| node.name.as_str()).collect();
        assert_eq!(names, ["a-ingress", "b-ingress", "net-dns1", "net-dns2", "net-edge-a", "net-edge-b"]);
        assert_eq!(tcp(&access.public, seen[0]), [80, 443].into());
        assert_eq!(udp(&access.public, seen[2]), [53].into());
    }
}

//! What can be reached from outside: every port that the internet or a neighbour beneath the mesh can see.

use super::{
    Findings,
    knock::{Knock, Met, Target},
    listeners::Listeners,
    table,
    undo::Undo,
};
use crate::{failure::Failure, stage::Stage};
use agent::inventory::{Access, Inventory, Node as Described, Role, SiteKind};
use std::{
    collections::{BTreeMap, BTreeSet},
    net::Ipv4Addr,
};
use testbed::Node;

/// Milliseconds within which whoever wants to answer has answered.
const PATIENCE: &str = "400";
/// Attempts under way; fewer than files may be open.
const AT_ONCE: &str = "3000";
/// Milliseconds for one attempt at a door that was found closed: a busy machine is no wall.
const SECOND_LOOK: &str = "4000";

/// The ports that are open, by address.
type Open = BTreeMap<Ipv4Addr, BTreeSet<u16>>;

pub(super) fn look_from_outside(stage: &Stage, findings: &mut Findings<'_>) -> Result<(), Failure> {
    let access = table::of_world(stage)?;
    let inventory = stage.world.inventory();
    show_who_listens(stage, findings)?;
    scan_internet(stage, inventory, &access, findings)?;
    scan_datagrams(stage, inventory, &access, findings)?;
    try_to_be_routed(stage, inventory, &access, findings)?;
    scan_neighbours(stage, inventory, &access, findings)
}

/// Otherwise a world in which nothing runs would pass for a closed one.
fn show_who_listens(stage: &Stage, findings: &mut Findings<'_>) -> Result<(), Failure> {
    let mut silent = Vec::new();
    let mut count = 0;
    for node in stage.world.nodes().filter(|node| node.in_mesh) {
        let ports = Listeners::tcp(node)?.reachable();
        count += ports.len();
        if ports.len() < 2 {
            silent.push(node.name.as_str());
        }
    }
    let found = if silent.is_empty() { format!("{count} listeners") } else { format!("none on {}", silent.join(", ")) };
    findings.note("every node of the mesh has services that a scan could find", found, silent.is_empty());
    Ok(())
}

fn scan_internet(
    stage: &Stage,
    inventory: &Inventory,
    access: &Access,
    findings: &mut Findings<'_>,
) -> Result<(), Failure> {
    let wanted = seen_from_internet(inventory, access, |node| table::tcp(&access.public, node));
    let client = stage.client()?;
    let found = scan(stage, client, wanted.keys().map(|address| every_port(*address)), &wanted, &[])?;
    let promise = format!("of every TCP port of {} addresses the internet finds the table's open", wanted.len());
    findings.note(promise, compare(stage, &wanted, &found), wanted == found);
    // The authority stands on the internet without a firewall of ours: what it has besides must be found.
    if let Some(outside) = stage.world.with_role(Role::Ca).next() {
        let alive = Listeners::tcp(outside)?.at(outside.underlay);
        let found = scan(stage, client, [every_port(outside.underlay)], &Open::new(), &[])?;
        let found = found.get(&outside.underlay).cloned().unwrap_or_default();
        let held = !found.is_empty() && found == alive;
        findings.note("the same scan finds what no firewall hides", format!("{found:?} of {alive:?}"), held);
    }
    Ok(())
}

fn seen_from_internet(
    inventory: &Inventory,
    access: &Access,
    ports: impl Fn(&Described) -> BTreeSet<u16>,
) -> BTreeMap<Ipv4Addr, BTreeSet<u16>> {
    let seen = inventory.nodes.iter();
    seen.filter_map(|node| Some((table::public_address(inventory, access, node)?, ports(node)))).collect()
}

fn scan_datagrams(
    stage: &Stage,
    inventory: &Inventory,
    access: &Access,
    findings: &mut Findings<'_>,
) -> Result<(), Failure> {
    let wanted = seen_from_internet(inventory, access, |node| table::udp(&access.public, node));
    let client = stage.client()?;
    let options = ["--udp", "--name", &inventory.domain];
    let met = knock(stage, client, wanted.keys().map(|address| every_port(*address)), PATIENCE, &options)?;
    // A refusal tells as much as an answer.
    let mut answered = Open::new();
    for knock in &met {
        answered.entry(knock.address).or_default().insert(knock.port);
    }
    let wanted: Open = wanted.into_iter().filter(|(_, ports)| !ports.is_empty()).collect();
    look_again(stage, client, &wanted, &mut answered, &options)?;
    let promise = "of every UDP port only names are answered; all others, the mesh's among them, are silent";
    findings.note(promise, compare(stage, &wanted, &answered), wanted == answered);
    // Where there is no firewall, a closed port is refused: the same silence would mean nothing otherwise.
    if let Some(outside) = stage.world.with_role(Role::Ca).next() {
        let target = Target { address: outside.underlay, ports: [41641].into() };
        let met = knock(stage, client, [target], PATIENCE, &["--udp"])?;
        let refused = met.iter().any(|knock| knock.met == Met::Refused);
        let found = if refused { "refused" } else { "silent" };
        findings.note("the same datagram is refused where no firewall hides the port", found, refused);
    }
    Ok(())
}

/// A neighbour of an ingress may ask it to pass packets on into its site.
fn try_to_be_routed(
    stage: &Stage,
    inventory: &Inventory,
    access: &Access,
    findings: &mut Findings<'_>,
) -> Result<(), Failure> {
    let client = stage.client()?;
    let ports = ports_in_use(stage, access)?;
    for ingress in stage.world.with_role(Role::Ingress) {
        let Some(gateway) = ingress.public else { continue };
        let networks: Vec<_> = inventory.sites.values().filter(|site| site.kind != SiteKind::Internet).collect();
        let mut routes = Vec::new();
        for site in networks {
            let network = String::from(site.network);
            client.run("ip", &["route", "add", &network, "via", &gateway.to_string()])?;
            routes.push(Undo::by(move || Ok(client.run("ip", &["route", "del", &network]).map(drop)?)));
        }
        let inside = inventory.nodes.iter().filter(|node| inventory.in_mesh(node));
        let targets: Vec<_> = inside.map(|node| Target { address: node.underlay, ports: ports.clone() }).collect();
        let count = targets.len() * ports.len();
        let met = knock(stage, client, targets, "1500", &[])?;
        let answered = met.iter().filter(|knock| matches!(knock.met, Met::Open | Met::Refused));
        let (own, others): (Vec<&Knock>, Vec<&Knock>) = answered.partition(|knock| knock.address == ingress.underlay);
        let promise = format!("{} passes nothing on from the internet into the sites", ingress.name);
        findings.note(promise, format!("{} of {count} ports answered", others.len()), others.is_empty());
        // What it does not pass on must have come as far as to it.
        let promise = format!("the same packets arrive at {}, which answers for itself", ingress.name);
        findings.note(promise, format!("{} ports", own.len()), !own.is_empty());
        routes.into_iter().try_for_each(Undo::now)?;
    }
    Ok(())
}

/// Every port that a node listens on or the table names.
fn ports_in_use(stage: &Stage, access: &Access) -> Result<BTreeSet<u16>, Failure> {
    let named = access.public.iter().chain(&access.underlay).flat_map(|opening| opening.tcp.clone());
    let mut ports: BTreeSet<u16> = named.chain(access.mesh.iter().flat_map(|grant| grant.tcp.clone())).collect();
    for node in stage.world.nodes().filter(|node| node.in_mesh) {
        ports.extend(Listeners::tcp(node)?.reachable());
    }
    Ok(ports)
}

/// From a machine in the network of a site: every port of one node of each kind, and of all others what runs anywhere.
fn scan_neighbours(
    stage: &Stage,
    inventory: &Inventory,
    access: &Access,
    findings: &mut Findings<'_>,
) -> Result<(), Failure> {
    let from = stage.world.first(Role::App)?;
    let ports = ports_in_use(stage, access)?;
    let (mut wanted, mut targets, mut kinds) = (Open::new(), Vec::new(), BTreeSet::new());
    for node in inventory.nodes.iter().filter(|node| inventory.in_mesh(node) && node.name != from.name) {
        let mut open = table::tcp(&access.underlay, node);
        // What is open to everybody is open to neighbours.
        open.extend(table::tcp(&access.public, node));
        if !open.is_empty() {
            wanted.insert(node.underlay, open);
        }
        let is_first_of_kind = kinds.insert(node.roles.clone());
        let chosen = if is_first_of_kind {
            every_port(node.underlay)
        } else {
            Target { address: node.underlay, ports: ports.clone() }
        };
        targets.push(chosen);
    }
    let count = targets.len();
    let found = scan(stage, from, targets, &wanted, &[])?;
    let promise = format!(
        "of {count} nodes a neighbour beneath the mesh finds open what the table names for the underlay or everybody"
    );
    findings.note(promise, compare(stage, &wanted, &found), wanted == found);
    Ok(())
}

fn every_port(address: Ipv4Addr) -> Target {
    Target { address, ports: (1..=u16::MAX).collect() }
}

/// The ports that could be connected to, among them those of a second look at doors that should be open.
fn scan(
    stage: &Stage,
    from: &Node,
    targets: impl IntoIterator<Item = Target>,
    wanted: &Open,
    options: &[&str],
) -> Result<Open, Failure> {
    let mut found = open_ones(&knock(stage, from, targets, PATIENCE, options)?);
    look_again(stage, from, wanted, &mut found, options)?;
    Ok(found)
}

fn look_again(stage: &Stage, from: &Node, wanted: &Open, found: &mut Open, options: &[&str]) -> Result<(), Failure> {
    let missing = wanted.iter().filter_map(|(address, ports)| {
        let there = found.get(address).cloned().unwrap_or_default();
        let ports: BTreeSet<u16> = ports.difference(&there).copied().collect();
        (!ports.is_empty()).then_some(Target { address: *address, ports })
    });
    let missing: Vec<_> = missing.collect();
    if !missing.is_empty() {
        for (address, ports) in open_ones(&knock(stage, from, missing, SECOND_LOOK, options)?) {
            found.entry(address).or_default().extend(ports);
        }
    }
    Ok(())
}

fn open_ones(met: &[Knock]) -> Open {
    let mut open = Open::new();
    for knock in met.iter().filter(|knock| knock.met == Met::Open) {
        open.entry(knock.address).or_default().insert(knock.port);
    }
    open
}

/// Knocks from inside a node.
fn knock(
    stage: &Stage,
    from: &Node,
    targets: impl IntoIterator<Item = Target>,
    patience: &str,
    options: &[&str],
) -> Result<Vec<Knock>, Failure> {
    stage.knock(from, targets, &[&["--patience", patience, "--at-once", AT_ONCE], options].concat())
}

/// Both sides in words where they differ.
fn compare(stage: &Stage, wanted: &Open, found: &Open) -> String {
    let name = |address: &Ipv4Addr| {
        stage.world.at_address(*address).map_or_else(|| address.to_string(), |node| node.name.clone())
    };
    differ(wanted, found, name)
}

fn differ(wanted: &Open, found: &Open, name: impl Fn(&Ipv4Addr) -> String) -> String {
    let nothing = BTreeSet::new();
    let of = |open: &Open, address: &Ipv4Addr| open.get(address).cloned().unwrap_or_else(|| nothing.clone());
    let addresses: BTreeSet<_> = wanted.keys().chain(found.keys()).collect();
    let mut words = Vec::new();
    for address in addresses {
        let (wanted, found) = (of(wanted, address), of(found, address));
        let (more, fewer) = (list(found.difference(&wanted)), list(wanted.difference(&found)));
        words.extend((!more.is_empty()).then(|| format!("{} also {more}", name(address))));
        words.extend((!fewer.is_empty()).then(|| format!("{} not {fewer}", name(address))));
    }
    if !words.is_empty() {
        return words.join("; ");
    }
    let doors: Vec<_> =
        found.iter().map(|(address, ports)| format!("{} {}", name(address), list(ports.iter()))).collect();
    format!("exactly {}", doors.join("; "))
}

fn list<'a>(ports: impl Iterator<Item = &'a u16>) -> String {
    let ports: Vec<_> = ports.collect();
    let mut words: Vec<_> = ports.iter().take(8).map(ToString::to_string).collect();
    if ports.len() > words.len() {
        words.push(format!("and {} more", ports.len() - words.len()));
    }
    words.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(address: &str, ports: &[u16]) -> Open {
        [(address.parse().unwrap(), ports.iter().copied().collect())].into()
    }

    #[test]
    fn what_differs_is_named_on_its_side() {
        let name = |address: &Ipv4Addr| address.to_string();
        let (wanted, found) = (open("10.0.0.1", &[80, 443]), open("10.0.0.1", &[80, 22]));
        assert_eq!(differ(&wanted, &found, name), "10.0.0.1 also 22; 10.0.0.1 not 443");
        assert_eq!(differ(&wanted, &wanted, name), "exactly 10.0.0.1 80, 443");
        assert_eq!(differ(&Open::new(), &open("10.0.0.2", &[1]), name), "10.0.0.2 also 1");
        let many: Vec<u16> = (1..=20).collect();
        assert!(differ(&Open::new(), &open("10.0.0.2", &many), name).ends_with("8, and 12 more"));
    }

    #[test]
    fn the_table_opens_three_kinds_of_doors_to_the_internet() {
        let (inventory, access) = table::tests::host();
        let wanted = seen_from_internet(&inventory, &access, |node| table::tcp(&access.public, node));
        assert_eq!(wanted.len(), 6);
        assert_eq!(wanted[&Ipv4Addr::new(203, 0, 113, 53)], [53].into());
        assert_eq!(wanted[&Ipv4Addr::new(203, 0, 113, 61)], [80, 443].into());
    }

    #[test]
    fn only_connections_make_a_port_open() {
        let knock = |port, met| Knock { address: Ipv4Addr::LOCALHOST, port, met, after: 0 };
        let met = [knock(1, Met::Open), knock(2, Met::Refused), knock(3, Met::NoWay)];
        assert_eq!(open_ones(&met), open("127.0.0.1", &[1]));
    }
}

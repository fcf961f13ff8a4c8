//! Reachability inside the mesh: each kind of node scans every port of the table on all other nodes.

use crate::{
    egress_firewall,
    listeners::Listeners,
    port_scan::{PortState, ProbeResult, ScanTarget, scan_from},
    port_table,
};
use agent::inventory::{Access, Node as Described, Role};
use std::{
    collections::{BTreeMap, BTreeSet},
    net::Ipv4Addr,
    thread,
};
use support::{Environment, Error, checks::Findings};
use testbed::Node;

/// Nodes without recent traffic first do a handshake, which may take 5 s: a shorter timeout would not show a policy.
const TIMEOUT_MS: &str = "8000";

struct MeshNode<'a> {
    node: &'a Node,
    described: &'a Described,
    address: Ipv4Addr,
    listening: BTreeSet<u16>,
}

/// A connection attempt between two nodes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Attempt {
    from: String,
    to: String,
    port: u16,
    /// Granted by the table, and there is a listener.
    granted: bool,
    has_listener: bool,
    state: PortState,
}

pub(crate) fn check(environment: &Environment, findings: &mut Findings<'_>) -> Result<(), Error> {
    let access = port_table::read(environment)?;
    let nodes = mesh_nodes(environment)?;
    let ports: BTreeSet<u16> = access.mesh.iter().flat_map(|grant| grant.tcp.clone()).collect();
    let sources = one_per_kind(&nodes);
    let attempts: Result<Vec<_>, Error> = thread::scope(|scope| {
        let scan = |from: &&MeshNode<'_>| scan_others(environment, &access, from, &nodes, &ports);
        let running: Vec<_> = sources.iter().map(|from| scope.spawn(move || scan(from))).collect();
        running.into_iter().map(|one| one.join().map_err(|_| Error::failed("a scan", "panicked"))?).collect()
    });
    report(&attempts?.concat(), egress_firewall::unrelated_nodes(environment, &access).is_some(), findings);
    Ok(())
}

fn mesh_nodes(environment: &Environment) -> Result<Vec<MeshNode<'_>>, Error> {
    let mut nodes = Vec::new();
    for node in environment.testbed.nodes().filter(|node| node.in_mesh) {
        let described = environment.testbed.inventory().node(&node.name);
        if let (Some(described), Some(address)) = (described, node.mesh) {
            let listening = Listeners::tcp(node)?.at(address);
            nodes.push(MeshNode { node, described, address, listening });
        }
    }
    Ok(nodes)
}

/// Nodes with the same roles have the same grants.
fn one_per_kind<'a>(nodes: &'a [MeshNode<'a>]) -> Vec<&'a MeshNode<'a>> {
    let mut kinds: BTreeMap<&[Role], &MeshNode<'_>> = BTreeMap::new();
    for node in nodes {
        kinds.entry(node.described.roles.as_slice()).or_insert(node);
    }
    kinds.into_values().collect()
}

fn scan_others(
    environment: &Environment,
    access: &Access,
    from: &MeshNode<'_>,
    nodes: &[MeshNode<'_>],
    ports: &BTreeSet<u16>,
) -> Result<Vec<Attempt>, Error> {
    let others = || nodes.iter().filter(|other| other.node.name != from.node.name);
    let targets = others().map(|other| ScanTarget { address: other.address, ports: ports.clone() });
    let options = ["--timeout-ms", TIMEOUT_MS, "--concurrency", "400"];
    let results = scan_from(environment, from.node, targets, &options)?;
    let attempt = |to: &MeshNode<'_>, port: &u16| {
        let has_listener = to.listening.contains(port);
        Attempt {
            from: from.node.name.clone(),
            to: to.node.name.clone(),
            port: *port,
            granted: has_listener && access.allows(from.described, to.described, *port),
            has_listener,
            state: state_of(&results, to.address, *port),
        }
    };
    Ok(others().flat_map(|to| ports.iter().map(move |port| attempt(to, port))).collect())
}

fn state_of(results: &[ProbeResult], address: Ipv4Addr, port: u16) -> PortState {
    let result = results.iter().find(|one| one.address == address && one.port == port);
    result.map_or(PortState::Filtered, |one| one.state)
}

/// `has_unrelated`: whether the egress firewall, and not only the mesh's policy, separates some nodes.
fn report(attempts: &[Attempt], has_unrelated: bool, findings: &mut Findings<'_>) {
    let granted: Vec<_> = attempts.iter().filter(|one| one.granted).collect();
    let failed: Vec<_> = granted.iter().copied().filter(|one| one.state != PortState::Open).collect();
    let found = format!("{} of {}{}", granted.len() - failed.len(), granted.len(), list(&failed));
    findings.add("granted connections succeed", found, failed.is_empty() && !granted.is_empty());
    let denied: Vec<_> = attempts.iter().filter(|one| one.has_listener && !one.granted).collect();
    let open: Vec<_> = denied.iter().copied().filter(|one| one.state == PortState::Open).collect();
    let found = format!("{} of {} fail{}", denied.len() - open.len(), denied.len(), list(&open));
    let expected = "connections without a grant fail, although there is a listener";
    findings.add(expected, found, open.is_empty() && !denied.is_empty());
    let count = |states: &[PortState]| denied.iter().filter(|one| states.contains(&one.state)).count();
    let filtered = count(&[PortState::Filtered]);
    findings.add("the mesh's policy drops packets", filtered.to_string(), filtered > 0);
    if has_unrelated {
        let rejected = count(&[PortState::Closed, PortState::Unreachable]);
        findings.add("the egress firewall rejects at once", rejected.to_string(), rejected > 0);
    } else {
        findings.skip(egress_firewall::NO_UNRELATED_NODES);
    }
}

fn list(attempts: &[&Attempt]) -> String {
    let words: Vec<_> = attempts
        .iter()
        .take(6)
        .map(|one| format!("{} > {}:{} {:?}", one.from, one.to, one.port, one.state).to_lowercase())
        .collect();
    if words.is_empty() { String::new() } else { format!("; wrong: {}", words.join(", ")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::port_table::tests::host;
    use support::checks::Finding;

    fn attempt(granted: bool, state: PortState) -> Attempt {
        Attempt { from: "a-app1".to_owned(), to: "a-db1".to_owned(), port: 5432, granted, has_listener: true, state }
    }

    fn passed(attempts: &[Attempt]) -> Vec<bool> {
        let mut progress = |_: &Finding| {};
        let mut findings = Findings::new("reachability-matrix", &mut progress);
        report(attempts, true, &mut findings);
        findings.into_vec().iter().map(|finding| finding.passed).collect()
    }

    #[test]
    fn a_granted_port_that_is_filtered_and_a_denied_one_that_is_open_fail() {
        use PortState::{Filtered, Open, Unreachable};
        let good = [attempt(true, Open), attempt(false, Filtered), attempt(false, Unreachable)];
        assert_eq!(passed(&good), [true, true, true, true]);
        assert_eq!(passed(&[attempt(true, Filtered), good[1].clone(), good[2].clone()]), [false, true, true, true]);
        assert_eq!(passed(&[good[0].clone(), attempt(false, Open), good[2].clone()]), [true, false, false, true]);
        assert_eq!(passed(&[]), [false, false, false, false], "no attempts");
    }

    #[test]
    fn nodes_with_the_same_roles_scan_once() {
        let (inventory, _) = host();
        let kinds: BTreeSet<_> =
            inventory.nodes.iter().filter(|node| inventory.in_mesh(node)).map(|node| &node.roles).collect();
        assert_eq!(kinds.len(), 5);
    }
}

//! The egress firewall: connections to nodes that the mesh hides are rejected, not sent in plaintext around the mesh.

use crate::{
    capture::{self, Capture, CapturedTraffic},
    port_scan::{PortState, ScanTarget, scan_from},
    port_table,
};
use agent::inventory::Access;
use std::{net::Ipv4Addr, time::Duration};
use support::{
    CleanupGuard, Environment, Error,
    agents::{self, has_egress_rules},
    checks::Findings,
    wait,
};
use testbed::Node;

/// Of the server: it listens in the mesh.
const PORT: u16 = 3000;
/// Milliseconds; allows for a busy host.
const IMMEDIATE_MS: u64 = 500;
/// Why the firewall cannot be observed.
pub(crate) const NO_UNRELATED_NODES: &str = "every two nodes may connect in this testbed";
/// For an agent that is told to reconcile.
const REPAIR_TIMEOUT: Duration = Duration::from_secs(20);

pub(crate) fn check(environment: &Environment, findings: &mut Findings<'_>) -> Result<(), Error> {
    if let Some(why) = capture::unavailable() {
        findings.skip(why);
        return Ok(());
    }
    let Some((from, to)) = unrelated_nodes(environment, &port_table::read(environment)?) else {
        findings.skip(NO_UNRELATED_NODES);
        return Ok(());
    };
    check_rejection(environment, from, to, "with the firewall", findings)?;
    let restore = CleanupGuard::new(|| Ok(from.run("nft", &["-f", "/etc/toast/rendered/node.nft"]).map(drop)?));
    from.run("nft", &["delete", "table", "inet", "toastguard"])?;
    let captured = attempt(environment, from, to)?.1;
    let leaked = leaked(&captured, to);
    let expected = format!("without the firewall the same connection of {} leaves in plaintext", from.name);
    findings.add(expected, format!("{leaked} packets"), leaked > 0);
    agents::reconcile_now(from)?;
    let repaired = wait::until(REPAIR_TIMEOUT, || has_egress_rules(from));
    findings.add_waited("the agent restores the firewall when told to reconcile", repaired, REPAIR_TIMEOUT);
    if repaired.is_none() {
        restore.run()?;
    }
    check_rejection(environment, from, to, "with the firewall restored", findings)
}

/// Two nodes without a grant in either direction: neither has a route to the other in the mesh.
pub(crate) fn unrelated_nodes<'a>(environment: &'a Environment, access: &Access) -> Option<(&'a Node, Ipv4Addr)> {
    let inventory = environment.testbed.inventory();
    let joined = || inventory.nodes.iter().filter(|node| inventory.in_mesh(node));
    let grants = |one, other| access.mesh.iter().any(|grant| grant.from.matches(one) && grant.to.matches(other));
    let mut pairs = joined().flat_map(|one| joined().map(move |other| (one, other)));
    let (from, to) = pairs.find(|(one, other)| one.name != other.name && !grants(one, other) && !grants(other, one))?;
    Some((environment.testbed.node(&from.name).ok()?, environment.testbed.node(&to.name).ok()?.mesh?))
}

fn check_rejection(
    environment: &Environment,
    from: &Node,
    to: Ipv4Addr,
    when: &str,
    findings: &mut Findings<'_>,
) -> Result<(), Error> {
    let ((state, milliseconds), captured) = attempt(environment, from, to)?;
    let rejected = matches!(state, PortState::Unreachable | PortState::Closed) && milliseconds <= IMMEDIATE_MS;
    let expected = format!("{when}, a connection of {} to a hidden node is rejected at once", from.name);
    findings.add(expected, format!("{state:?} after {milliseconds} ms").to_lowercase(), rejected);
    let leaked = leaked(&captured, to);
    let expected = format!("{when}, no packet of the connection leaves the node");
    let found = format!("{leaked} of {} packets, {} dropped", captured.packets.len(), captured.dropped);
    findings.add(expected, found, leaked == 0 && captured.dropped == 0 && !captured.packets.is_empty());
    Ok(())
}

/// Connects while all links are captured; returns the port's state and after how many milliseconds it was known.
fn attempt(environment: &Environment, from: &Node, to: Ipv4Addr) -> Result<((PortState, u64), CapturedTraffic), Error> {
    let capture = Capture::on_router(environment)?;
    let target = ScanTarget { address: to, ports: [PORT].into() };
    let results = scan_from(environment, from, [target], &["--timeout-ms", "2500"])?;
    let state = results.first().map_or((PortState::Filtered, 2500), |result| (result.state, result.elapsed_ms));
    Ok((state, capture.stop()?))
}

fn leaked(captured: &CapturedTraffic, to: Ipv4Addr) -> usize {
    captured.packets.iter().filter(|packet| packet.endpoints().any(|(address, _)| address == to)).count()
}

//! Who reaches whom inside the mesh: each kind of node tries every port of the table on each kind of node.

use super::{
    Findings, guard,
    knock::{Knock, Met, Target},
    listeners::Listeners,
    table,
};
use crate::{failure::Failure, stage::Stage};
use agent::inventory::{Access, Node as Described, Role};
use std::{
    collections::{BTreeMap, BTreeSet},
    net::Ipv4Addr,
    thread,
};
use testbed::Node;

/// Milliseconds for an attempt. Nodes that have not spoken for long shake hands first, at times only after 5 s: silence
/// that ended earlier would say nothing about the policy.
const PATIENCE: &str = "8000";

/// A node with how it is described, its address in the mesh, and who listens there.
struct Member<'a> {
    node: &'a Node,
    described: &'a Described,
    address: Ipv4Addr,
    alive: BTreeSet<u16>,
}

/// An attempt from one node at a port of another.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Attempt {
    from: String,
    to: String,
    port: u16,
    /// Whether the table lets it through, and somebody listens.
    wanted: bool,
    /// Whether somebody listens.
    alive: bool,
    met: Met,
}

pub(super) fn try_everybody(stage: &Stage, findings: &mut Findings<'_>) -> Result<(), Failure> {
    let access = table::of_world(stage)?;
    let members = members(stage)?;
    let ports: BTreeSet<u16> = access.mesh.iter().flat_map(|grant| grant.tcp.clone()).collect();
    let sources = sources(&members);
    let attempts: Result<Vec<_>, Failure> = thread::scope(|scope| {
        let tries = |from: &&Member<'_>| try_all(stage, &access, from, &members, &ports);
        let running: Vec<_> = sources.iter().map(|from| scope.spawn(move || tries(from))).collect();
        let ended = running.into_iter().map(|one| one.join().map_err(|_| Failure::wrong("an attempt", "fell over"))?);
        ended.collect::<Result<Vec<_>, _>>()
    });
    report(&attempts?.concat(), guard::strangers(stage, &access).is_some(), findings);
    Ok(())
}

fn members(stage: &Stage) -> Result<Vec<Member<'_>>, Failure> {
    let mut members = Vec::new();
    for node in stage.world.nodes().filter(|node| node.in_mesh) {
        let described = stage.world.inventory().node(&node.name);
        if let (Some(described), Some(address)) = (described, node.mesh) {
            let alive = Listeners::tcp(node)?.at(address);
            members.push(Member { node, described, address, alive });
        }
    }
    Ok(members)
}

/// One node of each set of roles: nodes with the same roles have the same rights.
fn sources<'a>(members: &'a [Member<'a>]) -> Vec<&'a Member<'a>> {
    let mut kinds: BTreeMap<&[Role], &Member<'_>> = BTreeMap::new();
    for member in members {
        kinds.entry(member.described.roles.as_slice()).or_insert(member);
    }
    kinds.into_values().collect()
}

fn try_all(
    stage: &Stage,
    access: &Access,
    from: &Member<'_>,
    members: &[Member<'_>],
    ports: &BTreeSet<u16>,
) -> Result<Vec<Attempt>, Failure> {
    let others = || members.iter().filter(|member| member.node.name != from.node.name);
    let targets = others().map(|member| Target { address: member.address, ports: ports.clone() });
    let met = stage.knock(from.node, targets, &["--patience", PATIENCE, "--at-once", "400"])?;
    let attempt = |to: &Member<'_>, port: &u16| {
        let alive = to.alive.contains(port);
        Attempt {
            from: from.node.name.clone(),
            to: to.node.name.clone(),
            port: *port,
            wanted: alive && access.allows(from.described, to.described, *port),
            alive,
            met: met_at(&met, to.address, *port),
        }
    };
    Ok(others().flat_map(|to| ports.iter().map(move |port| attempt(to, port))).collect())
}

fn met_at(met: &[Knock], address: Ipv4Addr, port: u16) -> Met {
    met.iter().find(|one| one.address == address && one.port == port).map_or(Met::Silence, |one| one.met)
}

/// `guarded` says whether there are nodes that the guard, and not only the mesh's policy, keeps apart.
fn report(attempts: &[Attempt], guarded: bool, findings: &mut Findings<'_>) {
    let granted: Vec<_> = attempts.iter().filter(|one| one.wanted).collect();
    let closed: Vec<_> = granted.iter().copied().filter(|one| one.met != Met::Open).collect();
    let found = format!("{} of {}{}", granted.len() - closed.len(), granted.len(), name(&closed));
    findings.note("what the table grants connects", found, closed.is_empty() && !granted.is_empty());
    let denied: Vec<_> = attempts.iter().filter(|one| one.alive && !one.wanted).collect();
    let open: Vec<_> = denied.iter().copied().filter(|one| one.met == Met::Open).collect();
    let found = format!("{} of {} do not{}", denied.len() - open.len(), denied.len(), name(&open));
    let promise = "what the table does not grant does not connect, though somebody listens there";
    findings.note(promise, found, open.is_empty() && !denied.is_empty());
    let (mut quiet, mut refused) = (0, 0);
    for one in &denied {
        match one.met {
            Met::Silence => quiet += 1,
            Met::NoWay | Met::Refused => refused += 1,
            Met::Open => {}
        }
    }
    findings.note("the mesh's policy denies by silence", quiet.to_string(), quiet > 0);
    if guarded {
        findings.note("the guard denies at once", refused.to_string(), refused > 0);
    } else {
        findings.skip(guard::NO_STRANGERS);
    }
}

fn name(attempts: &[&Attempt]) -> String {
    let words: Vec<_> = attempts
        .iter()
        .take(6)
        .map(|one| format!("{} > {}:{} {:?}", one.from, one.to, one.port, one.met).to_lowercase())
        .collect();
    if words.is_empty() { String::new() } else { format!("; wrong: {}", words.join(", ")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::walls::{Wall, table::tests::host};

    fn attempt(wanted: bool, met: Met) -> Attempt {
        Attempt { from: "a-app1".to_owned(), to: "a-db1".to_owned(), port: 5432, wanted, alive: true, met }
    }

    fn held(attempts: &[Attempt]) -> Vec<bool> {
        let mut tell = |_: &Wall| {};
        let mut findings = Findings { check: "matrix", walls: Vec::new(), tell: &mut tell };
        report(attempts, true, &mut findings);
        findings.walls.iter().map(|wall| wall.held).collect()
    }

    #[test]
    fn a_granted_port_that_stays_closed_and_a_denied_one_that_opens_are_wrong() {
        let good = [attempt(true, Met::Open), attempt(false, Met::Silence), attempt(false, Met::NoWay)];
        assert_eq!(held(&good), [true, true, true, true]);
        assert_eq!(held(&[attempt(true, Met::Silence), good[1].clone(), good[2].clone()]), [false, true, true, true]);
        assert_eq!(held(&[good[0].clone(), attempt(false, Met::Open), good[2].clone()]), [true, false, false, true]);
        assert_eq!(held(&[]), [false, false, false, false], "nothing was tried");
    }

    #[test]
    fn nodes_with_the_same_roles_try_once() {
        let (inventory, _) = host();
        let kinds: BTreeSet<_> =
            inventory.nodes.iter().filter(|node| inventory.in_mesh(node)).map(|node| &node.roles).collect();
        assert_eq!(kinds.len(), 5);
    }
}

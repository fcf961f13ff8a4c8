//! The output guard: what is hidden from a node by the mesh's policy is not looked for in clear outside the mesh.

use super::{
    Findings,
    agents::{self, after},
    knock::{Met, Target},
    table,
    tap::{self, Heard, Tap},
    undo::Undo,
};
use crate::{failure::Failure, stage::Stage};
use agent::inventory::Access;
use std::{net::Ipv4Addr, time::Duration};
use testbed::Node;

/// A port that somebody listens on, were there a way.
const PORT: u16 = 3000;
/// At once, even on a busy machine.
const AT_ONCE: u64 = 500;
/// Why the guard cannot be seen.
pub(super) const NO_STRANGERS: &str = "every node may speak with every other one here";
/// An agent that is told to look mends within this time.
const TO_MEND: Duration = Duration::from_secs(20);

pub(super) fn take_away(stage: &Stage, findings: &mut Findings<'_>) -> Result<(), Failure> {
    if let Some(why) = tap::unable() {
        findings.skip(why);
        return Ok(());
    }
    let Some((from, to)) = strangers(stage, &table::of_world(stage)?) else {
        findings.skip(NO_STRANGERS);
        return Ok(());
    };
    with_guard(stage, from, to, "with the guard", findings)?;
    let put_back = Undo::by(|| Ok(from.run("nft", &["-f", "/etc/toast/rendered/node.nft"]).map(drop)?));
    from.run("nft", &["delete", "table", "inet", "toastguard"])?;
    let heard = attempt(stage, from, to)?.1;
    let leaked = leaked(&heard, to);
    let promise = format!("without the guard the same attempt of {} leaves in clear", from.name);
    findings.note(promise, format!("{leaked} packets"), leaked > 0);
    agents::hurry(from)?;
    let mended = agents::wait(TO_MEND, || stands(from));
    findings.note("the agent puts the guard back when told to look", after(mended, TO_MEND), mended.is_some());
    if mended.is_none() {
        put_back.now()?;
    }
    with_guard(stage, from, to, "with the guard back", findings)
}

/// Two nodes that the table grants nothing in either direction, so that neither has a route to the other in the mesh.
pub(super) fn strangers<'a>(stage: &'a Stage, access: &Access) -> Option<(&'a Node, Ipv4Addr)> {
    let inventory = stage.world.inventory();
    let joined = || inventory.nodes.iter().filter(|node| inventory.in_mesh(node));
    let grants = |one, other| access.mesh.iter().any(|grant| grant.from.matches(one) && grant.to.matches(other));
    let mut pairs = joined().flat_map(|one| joined().map(move |other| (one, other)));
    let (from, to) = pairs.find(|(one, other)| one.name != other.name && !grants(one, other) && !grants(other, one))?;
    Some((stage.world.node(&from.name).ok()?, stage.world.node(&to.name).ok()?.mesh?))
}

fn with_guard(
    stage: &Stage,
    from: &Node,
    to: Ipv4Addr,
    when: &str,
    findings: &mut Findings<'_>,
) -> Result<(), Failure> {
    let ((met, milliseconds), heard) = attempt(stage, from, to)?;
    let refused = matches!(met, Met::NoWay | Met::Refused) && milliseconds <= AT_ONCE;
    let promise = format!("{when}, {} is refused a hidden node at once", from.name);
    findings.note(promise, format!("{met:?} after {milliseconds} ms").to_lowercase(), refused);
    let leaked = leaked(&heard, to);
    let promise = format!("{when}, the attempt leaves nothing on any wire");
    let found = format!("{leaked} of {} packets, {} missed", heard.packets.len(), heard.missed);
    findings.note(promise, found, leaked == 0 && heard.missed == 0 && !heard.packets.is_empty());
    Ok(())
}

/// Knocks while all wires are listened on.
fn attempt(stage: &Stage, from: &Node, to: Ipv4Addr) -> Result<((Met, u64), Heard), Failure> {
    let wires = Tap::on_all_wires(stage)?;
    let target = Target { address: to, ports: [PORT].into() };
    let met = stage.knock(from, [target], &["--patience", "2500"])?;
    let met = met.first().map_or((Met::Silence, 2500), |knock| (knock.met, knock.after));
    Ok((met, wires.stop()?))
}

fn leaked(heard: &Heard, to: Ipv4Addr) -> usize {
    heard.packets.iter().filter(|packet| packet.ends().any(|(address, _)| address == to)).count()
}

fn stands(node: &Node) -> bool {
    node.run("nft", &["list", "table", "inet", "toastguard"]).is_ok_and(|rules| rules.contains("100.64.0.0/10"))
}

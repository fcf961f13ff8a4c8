//! Drift: what somebody changes by hand on a node, the agent puts right, and counts.

use super::{
    Findings,
    agents::{self, after},
    undo::Undo,
};
use crate::{failure::Failure, stage::Stage};
use agent::inventory::Role;
use std::{fs, time::Duration};
use testbed::Node;

/// What an ingress runs with, in its folder on the host.
const FILE: &str = "toast/rendered/nginx.conf";
/// The firewall, as it was rendered.
const RULES: &str = "/etc/toast/rendered/node.nft";
/// An agent that is told to look mends within this time.
const TO_MEND: Duration = Duration::from_secs(20);
/// An agent looks at the firewall by itself within this time.
const BY_ITSELF: Duration = Duration::from_secs(75);

pub(super) fn disturb(stage: &Stage, findings: &mut Findings<'_>) -> Result<(), Failure> {
    let node = stage.world.first(Role::Ingress)?;
    let right = read(node)?;
    // Whatever the agent does, the node ends as it began.
    let put_back = Undo::by(|| put_back(node, &right));
    let before = agents::repairs(node)?;
    mend_edit(node, &right, findings)?;
    mend_removal(node, &right, findings)?;
    mend_firewall(node, findings)?;
    let counted = agents::repairs(node)?.saturating_sub(before);
    findings.note("each repair is counted", format!("{counted} of 5"), counted >= 5);
    put_back.now()
}

fn mend_edit(node: &Node, right: &str, findings: &mut Findings<'_>) -> Result<(), Failure> {
    write(node, &format!("{right}# edited by hand\n"))?;
    node.run("nft", &["delete", "table", "inet", "toast"])?;
    let broken = !is_right(node, right) && !stands(node, "toast");
    findings.note("a file is edited and the firewall removed", told(broken), broken);
    agents::hurry(node)?;
    let mended = agents::wait(TO_MEND, || is_right(node, right) && stands(node, "toast"));
    findings.note("both are right again when the agent is told to look", after(mended, TO_MEND), mended.is_some());
    Ok(())
}

fn mend_removal(node: &Node, right: &str, findings: &mut Findings<'_>) -> Result<(), Failure> {
    let path = node.folder().join(FILE);
    fs::remove_file(&path).map_err(Failure::system(path.display()))?;
    agents::hurry(node)?;
    let mended = agents::wait(TO_MEND, || is_right(node, right));
    findings.note("a file that was deleted is there again", after(mended, TO_MEND), mended.is_some());
    Ok(())
}

/// Rules may be gone although their table is there.
fn mend_firewall(node: &Node, findings: &mut Findings<'_>) -> Result<(), Failure> {
    node.run("nft", &["flush", "table", "inet", "toastguard"])?;
    agents::hurry(node)?;
    let mended = agents::wait(TO_MEND, || guards(node));
    findings.note("rules that were flushed are there again", after(mended, TO_MEND), mended.is_some());
    node.run("nft", &["delete", "table", "inet", "toastguard"])?;
    let mended = agents::wait(BY_ITSELF, || guards(node));
    let promise = "the agent sees by itself that the firewall is gone";
    findings.note(promise, after(mended, BY_ITSELF), mended.is_some());
    Ok(())
}

fn put_back(node: &Node, right: &str) -> Result<(), Failure> {
    if !is_right(node, right) {
        write(node, right)?;
    }
    if !(stands(node, "toast") && guards(node)) {
        node.run("nft", &["-f", RULES])?;
    }
    Ok(())
}

fn read(node: &Node) -> Result<String, Failure> {
    let path = node.folder().join(FILE);
    fs::read_to_string(&path).map_err(Failure::system(path.display()))
}

fn write(node: &Node, text: &str) -> Result<(), Failure> {
    let path = node.folder().join(FILE);
    fs::write(&path, text).map_err(Failure::system(path.display()))
}

fn is_right(node: &Node, right: &str) -> bool {
    read(node).is_ok_and(|text| text == right)
}

fn stands(node: &Node, table: &str) -> bool {
    node.run("nft", &["list", "table", "inet", table]).is_ok()
}

fn guards(node: &Node) -> bool {
    node.run("nft", &["list", "table", "inet", "toastguard"]).is_ok_and(|rules| rules.contains("100.64.0.0/10"))
}

fn told(done: bool) -> &'static str {
    if done { "done" } else { "nothing changed" }
}

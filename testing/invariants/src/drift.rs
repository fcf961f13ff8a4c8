//! Drift: the agent reverts and counts manual changes of a node.

use agent::inventory::Role;
use std::{fs, time::Duration};
use support::{
    CleanupGuard, Environment, Error,
    agents::{self, has_egress_rules},
    checks::Findings,
    wait,
};
use testbed::Node;

/// An ingress' configuration, in the node's folder on the host.
const FILE: &str = "toast/rendered/nginx.conf";
const RULES: &str = "/etc/toast/rendered/node.nft";
/// For an agent that is told to reconcile.
const REPAIR_TIMEOUT: Duration = Duration::from_secs(20);
/// The agent compares the firewall on its own once a minute.
const POLL_TIMEOUT: Duration = Duration::from_secs(75);

pub(crate) fn check(environment: &Environment, findings: &mut Findings<'_>) -> Result<(), Error> {
    let node = environment.testbed.first(Role::Ingress)?;
    let original = read(node)?;
    let restore = CleanupGuard::new(|| restore(node, &original));
    let before = agents::drift_corrections(node)?;
    check_edit(node, &original, findings)?;
    check_deletion(node, &original, findings)?;
    check_firewall(node, findings)?;
    let counted = agents::drift_corrections(node)?.saturating_sub(before);
    findings.add("each correction is counted", format!("{counted} of 5"), counted >= 5);
    restore.run()
}

fn check_edit(node: &Node, original: &str, findings: &mut Findings<'_>) -> Result<(), Error> {
    write(node, &format!("{original}# edited by hand\n"))?;
    node.run("nft", &["delete", "table", "inet", "toast"])?;
    let changed = !is_original(node, original) && !has_table(node, "toast");
    findings.add("a file is edited and the firewall deleted", if changed { "done" } else { "no change" }, changed);
    agents::reconcile_now(node)?;
    let repaired = wait::until(REPAIR_TIMEOUT, || is_original(node, original) && has_table(node, "toast"));
    findings.add_waited("both are restored when the agent is told to reconcile", repaired, REPAIR_TIMEOUT);
    Ok(())
}

fn check_deletion(node: &Node, original: &str, findings: &mut Findings<'_>) -> Result<(), Error> {
    let path = node.folder().join(FILE);
    fs::remove_file(&path).map_err(Error::io(path.display()))?;
    agents::reconcile_now(node)?;
    let repaired = wait::until(REPAIR_TIMEOUT, || is_original(node, original));
    findings.add_waited("a deleted file is restored", repaired, REPAIR_TIMEOUT);
    Ok(())
}

/// An empty table is drift as well as a missing one.
fn check_firewall(node: &Node, findings: &mut Findings<'_>) -> Result<(), Error> {
    node.run("nft", &["flush", "table", "inet", "toastguard"])?;
    agents::reconcile_now(node)?;
    let repaired = wait::until(REPAIR_TIMEOUT, || has_egress_rules(node));
    findings.add_waited("flushed rules are restored", repaired, REPAIR_TIMEOUT);
    node.run("nft", &["delete", "table", "inet", "toastguard"])?;
    let repaired = wait::until(POLL_TIMEOUT, || has_egress_rules(node));
    findings.add_waited("the agent restores a deleted firewall without being told", repaired, POLL_TIMEOUT);
    Ok(())
}

fn restore(node: &Node, original: &str) -> Result<(), Error> {
    if !is_original(node, original) {
        write(node, original)?;
    }
    if !(has_table(node, "toast") && has_egress_rules(node)) {
        node.run("nft", &["-f", RULES])?;
    }
    Ok(())
}

fn read(node: &Node) -> Result<String, Error> {
    let path = node.folder().join(FILE);
    fs::read_to_string(&path).map_err(Error::io(path.display()))
}

fn write(node: &Node, text: &str) -> Result<(), Error> {
    let path = node.folder().join(FILE);
    fs::write(&path, text).map_err(Error::io(path.display()))
}

fn is_original(node: &Node, original: &str) -> bool {
    read(node).is_ok_and(|text| text == original)
}

fn has_table(node: &Node, table: &str) -> bool {
    node.run("nft", &["list", "table", "inet", table]).is_ok()
}

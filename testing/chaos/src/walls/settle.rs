//! Prepared transactions that nobody finishes: settled by the agents through the elected leader, and by nobody else.

use super::{
    Findings,
    agents::{self, after},
    sql,
    undo::Undo,
};
use crate::{failure::Failure, moment::Moment, stage::Stage};
use agent::inventory::Role;
use std::{thread::sleep, time::Duration};
use testbed::Node;

/// Agents look every three seconds.
const TO_SETTLE: Duration = Duration::from_secs(15);
/// What an agent had asked for when it was stopped is done by then.
const UNDER_WAY: Duration = Duration::from_secs(4);
/// No process of these nodes has such an id; the coordinator's list of what is under way cannot hold it.
const NOBODY: u32 = 4_194_303;

pub(super) fn leave_open(stage: &Stage, findings: &mut Findings<'_>) -> Result<(), Failure> {
    if !stage.world.is_sharded() {
        findings.skip("the database of this world is not sharded");
        return Ok(());
    }
    look_at_settings(stage, findings)?;
    let Some(group) = stage.groups().into_iter().find(|group| *group > 0) else {
        findings.skip("there is no worker here on which a transaction could be prepared");
        return Ok(());
    };
    let worker = stage.must_lead(group)?;
    without_agents(stage, worker, findings)?;
    with_agents(worker, findings)
}

/// The database must never do it by itself: a coordinator that wakes would take back what its successor commits.
fn look_at_settings(stage: &Stage, findings: &mut Findings<'_>) -> Result<(), Failure> {
    let mut others = Vec::new();
    let mut count = 0;
    for node in stage.world.with_role(Role::Database) {
        let setting = sql::ask(node, &["SHOW citus.recover_2pc_interval"])?;
        count += 1;
        if setting != "-1" {
            others.push(format!("{} {setting}", node.name));
        }
    }
    let found = if others.is_empty() { format!("on all {count}") } else { others.join(", ") };
    findings.note("no member settles by itself", found, others.is_empty() && count > 0);
    Ok(())
}

fn without_agents(stage: &Stage, worker: &Node, findings: &mut Findings<'_>) -> Result<(), Failure> {
    let agents = agents::freeze(stage.world.with_role(Role::App))?;
    sleep(UNDER_WAY);
    let open = Open::prepare(worker)?;
    let coordinator = stage.must_lead(0)?.name.clone();
    let mut refused = Vec::new();
    for node in stage.world.members(0).filter(|node| node.name != coordinator) {
        if sql::ask(node, &["SELECT recover_prepared_transactions()"]).is_err() {
            refused.push(node.name.as_str());
        }
    }
    let others = stage.world.members(0).count().saturating_sub(1);
    let found = format!("{} of {others} refuse", refused.len());
    findings.note("a member that does not lead the coordinator cannot settle", found, refused.len() == others);
    let gone = agents::wait(TO_SETTLE, || !open.is_there());
    let promise = "without the agents a transaction that nobody finishes stays";
    findings.note(
        promise,
        gone.map_or_else(|| format!("there after {} s", TO_SETTLE.as_secs()), |_| after(gone, TO_SETTLE)),
        gone.is_none(),
    );
    agents.now()?;
    let settled = agents::wait(TO_SETTLE, || !open.is_there());
    findings.note("the agents settle it when they go on", after(settled, TO_SETTLE), settled.is_some());
    open.undo.now()
}

fn with_agents(worker: &Node, findings: &mut Findings<'_>) -> Result<(), Failure> {
    let open = Open::prepare(worker)?;
    let settled = agents::wait(TO_SETTLE, || !open.is_there());
    findings.note("the agents settle a new one", after(settled, TO_SETTLE), settled.is_some());
    open.undo.now()
}

/// A transaction that a coordinator prepared on a worker and of which it knows nothing.
struct Open<'a> {
    worker: &'a Node,
    gid: String,
    undo: Undo<'a>,
}

impl<'a> Open<'a> {
    /// Named as Citus names those of group 0: group, process, transaction, connection.
    fn prepare(worker: &'a Node) -> Result<Self, Failure> {
        let gid = format!("citus_0_{NOBODY}_{}_1", Moment::now().0);
        let prepare = format!("PREPARE TRANSACTION '{gid}'");
        sql::ask(worker, &["BEGIN", "SELECT txid_current()", &prepare])?;
        let name = gid.clone();
        let undo = Undo::by(move || {
            if is_there(worker, &name) {
                sql::ask(worker, &[&format!("ROLLBACK PREPARED '{name}'")])?;
            }
            Ok(())
        });
        Ok(Self { worker, gid, undo })
    }

    fn is_there(&self) -> bool {
        is_there(self.worker, &self.gid)
    }
}

/// Who cannot be asked has not settled anything.
fn is_there(worker: &Node, gid: &str) -> bool {
    let question = format!("SELECT count(*) FROM pg_prepared_xacts WHERE gid = '{gid}'");
    !sql::ask(worker, &[&question]).is_ok_and(|count| count == "0")
}

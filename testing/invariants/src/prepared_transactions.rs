//! In-doubt recovery: agents finish orphaned prepared transactions through the elected leader, and no other member does.

use crate::member_sql;
use agent::inventory::Role;
use std::{thread::sleep, time::Duration};
use support::{
    CleanupGuard, Environment, Error, Timestamp, agents,
    checks::Findings,
    wait::{self, after},
};
use testbed::Node;

/// Agents look for prepared transactions every 3 s.
const RECOVERY_TIMEOUT: Duration = Duration::from_secs(15);
/// For statements that an agent had sent before it was frozen.
const IN_FLIGHT_DELAY: Duration = Duration::from_secs(4);
/// No process of a node has this id, so the coordinator cannot take the transaction for one in progress.
const UNUSED_PID: u32 = 4_194_303;

pub(crate) fn check(environment: &Environment, findings: &mut Findings<'_>) -> Result<(), Error> {
    if !environment.testbed.is_sharded() {
        findings.skip("the database of this testbed is not sharded");
        return Ok(());
    }
    check_setting(environment, findings)?;
    let Some(group) = environment.groups().into_iter().find(|group| *group > 0) else {
        findings.skip("this testbed has no worker group");
        return Ok(());
    };
    let worker = environment.require_leader(group)?;
    check_without_agents(environment, worker, findings)?;
    check_with_agents(worker, findings)
}

/// Citus' own recovery must be off: a deposed coordinator would roll back what its successor commits.
fn check_setting(environment: &Environment, findings: &mut Findings<'_>) -> Result<(), Error> {
    let mut wrong = Vec::new();
    let mut count = 0;
    for node in environment.testbed.with_role(Role::Database) {
        let setting = member_sql::query(node, &["SHOW citus.recover_2pc_interval"])?;
        count += 1;
        if setting != "-1" {
            wrong.push(format!("{} {setting}", node.name));
        }
    }
    let found = if wrong.is_empty() { format!("on all {count}") } else { wrong.join(", ") };
    findings.add("Citus' own recovery is off", found, wrong.is_empty() && count > 0);
    Ok(())
}

fn check_without_agents(environment: &Environment, worker: &Node, findings: &mut Findings<'_>) -> Result<(), Error> {
    let agents = agents::freeze(environment.testbed.with_role(Role::App))?;
    sleep(IN_FLIGHT_DELAY);
    let transaction = PreparedTransaction::create(worker)?;
    let coordinator = environment.require_leader(0)?.name.clone();
    let (mut others, mut rejecting) = (0, 0);
    for node in environment.testbed.members(0).filter(|node| node.name != coordinator) {
        others += 1;
        rejecting += usize::from(member_sql::query(node, &["SELECT recover_prepared_transactions()"]).is_err());
    }
    let found = format!("{rejecting} of {others} reject it");
    findings.add("standbys of the coordinator cannot recover transactions", found, rejecting == others);
    let gone = wait::until(RECOVERY_TIMEOUT, || !transaction.exists());
    let found = match gone {
        None => format!("present after {} s", RECOVERY_TIMEOUT.as_secs()),
        Some(_) => format!("gone {}", after(gone, RECOVERY_TIMEOUT)),
    };
    findings.add("while agents are frozen, an orphaned transaction remains", found, gone.is_none());
    agents.run()?;
    let finished = wait::until(RECOVERY_TIMEOUT, || !transaction.exists());
    findings.add_waited("resumed agents finish it", finished, RECOVERY_TIMEOUT);
    transaction.rollback.run()
}

fn check_with_agents(worker: &Node, findings: &mut Findings<'_>) -> Result<(), Error> {
    let transaction = PreparedTransaction::create(worker)?;
    let finished = wait::until(RECOVERY_TIMEOUT, || !transaction.exists());
    findings.add_waited("running agents finish a new one", finished, RECOVERY_TIMEOUT);
    transaction.rollback.run()
}

/// A transaction prepared on a worker that the coordinator has no record of.
struct PreparedTransaction<'a> {
    worker: &'a Node,
    gid: String,
    rollback: CleanupGuard<'a>,
}

impl<'a> PreparedTransaction<'a> {
    /// The gid is Citus' for group 0: group, process, transaction, connection.
    fn create(worker: &'a Node) -> Result<Self, Error> {
        let gid = format!("citus_0_{UNUSED_PID}_{}_1", Timestamp::now().0);
        let prepare = format!("PREPARE TRANSACTION '{gid}'");
        member_sql::query(worker, &["BEGIN", "SELECT txid_current()", &prepare])?;
        let name = gid.clone();
        let rollback = CleanupGuard::new(move || {
            if exists(worker, &name) {
                member_sql::query(worker, &[&format!("ROLLBACK PREPARED '{name}'")])?;
            }
            Ok(())
        });
        Ok(Self { worker, gid, rollback })
    }

    fn exists(&self) -> bool {
        exists(self.worker, &self.gid)
    }
}

/// True also when the worker does not respond.
fn exists(worker: &Node, gid: &str) -> bool {
    let statement = format!("SELECT count(*) FROM pg_prepared_xacts WHERE gid = '{gid}'");
    !member_sql::query(worker, &[&statement]).is_ok_and(|count| count == "0")
}

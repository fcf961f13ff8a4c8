//! Synchronous replication: a group of three members acknowledges no commit that only one of them has.

use crate::member_sql;
use serde::Deserialize;
use std::{
    process::{Child, Stdio},
    time::Duration,
};
use support::{
    CleanupGuard, Environment, Error,
    checks::Findings,
    database_processes, json, patroni,
    wait::{self, after},
};
use testbed::Node;

/// With its standbys a commit is acknowledged within this time, and without them not.
const WITHOUT_STANDBYS: Duration = Duration::from_secs(5);
/// For standbys that are resumed, including a reconnect.
const WITH_STANDBYS: Duration = Duration::from_secs(30);
/// Timeout of the statement; longer than both.
const STATEMENT_SECONDS: u8 = 50;

/// Patroni's dynamic configuration.
#[derive(Debug, Deserialize)]
struct PatroniConfig {
    synchronous_mode: Option<serde_json::Value>,
    #[serde(default)]
    synchronous_mode_strict: bool,
}

pub(crate) fn check(environment: &Environment, findings: &mut Findings<'_>) -> Result<(), Error> {
    let testbed = &environment.testbed;
    let all = if testbed.is_sharded() { testbed.inventory().groups() } else { vec![0] };
    let groups: Vec<_> = all.into_iter().filter(|group| testbed.members(*group).count() >= 3).collect();
    if groups.is_empty() {
        findings.skip("no group of this testbed has three members");
    }
    for group in groups {
        check_config(environment, group, findings)?;
        check_commits(environment, group, findings)?;
    }
    Ok(())
}

fn check_config(environment: &Environment, group: u16, findings: &mut Findings<'_>) -> Result<(), Error> {
    let leader = environment.require_leader(group)?;
    let names = member_sql::query(leader, &["SHOW synchronous_standby_names"])?;
    let address = leader.mesh.ok_or_else(|| Error::failed(&leader.name, "has no address in the mesh"))?;
    let url = format!("http://{address}:{}/config", patroni::PORT);
    let config: PatroniConfig = json::parse("Patroni's configuration", &environment.operator()?.get(&url, 15)?)?;
    let is_synchronous = config.synchronous_mode.is_some_and(|mode| mode != false && mode != "off");
    let passed = !names.is_empty() && is_synchronous && config.synchronous_mode_strict;
    let found = format!("names {names:?}, strict {}", config.synchronous_mode_strict);
    findings.add(format!("group {group} is configured for strict synchronous replication"), found, passed);
    Ok(())
}

/// Freezes both standbys: the leader runs and must not acknowledge.
fn check_commits(environment: &Environment, group: u16, findings: &mut Findings<'_>) -> Result<(), Error> {
    let leader = environment.require_leader(group)?;
    let table = format!("toast_replication_check_{group}");
    execute(leader, &format!("CREATE TABLE IF NOT EXISTS {table} (n integer)"))?;
    let drop_table = CleanupGuard::new(|| execute(leader, &format!("DROP TABLE IF EXISTS {table}")));
    let insert = format!("INSERT INTO {table} VALUES (1)");
    let mut commit = PendingCommit::start(leader, &insert)?;
    let acknowledged = wait::until(WITHOUT_STANDBYS, || commit.is_acknowledged());
    let expected = format!("group {group} acknowledges a commit with its standbys");
    findings.add_waited(expected, acknowledged, WITHOUT_STANDBYS);
    let standbys = freeze_standbys(environment, group, leader)?;
    let mut commit = PendingCommit::start(leader, &insert)?;
    let early = wait::until(WITHOUT_STANDBYS, || commit.is_acknowledged());
    let expected = format!("group {group} acknowledges no commit while both standbys are frozen");
    findings.add(expected, after(early, WITHOUT_STANDBYS), early.is_none() && commit.is_pending());
    standbys.run()?;
    let late = wait::until(WITH_STANDBYS, || commit.is_acknowledged());
    let expected = format!("group {group} acknowledges the same commit when they are resumed");
    findings.add_waited(expected, late, WITH_STANDBYS);
    drop_table.run()
}

fn freeze_standbys<'a>(environment: &'a Environment, group: u16, leader: &Node) -> Result<CleanupGuard<'a>, Error> {
    let standbys: Vec<_> = environment.testbed.members(group).filter(|node| node.name != leader.name).collect();
    let all = standbys.clone();
    let resume = CleanupGuard::new(move || all.iter().try_for_each(|node| Ok(database_processes::resume(node)?)));
    for standby in standbys {
        database_processes::freeze(standby)?;
    }
    Ok(resume)
}

/// In the database `postgres`, which is not distributed.
fn execute(leader: &Node, statement: &str) -> Result<(), Error> {
    member_sql::execute(leader, "postgres", STATEMENT_SECONDS, &[statement]).map(drop)
}

/// A statement whose acknowledgement is awaited.
struct PendingCommit(Child);

impl PendingCommit {
    fn start(leader: &Node, statement: &str) -> Result<Self, Error> {
        let mut command = member_sql::command(leader, "postgres", STATEMENT_SECONDS, &[statement])?;
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command.spawn().map(Self).map_err(Error::io("psql"))
    }

    fn is_acknowledged(&mut self) -> bool {
        self.0.try_wait().is_ok_and(|ended| ended.is_some_and(|status| status.success()))
    }

    /// Neither acknowledged nor failed.
    fn is_pending(&mut self) -> bool {
        self.0.try_wait().is_ok_and(|ended| ended.is_none())
    }
}

impl Drop for PendingCommit {
    fn drop(&mut self) {
        // Ends at its timeout at the latest.
        let _ = self.0.wait();
    }
}

//! Second copies: a group of three acknowledges nothing that only one of them has.

use super::{
    Findings,
    agents::{self, after},
    sql,
    undo::Undo,
};
use crate::{failure::Failure, stage::Stage, standstill};
use serde::Deserialize;
use std::{
    process::{Child, Stdio},
    time::Duration,
};
use testbed::Node;

/// A commit that has not been acknowledged by then waits for somebody.
const WITHOUT_COPY: Duration = Duration::from_secs(5);
/// Standbys that go on confirm within this time, also when they have to connect again.
const WITH_COPY: Duration = Duration::from_secs(30);
/// Seconds that somebody waits for a commit: longer than both.
const PATIENCE: u8 = 50;

/// What Patroni holds a group to.
#[derive(Debug, Deserialize)]
struct Rules {
    synchronous_mode: Option<serde_json::Value>,
    #[serde(default)]
    synchronous_mode_strict: bool,
}

pub(super) fn hold_standbys(stage: &Stage, findings: &mut Findings<'_>) -> Result<(), Failure> {
    let all = if stage.world.is_sharded() { stage.world.inventory().groups() } else { vec![0] };
    let groups: Vec<_> = all.into_iter().filter(|group| stage.world.members(*group).count() >= 3).collect();
    if groups.is_empty() {
        findings.skip("no group has three members here");
    }
    for group in groups {
        look_at_rules(stage, group, findings)?;
        hold_both(stage, group, findings)?;
    }
    Ok(())
}

fn look_at_rules(stage: &Stage, group: u16, findings: &mut Findings<'_>) -> Result<(), Failure> {
    let leader = stage.must_lead(group)?;
    let names = sql::ask(leader, &["SHOW synchronous_standby_names"])?;
    let address = leader.mesh.ok_or_else(|| Failure::wrong(&leader.name, "has no address in the mesh"))?;
    let said = stage.operator()?.run("curl", &["--silent", "--fail", &format!("http://{address}:8008/config")])?;
    let rules: Rules = serde_json::from_str(&said).map_err(|error| Failure::wrong("Patroni's rules", error))?;
    let waits = rules.synchronous_mode.is_some_and(|mode| mode != false && mode != "off");
    let held = !names.is_empty() && waits && rules.synchronous_mode_strict;
    let found = format!("names {names:?}, strict {}", rules.synchronous_mode_strict);
    findings.note(format!("group {group} waits for a standby, and for nobody less"), found, held);
    Ok(())
}

/// Both standbys are stopped where they are: the leader goes on, and may not say that anything is done.
fn hold_both(stage: &Stage, group: u16, findings: &mut Findings<'_>) -> Result<(), Failure> {
    let leader = stage.must_lead(group)?;
    let table = format!("toast_walls_{group}");
    run_on(leader, &format!("CREATE TABLE IF NOT EXISTS {table} (n integer)"))?;
    let tidy = Undo::by(|| run_on(leader, &format!("DROP TABLE IF EXISTS {table}")));
    let insert = format!("INSERT INTO {table} VALUES (1)");
    let mut usual = Waiting::begin(leader, &insert)?;
    let usual = agents::wait(WITHOUT_COPY, || usual.is_acknowledged());
    findings.note(format!("group {group} acknowledges with its standbys"), after(usual, WITHOUT_COPY), usual.is_some());
    let standbys = freeze_standbys(stage, group, leader)?;
    let mut waiting = Waiting::begin(leader, &insert)?;
    let early = agents::wait(WITHOUT_COPY, || waiting.is_acknowledged());
    let promise = format!("group {group} acknowledges nothing while both standbys are frozen");
    findings.note(promise, after(early, WITHOUT_COPY), early.is_none() && waiting.goes_on());
    standbys.now()?;
    let late = agents::wait(WITH_COPY, || waiting.is_acknowledged());
    let promise = format!("group {group} acknowledges the same when they are back");
    findings.note(promise, after(late, WITH_COPY), late.is_some());
    tidy.now()
}

fn freeze_standbys<'a>(stage: &'a Stage, group: u16, leader: &Node) -> Result<Undo<'a>, Failure> {
    let standbys: Vec<_> = stage.world.members(group).filter(|node| node.name != leader.name).collect();
    let all = standbys.clone();
    let undo = Undo::by(move || all.iter().try_for_each(|node| Ok(standstill::thaw(node)?)));
    for standby in standbys {
        standstill::freeze(standby)?;
    }
    Ok(undo)
}

/// Beside Toast's own database, where nothing is sharded.
fn run_on(leader: &Node, statement: &str) -> Result<(), Failure> {
    let output = sql::prepare(leader, "postgres", PATIENCE, &[statement])?.output().map_err(Failure::system("psql"))?;
    let said = String::from_utf8_lossy(&output.stderr);
    if output.status.success() { Ok(()) } else { Err(Failure::wrong(&leader.name, said.trim())) }
}

/// A statement that somebody waits for.
struct Waiting(Child);

impl Waiting {
    fn begin(leader: &Node, statement: &str) -> Result<Self, Failure> {
        let mut command = sql::prepare(leader, "postgres", PATIENCE, &[statement])?;
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command.spawn().map(Self).map_err(Failure::system("psql"))
    }

    fn is_acknowledged(&mut self) -> bool {
        self.0.try_wait().is_ok_and(|ended| ended.is_some_and(|status| status.success()))
    }

    /// One that was given up is not one that waits.
    fn goes_on(&mut self) -> bool {
        self.0.try_wait().is_ok_and(|ended| ended.is_none())
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        // It ends by itself when its time is up.
        let _ = self.0.wait();
    }
}

//! Negative controls: a Toast that is broken on purpose. A checker that stays green on one of them proves nothing.

use crate::{
    check::Kind,
    drive::Plan,
    failure::Failure,
    laboratory::{LONGEST, Laboratory, Trial},
    private::{Postgres, execute},
};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, time::Duration};
use tokio::time::sleep;

/// What a control came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Control {
    /// What was done to Toast, or left alone.
    pub name: String,
    /// Whether the checker must find something.
    pub must_be_red: bool,
    /// Orders that were acknowledged.
    pub acknowledged: u64,
    /// What the checker found, by promise.
    pub violations: BTreeMap<String, usize>,
    /// Whether it found what it must, or nothing where it must not.
    pub held: bool,
}

impl std::fmt::Display for Control {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mark = if self.held { '✓' } else { '✗' };
        let wanted = if self.must_be_red { "red" } else { "green" };
        let (name, orders, found) = (&self.name, self.acknowledged, &self.violations);
        write!(formatter, "{mark} {name}: must be {wanted}; {orders} acknowledged, found {found:?}")
    }
}

impl Control {
    fn of(name: &str, expected: &[Kind], trial: &Trial) -> Self {
        let verdict = &trial.verdict;
        let mut violations = BTreeMap::new();
        for violation in &verdict.violations {
            *violations.entry(violation.kind.word().to_owned()).or_default() += 1;
        }
        let found = expected.iter().any(|kind| verdict.count(*kind) > 0);
        let acknowledged = verdict.counts.acknowledged;
        // A trial without orders shows nothing, whatever its colour.
        let held = acknowledged > 0 && if expected.is_empty() { verdict.is_green() } else { found };
        Self { name: name.to_owned(), must_be_red: !expected.is_empty(), acknowledged, violations, held }
    }
}

/// A mishap, or none.
#[derive(Debug, Clone, Copy)]
enum Mishap {
    Nothing,
    /// The primary is lost, with this setting of replication.
    LosePrimary(&'static str),
    /// The database is killed and comes back, with this setting of `synchronous_commit`.
    Crash(&'static str),
    /// The answer to every third order is lost on its way to the guest.
    Deafen {
        forgetful: bool,
        drop_key: bool,
    },
}

/// Each mishap also with everything as it should be, which must stay green.
const CONTROLS: [(&str, Mishap, &[Kind]); 8] = [
    ("nothing broken", Mishap::Nothing, &[]),
    ("asynchronous replication, primary lost", Mishap::LosePrimary("synchronous_commit = on"), &[Kind::Lost]),
    ("synchronous replication, primary lost", Mishap::LosePrimary("synchronous_standby_names = 'follower'"), &[]),
    ("acknowledged before it is on disk, crash", Mishap::Crash("off"), &[Kind::Lost]),
    ("acknowledged when it is on disk, crash", Mishap::Crash("on"), &[]),
    ("answers lost, retries with their key", Mishap::Deafen { forgetful: false, drop_key: false }, &[]),
    ("answers lost, retries with a new key", Mishap::Deafen { forgetful: true, drop_key: false }, &[Kind::Doubled]),
    ("answers lost, unique key dropped", Mishap::Deafen { forgetful: false, drop_key: true }, &[Kind::Doubled]),
];

/// Runs the controls whose names hold a word; none needs a world. A control mostly waits, so that those of different kinds
/// run beside each other.
pub async fn run(laboratory: &Laboratory, only: &str, tell: impl Fn(&Control)) -> Result<Vec<Control>, Failure> {
    let kind = |belongs: fn(&Mishap) -> bool| Box::pin(run_kind(laboratory, only, belongs, &tell));
    let (crashes, losses, deaf) = tokio::join!(
        kind(|mishap| matches!(mishap, Mishap::Nothing | Mishap::Crash(_))),
        kind(|mishap| matches!(mishap, Mishap::LosePrimary(_))),
        kind(|mishap| matches!(mishap, Mishap::Deafen { .. }))
    );
    Ok([crashes?, losses?, deaf?].concat())
}

/// Those of a kind share the names of their databases.
async fn run_kind(
    laboratory: &Laboratory,
    only: &str,
    belongs: fn(&Mishap) -> bool,
    tell: &impl Fn(&Control),
) -> Result<Vec<Control>, Failure> {
    let mut controls = Vec::new();
    let wanted = CONTROLS.into_iter().filter(|(name, mishap, _)| name.contains(only) && belongs(mishap));
    for (name, mishap, expected) in wanted {
        let trial = match mishap {
            Mishap::Nothing => do_nothing(laboratory).await?,
            Mishap::LosePrimary(setting) => lose_primary(laboratory, setting).await?,
            Mishap::Crash(commit) => crash(laboratory, commit).await?,
            Mishap::Deafen { forgetful, drop_key } => deafen(laboratory, forgetful, drop_key).await?,
        };
        let control = Control::of(name, expected, &trial);
        tell(&control);
        controls.push(control);
    }
    Ok(controls)
}

/// So many orders are seen before and after a mishap.
const ENOUGH: usize = 20;
/// How long they may take.
const PATIENCE: Duration = Duration::from_secs(LONGEST / 3);

async fn do_nothing(laboratory: &Laboratory) -> Result<Trial, Failure> {
    let database = laboratory.database("sound", &[])?;
    let plan = Plan { orders_only: false, ..laboratory.plan() };
    let reins = plan.reins.clone();
    let url = database.url("toast");
    let seen = async {
        reins.reach(2 * ENOUGH, PATIENCE).await;
        reins.stop();
    };
    let (history, ()) = tokio::join!(laboratory.drive(&url, plan, laboratory.terms()), seen);
    Laboratory::check(history?, &url).await
}

/// The standby stops receiving, then the primary is lost and the standby leads.
async fn lose_primary(laboratory: &Laboratory, setting: &str) -> Result<Trial, Failure> {
    let primary = laboratory.database("leader", &["wal_level = replica"])?;
    let standby = laboratory.tools.standby("follower", &primary, &[])?;
    execute(&primary.url("postgres"), &alter(setting)).await?;
    execute(&primary.url("postgres"), "SELECT pg_reload_conf()").await?;
    sleep(Duration::from_secs(1)).await;
    let url = primary.url("toast");
    let plan = laboratory.plan();
    let reins = plan.reins.clone();
    let mishap = async {
        reins.reach(ENOUGH, PATIENCE).await;
        ensure_some(standby.signal("-STOP", "walreceiver")?, "a receiver of the standby")?;
        // With a standby that must confirm, no more are acknowledged: then this time is what is waited for.
        reins.reach(reins.acknowledged() + ENOUGH, Duration::from_secs(8)).await;
        reins.stop();
        primary.crash()
    };
    let (history, lost) = tokio::join!(laboratory.drive(&url, plan, laboratory.terms()), mishap);
    lost?;
    // What the standby's machine had not read from its network is lost with the primary.
    standby.crash()?;
    standby.start()?;
    standby.promote()?;
    Laboratory::check(history?, &standby.url("toast")).await
}

fn alter(setting: &str) -> String {
    let (name, value) = setting.split_once(" = ").unwrap_or((setting, "on"));
    format!("ALTER SYSTEM SET {name} TO {value}")
}

fn ensure_some(count: usize, what: &str) -> Result<(), Failure> {
    if count == 0 { Err(Failure::wrong(what, "is not there")) } else { Ok(()) }
}

/// The database's processes are killed and come back with what was on disk. What would bring commits to the disk later
/// is held up from the beginning, so that it does not depend on luck whether an early acknowledgement is found out.
async fn crash(laboratory: &Laboratory, commit: &str) -> Result<Trial, Failure> {
    let setting = format!("synchronous_commit = {commit}");
    let settings = [setting.as_str(), "wal_buffers = 64MB", "bgwriter_lru_maxpages = 0"];
    let database = laboratory.database(&format!("crash-{commit}"), &settings)?;
    let url = database.url("toast");
    let plan = laboratory.plan();
    let reins = plan.reins.clone();
    let mishap = async {
        reins.reach(ENOUGH, PATIENCE).await;
        ensure_some(database.signal("-STOP", "walwriter")?, "the writer of the log")?;
        reins.reach(reins.acknowledged() + ENOUGH, PATIENCE).await;
        database.crash()?;
        sleep(Duration::from_secs(1)).await;
        database.start()?;
        reins.stop();
        Ok::<_, Failure>(())
    };
    let (history, crashed) = tokio::join!(laboratory.drive(&url, plan, laboratory.terms()), mishap);
    crashed?;
    Laboratory::check(history?, &url).await
}

/// Every third order is done, and its answer lost on its way to the guest.
async fn deafen(laboratory: &Laboratory, forgetful: bool, drop_key: bool) -> Result<Trial, Failure> {
    let plan = Plan { new_key_on_retry: forgetful, ..laboratory.plan() };
    let database = laboratory.database(&format!("deaf-{forgetful}-{drop_key}"), &[])?;
    if drop_key {
        drop_unique_key(&database).await?;
    }
    let reins = plan.reins.clone();
    let url = database.url("toast");
    let seen = async {
        reins.reach(2 * ENOUGH, PATIENCE).await;
        reins.stop();
    };
    let (history, ()) = tokio::join!(laboratory.drive_deaf(&url, plan, laboratory.terms()), seen);
    Laboratory::check(history?, &url).await
}

/// Without the constraint the statement has nothing to conflict with, so that part of it goes, too.
async fn drop_unique_key(database: &Postgres) -> Result<(), Failure> {
    let url = database.url("toast");
    execute(&url, "ALTER TABLE idempotency_keys DROP CONSTRAINT idempotency_keys_pkey").await?;
    let statement = "DO $do$ BEGIN EXECUTE replace(
        (SELECT pg_get_functiondef(oid) FROM pg_proc WHERE proname = 'place_order'),
        'ON CONFLICT (restaurant_id, scope, key) DO UPDATE SET replays = k.replays + 1', ''); END $do$";
    execute(&url, statement).await
}

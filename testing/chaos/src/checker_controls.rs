//! Negative controls of the checker: Toast broken on purpose, which the checker must detect, and the same unbroken.

use crate::{
    check::Kind,
    load::LoadOptions,
    sandbox::{Experiment, MAX_SECONDS, Sandbox},
};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, time::Duration};
use support::{Error, databases::execute_at, postgres::TempPostgres};
use tokio::time::sleep;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Control {
    pub name: String,
    /// Whether the checker must find violations.
    pub must_fail: bool,
    /// Orders.
    pub acknowledged: u64,
    /// Counts by kind.
    pub violations: BTreeMap<String, usize>,
    /// Whether the checker found what it must, or nothing.
    pub passed: bool,
}

impl std::fmt::Display for Control {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mark = if self.passed { '✓' } else { '✗' };
        let expected = if self.must_fail { "violations" } else { "none" };
        let (name, orders, found) = (&self.name, self.acknowledged, &self.violations);
        write!(formatter, "{mark} {name}: expected {expected}, found {found:?}; {orders} orders acknowledged")
    }
}

impl Control {
    /// `expected`: kinds of which one must be found; none when empty.
    fn of(name: &str, expected: &[Kind], experiment: &Experiment) -> Self {
        let report = &experiment.report;
        let mut violations = BTreeMap::new();
        for violation in &report.violations {
            *violations.entry(violation.kind.name().to_owned()).or_default() += 1;
        }
        let found = expected.iter().any(|kind| report.count(*kind) > 0);
        let acknowledged = report.counts.acknowledged;
        // Without orders an experiment proves nothing.
        let passed = acknowledged > 0 && if expected.is_empty() { report.passed() } else { found };
        Self { name: name.to_owned(), must_fail: !expected.is_empty(), acknowledged, violations, passed }
    }
}

#[derive(Debug, Clone, Copy)]
enum Sabotage {
    None,
    /// The primary is lost, with this setting of replication.
    LosePrimary(&'static str),
    /// The database crashes and restarts, with this `synchronous_commit`.
    Crash(&'static str),
    /// The response to every third order is dropped.
    DropResponses {
        new_key_on_retry: bool,
        drop_unique_key: bool,
    },
}

const CONTROLS: [(&str, Sabotage, &[Kind]); 8] = [
    ("no sabotage", Sabotage::None, &[]),
    ("asynchronous replication, primary lost", Sabotage::LosePrimary("synchronous_commit = on"), &[Kind::Lost]),
    ("synchronous replication, primary lost", Sabotage::LosePrimary("synchronous_standby_names = 'follower'"), &[]),
    ("acknowledged before the commit is on disk, crash", Sabotage::Crash("off"), &[Kind::Lost]),
    ("acknowledged when the commit is on disk, crash", Sabotage::Crash("on"), &[]),
    (
        "responses dropped, retries with the same key",
        Sabotage::DropResponses { new_key_on_retry: false, drop_unique_key: false },
        &[],
    ),
    (
        "responses dropped, retries with a new key",
        Sabotage::DropResponses { new_key_on_retry: true, drop_unique_key: false },
        &[Kind::Doubled],
    ),
    (
        "responses dropped, unique key dropped",
        Sabotage::DropResponses { new_key_on_retry: false, drop_unique_key: true },
        &[Kind::Doubled],
    ),
];

/// Runs the controls whose names contain `only`. Those of different kinds run concurrently, as they mostly wait.
pub async fn run(sandbox: &Sandbox, only: &str, progress: impl Fn(&Control)) -> Result<Vec<Control>, Error> {
    let kind = |belongs: fn(&Sabotage) -> bool| Box::pin(run_kind(sandbox, only, belongs, &progress));
    let (crashes, losses, drops) = tokio::join!(
        kind(|sabotage| matches!(sabotage, Sabotage::None | Sabotage::Crash(_))),
        kind(|sabotage| matches!(sabotage, Sabotage::LosePrimary(_))),
        kind(|sabotage| matches!(sabotage, Sabotage::DropResponses { .. }))
    );
    Ok([crashes?, losses?, drops?].concat())
}

/// One after the other, because those of a kind use the same names of databases.
async fn run_kind(
    sandbox: &Sandbox,
    only: &str,
    belongs: fn(&Sabotage) -> bool,
    progress: &impl Fn(&Control),
) -> Result<Vec<Control>, Error> {
    let mut controls = Vec::new();
    let chosen = CONTROLS.into_iter().filter(|(name, sabotage, _)| name.contains(only) && belongs(sabotage));
    for (name, sabotage, expected) in chosen {
        let experiment = match sabotage {
            Sabotage::None => no_sabotage(sandbox).await?,
            Sabotage::LosePrimary(setting) => lose_primary(sandbox, setting).await?,
            Sabotage::Crash(commit) => crash(sandbox, commit).await?,
            Sabotage::DropResponses { new_key_on_retry, drop_unique_key } => {
                drop_responses(sandbox, new_key_on_retry, drop_unique_key).await?
            }
        };
        let control = Control::of(name, expected, &experiment);
        progress(&control);
        controls.push(control);
    }
    Ok(controls)
}

/// Acknowledged orders before and after a sabotage.
const MIN_ORDERS: usize = 20;
const TIMEOUT: Duration = Duration::from_secs(MAX_SECONDS / 3);

async fn no_sabotage(sandbox: &Sandbox) -> Result<Experiment, Error> {
    let database = sandbox.database("sound", &[])?;
    let options = LoadOptions { orders_only: false, ..sandbox.load_options() };
    let control = options.control.clone();
    let url = database.url("toast");
    let (history, ()) =
        tokio::join!(sandbox.run_load(&url, options, sandbox.terms()), control.stop_after(2 * MIN_ORDERS, TIMEOUT));
    Sandbox::check(history?, &url).await
}

/// The standby stops receiving, then the primary is lost and the standby is promoted.
async fn lose_primary(sandbox: &Sandbox, setting: &str) -> Result<Experiment, Error> {
    let primary = sandbox.database("leader", &["wal_level = replica"])?;
    let standby = sandbox.tools.standby("follower", &primary, &[])?;
    execute_at(&primary.url("postgres"), &alter(setting)).await?;
    execute_at(&primary.url("postgres"), "SELECT pg_reload_conf()").await?;
    sleep(Duration::from_secs(1)).await;
    let url = primary.url("toast");
    let options = sandbox.load_options();
    let control = options.control.clone();
    let sabotage = async {
        control.wait_for(MIN_ORDERS, TIMEOUT).await;
        require_some(standby.signal("STOP", "walreceiver")?, "the standby's WAL receiver")?;
        // With synchronous replication no more orders are acknowledged, and this times out.
        control.wait_for(control.acknowledged() + MIN_ORDERS, Duration::from_secs(8)).await;
        control.stop();
        primary.crash()
    };
    let (history, lost) = tokio::join!(sandbox.run_load(&url, options, sandbox.terms()), sabotage);
    lost?;
    // WAL that the standby has not read from its socket is lost with the primary.
    standby.crash()?;
    standby.start()?;
    standby.promote()?;
    Sandbox::check(history?, &standby.url("toast")).await
}

fn alter(setting: &str) -> String {
    let (name, value) = setting.split_once(" = ").unwrap_or((setting, "on"));
    format!("ALTER SYSTEM SET {name} TO {value}")
}

fn require_some(count: usize, what: &str) -> Result<(), Error> {
    if count == 0 { Err(Error::failed(what, "does not run")) } else { Ok(()) }
}

/// The database is killed and restarts from what is on disk. All that flushes WAL in the background is disabled, so that
/// the result does not depend on timing.
async fn crash(sandbox: &Sandbox, commit: &str) -> Result<Experiment, Error> {
    let setting = format!("synchronous_commit = {commit}");
    let settings = [setting.as_str(), "wal_buffers = 64MB", "bgwriter_lru_maxpages = 0"];
    let database = sandbox.database(&format!("crash-{commit}"), &settings)?;
    let url = database.url("toast");
    let options = sandbox.load_options();
    let control = options.control.clone();
    let sabotage = async {
        control.wait_for(MIN_ORDERS, TIMEOUT).await;
        require_some(database.signal("STOP", "walwriter")?, "the WAL writer")?;
        control.wait_for(control.acknowledged() + MIN_ORDERS, TIMEOUT).await;
        database.crash()?;
        sleep(Duration::from_secs(1)).await;
        database.start()?;
        control.stop();
        Ok::<_, Error>(())
    };
    let (history, crashed) = tokio::join!(sandbox.run_load(&url, options, sandbox.terms()), sabotage);
    crashed?;
    Sandbox::check(history?, &url).await
}

async fn drop_responses(sandbox: &Sandbox, new_key_on_retry: bool, drop_unique_key: bool) -> Result<Experiment, Error> {
    let options = LoadOptions { new_key_on_retry, ..sandbox.load_options() };
    let database = sandbox.database(&format!("responses-{new_key_on_retry}-{drop_unique_key}"), &[])?;
    if drop_unique_key {
        drop_key_constraint(&database).await?;
    }
    let control = options.control.clone();
    let url = database.url("toast");
    let (history, ()) = tokio::join!(
        sandbox.run_load_with_lost_responses(&url, options, sandbox.terms()),
        control.stop_after(2 * MIN_ORDERS, TIMEOUT)
    );
    Sandbox::check(history?, &url).await
}

/// `ON CONFLICT` needs the constraint, so that it is removed from the function, too.
async fn drop_key_constraint(database: &TempPostgres) -> Result<(), Error> {
    let url = database.url("toast");
    execute_at(&url, "ALTER TABLE idempotency_keys DROP CONSTRAINT idempotency_keys_pkey").await?;
    let statement = "DO $do$ BEGIN EXECUTE replace(
        (SELECT pg_get_functiondef(oid) FROM pg_proc WHERE proname = 'place_order'),
        'ON CONFLICT (restaurant_id, scope, key) DO UPDATE SET replays = k.replays + 1', ''); END $do$";
    execute_at(&url, statement).await
}

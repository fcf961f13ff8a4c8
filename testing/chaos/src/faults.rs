//! Every fault by its name: how it is done, how long it lasts, how it is taken back, and what must hold meanwhile.

mod control;
mod databases;
mod growth;
mod ingresses;
mod load;
mod servers;
mod sites;

use crate::{
    failure::Failure,
    measured::{Hit, Measured},
    stage::Stage,
};
use clap::ValueEnum;
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, time::Duration};

/// A fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the names are the words of the reliability table")]
pub enum Fault {
    BackendKill,
    BackendFreeze,
    RollingRestart,
    RollingUpgrade,
    NginxReload,
    IngressKill,
    WorkerCrash,
    WorkerLost,
    CoordinatorLost,
    WorkerFreeze,
    CoordinatorFreeze,
    CutCommit,
    RegionCut,
    PathBlocked,
    EtcdMinority,
    EtcdMajority,
    HeadscaleLost,
    DnsLost,
    EdgeLost,
    DiskFull,
    ClockSkew,
    Overload,
    Slowloris,
    Flood,
    BackendAdded,
    BackendRemoved,
    WorkerAdded,
    WorkerRemoved,
}

/// A step of a fault; numbers that it notes down come into the report.
pub type Step = Box<dyn FnOnce(&mut Stage) -> Result<Notes, Failure>>;
/// What was watched beside the guests, in seconds or pieces.
pub type Notes = BTreeMap<String, f64>;
/// What must hold.
pub type Promises = fn(&Measured<'_>) -> Vec<Promise>;

/// A fault on its way.
pub struct Scene {
    /// Whose restaurants it hits.
    pub hit: Hit,
    /// In words: what is done to whom.
    pub what: String,
    /// Does it.
    pub inject: Step,
    /// Watches while it lasts; may end earlier than [`Scene::hold`].
    pub watch: Option<Step>,
    /// How long it lasts.
    pub hold: Duration,
    /// Takes it back.
    pub heal: Step,
    /// What must hold.
    pub promises: Promises,
}

/// A promise and what became of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Promise {
    /// In words, with its bound.
    pub wanted: String,
    /// What was measured.
    pub measured: String,
    /// Whether it held.
    pub held: bool,
}

impl Promise {
    fn new(wanted: impl Into<String>, measured: impl Into<String>, held: bool) -> Self {
        Self { wanted: wanted.into(), measured: measured.into(), held }
    }

    /// A number of seconds that must not be exceeded.
    fn within(what: &str, seconds: f64, limit: f64) -> Self {
        Self::new(format!("{what} ≤ {limit} s"), format!("{seconds:.1} s"), seconds <= limit)
    }
}

impl Fault {
    /// The word in options and reports.
    pub fn word(self) -> String {
        self.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
    }

    /// Whether the fault may come at any time beside another one, as machines fail.
    pub const fn is_an_accident(self) -> bool {
        !matches!(
            self,
            Self::RollingRestart
                | Self::RollingUpgrade
                | Self::CutCommit
                | Self::Overload
                | Self::Slowloris
                | Self::Flood
                | Self::BackendAdded
                | Self::BackendRemoved
                | Self::WorkerAdded
                | Self::WorkerRemoved
        )
    }

    /// Sets it up against a world; says why where it cannot be.
    pub fn scene(self, stage: &Stage, seed: u64) -> Result<Scene, Failure> {
        match self {
            Self::BackendKill => servers::kill(stage, seed),
            Self::BackendFreeze => servers::freeze(stage, seed),
            Self::RollingRestart => servers::restart_all(stage),
            Self::RollingUpgrade => servers::upgrade_all(stage),
            Self::ClockSkew => servers::skew(stage, seed),
            Self::NginxReload => ingresses::reload(stage),
            Self::IngressKill => ingresses::lose(stage, seed),
            Self::WorkerCrash => databases::crash(stage, seed),
            Self::WorkerLost => databases::lose(stage, databases::worker(stage, seed)?),
            Self::CoordinatorLost => databases::lose(stage, 0),
            Self::WorkerFreeze => databases::freeze(stage, databases::worker(stage, seed)?),
            Self::CoordinatorFreeze => databases::freeze(stage, 0),
            Self::DiskFull => databases::fill(stage, seed),
            Self::CutCommit => databases::cut(stage),
            Self::RegionCut => sites::cut(stage, seed),
            Self::PathBlocked => sites::block(stage),
            Self::EtcdMinority => control::stop_etcd(stage, false),
            Self::EtcdMajority => control::stop_etcd(stage, true),
            Self::HeadscaleLost => control::lose_control(stage),
            Self::DnsLost => control::lose_names(stage),
            Self::EdgeLost => control::lose_edge(stage),
            Self::Overload => load::overload(stage, seed),
            Self::Slowloris => load::nuisance(stage, load::Nuisance::Slow),
            Self::Flood => load::nuisance(stage, load::Nuisance::Flood),
            Self::BackendAdded => growth::add_backend(stage),
            Self::BackendRemoved => growth::remove_backend(stage),
            Self::WorkerAdded => growth::add_worker(stage),
            Self::WorkerRemoved => growth::remove_worker(stage),
        }
    }
}

/// No guest noticed anything.
fn nobody_noticed(measured: &Measured<'_>) -> Vec<Promise> {
    let (requests, errors) = measured.requests();
    vec![Promise::new("0 failed requests", format!("{errors} of {requests}"), errors == 0)]
}

/// Whoever wanted an order got it, at whichever try.
fn none_given_up(measured: &Measured<'_>) -> Promise {
    let given_up = measured.given_up();
    Promise::new("no order given up", given_up.to_string(), given_up == 0)
}

/// The same where requests may fail, with how many did.
fn none_given_up_though_some_failed(measured: &Measured<'_>) -> Promise {
    let (requests, errors) = measured.requests();
    let promise = none_given_up(measured);
    Promise { measured: format!("{} ({errors} of {requests} requests failed)", promise.measured), ..promise }
}

/// The `number`th of some things, counted round.
fn pick<T>(things: Vec<T>, number: u64, what: &str) -> Result<T, Failure> {
    let count = things.len().max(1);
    let at = usize::try_from(number).unwrap_or_default() % count;
    things.into_iter().nth(at).ok_or_else(|| Failure::wrong(what, "there is none in this world"))
}

fn nothing() -> Step {
    Box::new(|_| Ok(Notes::new()))
}

/// A step on a node that notes nothing down.
fn on_node(name: &str, work: impl FnOnce(&testbed::Node) -> Result<(), testbed::TestbedError> + 'static) -> Step {
    let name = name.to_owned();
    Box::new(move |stage| {
        work(stage.world.node(&name)?)?;
        Ok(Notes::new())
    })
}

//! The faults that a run can inject into the testbed.

mod control_plane;
mod databases;
mod failover;
mod group_outages;
mod ingresses;
mod plan;
mod proxied_databases;
mod scaling;
mod servers;
mod sites;
mod traffic;

pub use plan::{Evaluate, FaultPlan, Step};

use crate::load::abusive_client::AttackKind;
use clap::ValueEnum;
use serde::{Deserialize, Serialize};
use support::{Environment, Error};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
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
    WorkerGroupLost,
    CoordinatorGroupLost,
    WorkerGroupFreeze,
    CoordinatorGroupFreeze,
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

impl Fault {
    /// As in options and reports.
    pub fn name(self) -> String {
        self.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
    }

    /// Whether the fault can be injected at random while another one is active, as hardware and networks fail.
    pub const fn can_be_random(self) -> bool {
        !matches!(
            self,
            Self::WorkerGroupLost
                | Self::CoordinatorGroupLost
                | Self::WorkerGroupFreeze
                | Self::CoordinatorGroupFreeze
                | Self::RollingRestart
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

    /// Plans the fault for this testbed; fails with the reason where it cannot be injected.
    pub fn plan(self, environment: &Environment, seed: u64) -> Result<FaultPlan, Error> {
        match self {
            Self::BackendKill => servers::kill(environment, seed),
            Self::BackendFreeze => servers::freeze(environment, seed),
            Self::RollingRestart => servers::restart_all(environment),
            Self::RollingUpgrade => servers::upgrade_all(environment),
            Self::ClockSkew => servers::skew_clocks(environment, seed),
            Self::NginxReload => ingresses::reload(environment),
            Self::IngressKill => ingresses::crash(environment, seed),
            Self::WorkerCrash => databases::crash(environment, seed),
            Self::WorkerLost => failover::crash_leader(environment, databases::worker(environment, seed)?),
            Self::CoordinatorLost => failover::crash_leader(environment, 0),
            Self::WorkerFreeze => failover::freeze_leader(environment, databases::worker(environment, seed)?),
            Self::CoordinatorFreeze => failover::freeze_leader(environment, 0),
            Self::WorkerGroupLost => group_outages::lose(environment, databases::worker(environment, seed)?),
            Self::CoordinatorGroupLost => group_outages::lose(environment, 0),
            Self::WorkerGroupFreeze => group_outages::freeze(environment, databases::worker(environment, seed)?),
            Self::CoordinatorGroupFreeze => group_outages::freeze(environment, 0),
            Self::DiskFull => databases::fill_disk(environment, seed),
            Self::CutCommit => proxied_databases::cut(environment),
            Self::RegionCut => sites::cut(environment, seed),
            Self::PathBlocked => sites::block(environment),
            Self::EtcdMinority => control_plane::stop_etcd(environment, false),
            Self::EtcdMajority => control_plane::stop_etcd(environment, true),
            Self::HeadscaleLost => control_plane::stop_mesh_control(environment),
            Self::DnsLost => control_plane::crash_dns(environment),
            Self::EdgeLost => control_plane::crash_edge(environment),
            Self::Overload => traffic::overload(environment, seed),
            Self::Slowloris => traffic::attack(environment, AttackKind::Slow),
            Self::Flood => traffic::attack(environment, AttackKind::Flood),
            Self::BackendAdded => scaling::add_backend(environment),
            Self::BackendRemoved => scaling::remove_backend(environment),
            Self::WorkerAdded => scaling::add_worker(environment),
            Self::WorkerRemoved => scaling::remove_worker(environment),
        }
    }
}

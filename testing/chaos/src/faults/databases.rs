//! Faults of one database server.

use super::{
    failover::{PROMOTION_LIMIT, observe_leader},
    plan::{
        FaultPlan, blast_radius, no_other_restaurant_affected, nth, on_node, own_restaurants_get_retry_after,
        p99_of_others_unchanged,
    },
};
use crate::{
    expectation::{Expectation, Observations},
    impact::Impact,
};
use std::time::Duration;
use support::{Environment, Error};
use testbed::{Node, Signal};

const LEADER_AGAIN: &str = "leader again after";

/// A group that holds restaurants, other than the coordinator's.
pub(super) fn worker(environment: &Environment, seed: u64) -> Result<u16, Error> {
    let workers: Vec<_> = environment.groups().into_iter().filter(|group| *group > 0).collect();
    nth(workers, seed, "worker groups")
}

/// Kills the postmaster and its children; Patroni keeps running and restarts it.
pub(super) fn crash(environment: &Environment, seed: u64) -> Result<FaultPlan, Error> {
    let group = worker(environment, seed)?;
    let name = environment.require_leader(group)?.name.clone();
    let description = format!("PostgreSQL of {name}, the leader of group {group}, is killed and restarts");
    let inject = on_node(&name, |node| {
        let all = node.processes()?;
        let postgres = all.iter().filter(|one| one.name.starts_with("postgres")).map(|one| one.pid);
        testbed::process::signal(Signal::Kill, postgres)
    });
    Ok(FaultPlan {
        blast_radius: blast_radius(environment, group),
        observe: Some(observe_leader(group, None, LEADER_AGAIN)),
        evaluate: only_own_group_affected,
        ..FaultPlan::new(description, inject, Duration::from_secs(30))
    })
}

fn only_own_group_affected(impact: &Impact<'_>) -> Vec<Expectation> {
    let back = impact.observations.get(LEADER_AGAIN).copied().unwrap_or_default();
    let after = (impact.last_error() - back).max(0.0);
    vec![
        no_other_restaurant_affected(impact),
        p99_of_others_unchanged(impact),
        own_restaurants_get_retry_after(impact),
        Expectation::within("own restaurants: last error after its return", after, 5.0),
    ]
}

pub(super) fn fill_disk(environment: &Environment, seed: u64) -> Result<FaultPlan, Error> {
    let group = worker(environment, seed)?;
    let node = environment.require_leader(group)?;
    if !node.folder().join("disk").exists() {
        return Err(Error::failed("disks", "have no limit in this testbed; start it with small disks"));
    }
    let name = node.name.clone();
    let description = format!("the disk of {name}, the leader of group {group}, is full for 20 s");
    let heal = move |environment: &mut Environment| {
        // The group may have failed over.
        for node in environment.testbed.members(group) {
            node.free_disk()?;
        }
        Ok(Observations::new())
    };
    Ok(FaultPlan {
        blast_radius: blast_radius(environment, group),
        heal: Box::new(heal),
        evaluate: |impact| {
            let after = impact.last_error_after_healing();
            vec![
                no_other_restaurant_affected(impact),
                Expectation::within("own restaurants: last error after there is space", after, PROMOTION_LIMIT),
            ]
        },
        ..FaultPlan::new(description, on_node(&name, Node::fill_disk), Duration::from_secs(20))
    })
}

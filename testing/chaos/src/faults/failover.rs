//! Faults that make a database group fail over: its leader loses power or hangs.

use super::plan::{FaultPlan, Step, blast_radius, no_order_abandoned, no_other_restaurant_affected, on_node};
use crate::{
    expectation::{Expectation, Observations},
    impact::{BlastRadius, Impact},
};
use std::time::Duration;
use support::{Environment, Error, database_processes, wait};
use testbed::Node;

/// Seconds until another member leads.
pub(super) const PROMOTION_LIMIT: f64 = 30.0;
/// For the old leader to stream as a standby.
const RETURN_TIMEOUT: Duration = Duration::from_secs(90);
const OBSERVE_TIMEOUT: Duration = Duration::from_mins(1);
const PROMOTED: &str = "promoted after";
const STANDBY_AGAIN: &str = "streams as a standby after";

fn leader_name(environment: &Environment, group: u16) -> Result<String, Error> {
    if environment.testbed.members(group).count() < 3 {
        return Err(Error::failed(format!("group {group}"), "has no members to fail over to"));
    }
    Ok(environment.require_leader(group)?.name.clone())
}

/// The leader loses power until another one has led for a while.
pub(super) fn crash_leader(environment: &Environment, group: u16) -> Result<FaultPlan, Error> {
    let name = leader_name(environment, group)?;
    let old = name.clone();
    let heal = move |environment: &mut Environment| {
        environment.testbed.node(&old)?.boot()?;
        Ok(wait_for_standby(environment, group, &old))
    };
    Ok(FaultPlan {
        blast_radius: blast_radius(environment, group),
        observe: Some(observe_leader(group, Some(name.clone()), PROMOTED)),
        heal: Box::new(heal),
        evaluate: another_member_leads,
        ..FaultPlan::new(
            format!("{name}, the leader of group {group}, loses power"),
            on_node(&name, Node::crash),
            Duration::from_secs(50),
        )
    })
}

/// The leader's Patroni and PostgreSQL are stopped and resume when another member leads.
pub(super) fn freeze_leader(environment: &Environment, group: u16) -> Result<FaultPlan, Error> {
    let name = leader_name(environment, group)?;
    let old = name.clone();
    let heal = move |environment: &mut Environment| {
        database_processes::resume(environment.testbed.node(&old)?)?;
        Ok(wait_for_standby(environment, group, &old))
    };
    Ok(FaultPlan {
        blast_radius: blast_radius(environment, group),
        observe: Some(observe_leader(group, Some(name.clone()), PROMOTED)),
        heal: Box::new(heal),
        evaluate: another_member_leads,
        ..FaultPlan::new(
            format!("{name}, the leader of group {group}, is frozen for 40 s"),
            on_node(&name, database_processes::freeze),
            Duration::from_secs(40),
        )
    })
}

fn another_member_leads(impact: &Impact<'_>) -> Vec<Expectation> {
    let observed = |name| impact.observations.get(name).copied().unwrap_or(f64::INFINITY);
    let (promoted, returned) = (observed(PROMOTED), observed(STANDBY_AGAIN));
    let (reads, failed) = impact.reads();
    let mut expectations = vec![
        Expectation::within("another member leads", promoted, PROMOTION_LIMIT),
        Expectation::within("longest time without an acknowledged write", impact.write_gap(), PROMOTION_LIMIT),
        Expectation::new("the old leader returns as a standby", format!("after {returned:.1} s"), returned.is_finite()),
        no_order_abandoned(impact),
        // Replicas serve them; some fail before the loss is detected.
        Expectation::new(
            "95 % of menus and lists are served",
            format!("{failed} of {reads} failed"),
            failed * 20 <= reads,
        ),
    ];
    match impact.blast_radius {
        BlastRadius::All => {}
        BlastRadius::Group(_) => expectations.push(no_other_restaurant_affected(impact)),
        BlastRadius::Coordinator => expectations.extend([orders_go_on(impact), no_other_restaurant_affected(impact)]),
    }
    expectations
}

/// Observes under `name` how long it takes until the group has a leader other than a given one.
pub(super) fn observe_leader(group: u16, other_than: Option<String>, name: &'static str) -> Step {
    Box::new(move |environment| {
        let leads = || serving_leader(environment, group).is_some_and(|node| Some(&node.name) != other_than.as_ref());
        Ok(observation(name, wait::until(OBSERVE_TIMEOUT, leads)))
    })
}

fn wait_for_standby(environment: &Environment, group: u16, name: &str) -> Observations {
    let streams = || environment.cluster(group).iter().any(|one| one.name == name && one.state == "streaming");
    observation(STANDBY_AGAIN, wait::until(RETURN_TIMEOUT, streams))
}

/// Patroni reports a killed PostgreSQL as a leader for some seconds.
pub(super) fn serving_leader(environment: &Environment, group: u16) -> Option<&Node> {
    environment.leader(group).filter(|node| environment.accepts_connections(node))
}

/// Without the coordinator; on a host with few cores some seconds without a write are usual.
pub(super) fn orders_go_on(impact: &Impact<'_>) -> Expectation {
    Expectation::within("orders go on: longest time without an acknowledged write", impact.write_gap(), 8.0)
}

/// Empty without a value.
pub(super) fn observation(name: &str, value: Option<f64>) -> Observations {
    value.map(|value| (name.to_owned(), value)).into_iter().collect()
}

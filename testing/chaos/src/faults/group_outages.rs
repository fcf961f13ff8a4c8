//! Faults of a whole database group: all its members are lost or hang at the same time, so that none can take over.

use super::{
    failover::{observation, orders_go_on, serving_leader},
    plan::{
        FaultPlan, blast_radius, kinds, no_order_abandoned, no_other_restaurant_affected,
        own_restaurants_get_retry_after, p99_of_others_unchanged,
    },
};
use crate::{
    expectation::{Expectation, Observations},
    history::RequestKind,
    impact::{BlastRadius, Impact},
};
use agent::inventory::Role;
use std::time::Duration;
use support::{Environment, Error, database_processes, wait};
use testbed::{Node, TestbedError};

/// Longer than the lease of a leader; together with the election shorter than customers retry an order.
const OUTAGE: Duration = Duration::from_secs(30);
const ELECTION_TIMEOUT: Duration = Duration::from_secs(90);
/// Seconds from the return of the members.
const ELECTION_LIMIT: f64 = 45.0;
/// Seconds from the election.
const RECOVERY_LIMIT: f64 = 15.0;
const LEADER_AGAIN: &str = "the group leads again after";

/// Work on each member.
type OnMember = fn(&Node) -> Result<(), TestbedError>;

pub(super) fn lose(environment: &Environment, group: u16) -> Result<FaultPlan, Error> {
    plan(environment, group, "are lost", lose_member, return_member)
}

pub(super) fn freeze(environment: &Environment, group: u16) -> Result<FaultPlan, Error> {
    plan(environment, group, "are frozen", database_processes::freeze, database_processes::resume)
}

/// The machine loses power. Where it has other roles, such as etcd, only its database is killed.
fn lose_member(node: &Node) -> Result<(), TestbedError> {
    if node.roles == [Role::Database] { node.crash() } else { database_processes::kill(node) }
}

fn return_member(node: &Node) -> Result<(), TestbedError> {
    if node.is_up() { database_processes::start(node) } else { node.boot() }
}

fn plan(
    environment: &Environment,
    group: u16,
    what: &str,
    inject: OnMember,
    revert: OnMember,
) -> Result<FaultPlan, Error> {
    let blast_radius = blast_radius(environment, group);
    if blast_radius == BlastRadius::All {
        return Err(Error::failed("the coordinator", "holds restaurants in this testbed, which cannot do without it"));
    }
    let names: Vec<_> = environment.testbed.members(group).map(|node| node.name.clone()).collect();
    let description = format!("all members of group {group} ({}) {what} for {} s", names.join(", "), OUTAGE.as_secs());
    let members = names.clone();
    let heal = move |environment: &mut Environment| {
        on_all(environment, &names, revert)?;
        Ok(observation(LEADER_AGAIN, wait::until(ELECTION_TIMEOUT, || serving_leader(environment, group).is_some())))
    };
    let inject = move |environment: &mut Environment| {
        on_all(environment, &members, inject)?;
        Ok(Observations::new())
    };
    Ok(FaultPlan {
        blast_radius,
        heal: Box::new(heal),
        evaluate: only_this_group_is_affected,
        ..FaultPlan::new(description, Box::new(inject), OUTAGE)
    })
}

/// Continues after an error, which is returned.
fn on_all(environment: &Environment, names: &[String], work: OnMember) -> Result<(), Error> {
    let mut outcome = Ok(());
    for name in names {
        outcome = outcome.and(work(environment.testbed.node(name)?));
    }
    Ok(outcome?)
}

fn only_this_group_is_affected(impact: &Impact<'_>) -> Vec<Expectation> {
    let leader = impact.observations.get(LEADER_AGAIN).copied().unwrap_or(f64::INFINITY);
    let after = (impact.last_error_after_healing() - leader).max(0.0);
    let mut expectations = match impact.blast_radius {
        BlastRadius::Coordinator => vec![orders_go_on(impact), no_other_restaurant_affected(impact)],
        _ => vec![no_request_of_signed_in_others_failed(impact), own_restaurants_get_retry_after(impact)],
    };
    expectations.extend([
        p99_of_others_unchanged(impact),
        Expectation::within("the group has a leader again", leader, ELECTION_LIMIT),
        Expectation::within("last error after that", after, RECOVERY_LIMIT),
        no_order_abandoned(impact),
    ]);
    expectations
}

/// A sign-in needs the group of the account, which may be this one, and no replica of it is left.
fn no_request_of_signed_in_others_failed(impact: &Impact<'_>) -> Expectation {
    let counts = impact.others_by_kind();
    let others = counts.iter().filter(|(kind, _)| **kind != RequestKind::SignIn);
    let (requests, errors) = others.fold((0, 0), |sum, (_, count)| (sum.0 + count.0, sum.1 + count.1));
    Expectation::new(
        "other restaurants: 0 failed requests besides sign-ins",
        format!("{errors} of {requests} ({})", kinds(counts)),
        errors == 0,
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        history::{History, Outcome, RequestKind::Home},
        impact::tests::{ok, record, rejected},
    };
    use RequestKind::{Order, SignIn};
    use std::collections::BTreeMap;
    use support::Timestamp;

    /// Whether all expectations pass in an outage from second 10 to 40 with these requests, in addition to orders that are served.
    fn passes(blast_radius: BlastRadius, requests: &[(RequestKind, &str, Outcome)]) -> bool {
        let mut records: Vec<_> = (0..60_i64)
            .map(|second| record(Order, 100 + second.unsigned_abs(), "other", second, second, ok()))
            .collect();
        records.extend((0..).zip(requests).map(|(number, (kind, slug, result))| {
            let rejection = record(*kind, number, slug, 12, 13, result.clone());
            crate::history::Record { key: None, retry_after: Some(1), ..rejection }
        }));
        let history = History { records, ..History::default() };
        let groups = BTreeMap::from([("own".to_owned(), 1), ("other".to_owned(), 2)]);
        let (injected, healed) = (Timestamp(10_000_000), Timestamp(40_000_000));
        let observations = observation(LEADER_AGAIN, Some(5.0));
        let impact = Impact { history: &history, groups: &groups, blast_radius, injected, healed, observations };
        only_this_group_is_affected(&impact).iter().all(|expectation| expectation.passed)
    }

    #[test]
    fn without_the_coordinator_only_lists_and_searches_may_fail() {
        let passes = |kind, slug| passes(BlastRadius::Coordinator, &[(kind, slug, rejected())]);
        assert!(passes(Home, ""));
        assert!(!passes(Order, "own") && !passes(SignIn, "other"));
    }

    #[test]
    fn without_a_group_other_restaurants_lose_nothing_but_sign_ins() {
        let passes = |kind, slug| passes(BlastRadius::Group(1), &[(kind, slug, rejected())]);
        assert!(passes(Order, "own") && passes(SignIn, "other"));
        assert!(!passes(Order, "other"));
    }
}

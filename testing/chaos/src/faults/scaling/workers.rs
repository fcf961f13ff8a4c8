//! Adds a worker group and rebalances restaurants to it; drains and removes one.

use super::machines::{AGENT, Stopwatch, added, image};
use crate::{
    expectation::Expectation,
    faults::plan::{FaultPlan, no_order_abandoned_with_errors},
    impact::Impact,
};
use agent::{inventory::Role, templates::GROUP_PORTS};
use std::{fs, time::Duration};
use support::{Environment, Error};

/// Seconds until new machines are a group with a leader.
const LEADER_LIMIT: f64 = 60.0;

const LEADER: &str = "new group has a leader after";
const REACHED: &str = "every server reaches its leader after";
const UNLISTED: &str = "no server lists it after";
const MOVES: &str = "shard moves";
const MOVED: &str = "restaurants moved";
const UNAVAILABLE: &str = "unavailable restaurants";

/// One machine at each site that has a member of the coordinator's group.
pub(in crate::faults) fn add(environment: &Environment) -> Result<FaultPlan, Error> {
    let testbed = &environment.testbed;
    if !testbed.is_sharded() {
        return Err(Error::failed("the database", "is not sharded in this testbed"));
    }
    let group = testbed.inventory().groups().last().map_or(1, |last| last.saturating_add(1));
    let sites: Vec<_> = testbed.members(0).map(|node| node.site.clone()).collect();
    let plan = |site: &String| testbed.plan(&format!("{site}-db{group}"), site, Role::Database, Some(group));
    let machines = sites.iter().map(plan).collect::<Result<Vec<_>, _>>()?;
    let image = image(environment, Role::Database)?;
    let names: Vec<_> = machines.iter().map(|machine| machine.name.clone()).collect();
    let description =
        format!("new machines join as {}, group {group}, and shards are rebalanced to it", names.join(", "));
    let inject = move |environment: &mut Environment| {
        for machine in &machines {
            environment.testbed.add_bare_node(machine, &image)?;
        }
        let mut stopwatch = Stopwatch::start();
        for name in &names {
            environment.testbed.bootstrap(name)?;
        }
        for name in &names {
            environment.testbed.wait_until_joined(name)?;
        }
        stopwatch.lap("in the mesh after");
        stopwatch.wait(LEADER, || environment.leader(group).is_some())?;
        stopwatch.wait(REACHED, || every_server_reaches(environment, group))?;
        let printed = environment.operator()?.run(AGENT, &["rebalance"])?;
        stopwatch.lap("rebalanced after");
        stopwatch.count(MOVES, moves(&printed));
        observe_restaurants(environment, &mut stopwatch)?;
        Ok(stopwatch.observations())
    };
    Ok(FaultPlan {
        evaluate: |impact| {
            let seconds = |event| impact.observations.get(event).copied().unwrap_or(f64::INFINITY);
            let within = |event| Expectation::within(event, seconds(event), LEADER_LIMIT);
            [LEADER, REACHED].map(within).into_iter().chain(shards_moved(impact)).collect()
        },
        ..FaultPlan::new(description, Box::new(inject), Duration::from_secs(15))
    })
}

/// Removes the group that was added last.
pub(in crate::faults) fn remove(environment: &Environment) -> Result<FaultPlan, Error> {
    let group = added(environment, Role::Database).iter().filter_map(|node| node.group).max();
    let group = group.ok_or_else(|| Error::failed("added groups", "there are none in this testbed"))?;
    let inject = move |environment: &mut Environment| {
        let mut stopwatch = Stopwatch::start();
        let number = group.to_string();
        let printed = environment.operator()?.run(AGENT, &["drain", &number])?;
        stopwatch.lap("drained after");
        stopwatch.count(MOVES, moves(&printed));
        // The leader last, to avoid failovers.
        let leader = environment.require_leader(group)?.name.clone();
        let mut names: Vec<_> = environment.testbed.members(group).map(|node| node.name.clone()).collect();
        names.sort_by_key(|name| *name == leader);
        for name in names {
            environment.testbed.node(&name)?.run(AGENT, &["leave"])?;
            environment.testbed.remove_node(&name)?;
        }
        environment.operator()?.run(AGENT, &["forget", &number])?;
        stopwatch.lap("removed after");
        stopwatch.wait(UNLISTED, || !any_server_lists(environment, group))?;
        observe_restaurants(environment, &mut stopwatch)?;
        Ok(stopwatch.observations())
    };
    let description = format!("group {group} is drained and removed");
    let plan = FaultPlan::new(description, Box::new(inject), Duration::from_secs(15));
    Ok(FaultPlan { evaluate: shards_moved, ..plan })
}

/// Through HAProxy on the machine of each server.
fn every_server_reaches(environment: &Environment, group: u16) -> bool {
    let port = format!("--port={}", GROUP_PORTS + group);
    let bare: Vec<_> = environment.testbed.bare().collect();
    let mut servers = environment.testbed.with_role(Role::App).filter(|node| !bare.contains(&node.name.as_str()));
    servers.all(|node| node.run("pg_isready", &["--quiet", "--timeout=2", "--host=127.0.0.1", &port]).is_ok())
}

fn any_server_lists(environment: &Environment, group: u16) -> bool {
    let listener = format!("listen group-{group}\n");
    let files = environment.testbed.with_role(Role::App).map(|node| node.folder().join("toast/rendered/haproxy.cfg"));
    files.filter_map(|file| fs::read_to_string(file).ok()).any(|content| content.contains(&listener))
}

/// The agent prints a count first.
fn moves(printed: &str) -> f64 {
    printed.split_whitespace().next().and_then(|count| count.parse().ok()).unwrap_or_default()
}

/// Observes which restaurants moved, and how many are unavailable.
fn observe_restaurants(environment: &mut Environment, stopwatch: &mut Stopwatch) -> Result<(), Error> {
    let moved = environment.refresh_restaurant_groups()?;
    stopwatch.count(MOVED, to_f64(moved.len()));
    for (slug, group) in &moved {
        stopwatch.count(&format!("{slug} is now in group"), f64::from(*group));
    }
    let (client, domain) = (environment.client()?, &environment.testbed.inventory().domain);
    let ingress = environment.testbed.first(Role::Ingress)?;
    let ingress = ingress.public.ok_or_else(|| Error::failed(&ingress.name, "has no public address"))?;
    let is_available = |slug: &&str| {
        matches!(testbed::client::http_status(client, domain, ingress, &format!("/restaurants/{slug}")), Ok(200))
    };
    let unavailable = environment.restaurants().filter(|slug| !is_available(slug)).count();
    stopwatch.count(UNAVAILABLE, to_f64(unavailable));
    Ok(())
}

fn to_f64(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

/// Writes to a shard that is being moved may wait.
fn shards_moved(impact: &Impact<'_>) -> Vec<Expectation> {
    let observed = |name| impact.observations.get(name).copied();
    let (moves, restaurants) = (observed(MOVES).unwrap_or_default(), observed(MOVED).unwrap_or_default());
    let unavailable = observed(UNAVAILABLE).unwrap_or(f64::INFINITY);
    vec![
        Expectation::new("shards were moved", format!("{moves:.0} moves, {restaurants:.0} restaurants"), moves > 0.0),
        Expectation::new("every restaurant is available", format!("{unavailable:.0} are not"), unavailable < 1.0),
        no_order_abandoned_with_errors(impact),
    ]
}

//! Faults of etcd, Headscale, DNS and CDN edges.

use super::plan::{FaultPlan, nth, on_node};
use crate::expectation::Observations;
use agent::inventory::Role;
use std::time::Duration;
use support::{
    Environment, Error,
    agents::{kill_service, start_service},
};
use testbed::Node;

fn with_role(environment: &Environment, role: Role) -> Vec<String> {
    environment.testbed.with_role(role).map(|node| node.name.clone()).collect()
}

/// A minority of the members, or a majority. Leaders keep their role while all members of a group reach each other.
pub(super) fn stop_etcd(environment: &Environment, majority: bool) -> Result<FaultPlan, Error> {
    let all = with_role(environment, Role::Etcd);
    if all.len() < 3 {
        return Err(Error::failed("etcd", "this testbed has fewer than three members"));
    }
    let count = if majority { all.len() / 2 + 1 } else { 1 };
    let names: Vec<_> = all.into_iter().take(count).collect();
    let stopped = names.clone();
    let description = format!("etcd of {} is killed for 30 s", names.join(" and "));
    let inject = move |environment: &mut Environment| {
        for name in &names {
            kill_service(environment.testbed.node(name)?, "etcd")?;
        }
        Ok(Observations::new())
    };
    let heal = move |environment: &mut Environment| {
        for name in &stopped {
            start_service(environment.testbed.node(name)?, "etcd")?;
        }
        Ok(Observations::new())
    };
    let plan = FaultPlan::new(description, Box::new(inject), Duration::from_secs(30));
    Ok(FaultPlan { heal: Box::new(heal), ..plan })
}

pub(super) fn stop_mesh_control(environment: &Environment) -> Result<FaultPlan, Error> {
    let node = environment.testbed.first(Role::Control)?;
    // Only the service, where the node also runs a database.
    let alone = node.roles == [Role::Control];
    let name = node.name.clone();
    let what = if alone { format!("{name} loses power") } else { format!("Headscale of {name} is killed") };
    let inject = move |node: &Node| if alone { node.crash() } else { kill_service(node, "headscale") };
    let heal = move |node: &Node| if alone { node.boot() } else { start_service(node, "headscale") };
    let plan = FaultPlan::new(format!("{what} for 30 s"), on_node(&name, inject), Duration::from_secs(30));
    Ok(FaultPlan { heal: on_node(&name, heal), ..plan })
}

pub(super) fn crash_dns(environment: &Environment) -> Result<FaultPlan, Error> {
    let all = with_role(environment, Role::Dns);
    if all.len() < 2 {
        return Err(Error::failed("DNS servers", "this testbed has only one"));
    }
    let name = nth(all, 0, "DNS servers")?;
    Ok(crash_for(&name, &format!("{name}, the first DNS server,"), 30))
}

pub(super) fn crash_edge(environment: &Environment) -> Result<FaultPlan, Error> {
    let name = nth(with_role(environment, Role::Edge), 0, "CDN edges")?;
    Ok(crash_for(&name, &name, 20))
}

fn crash_for(name: &str, what: &str, seconds: u64) -> FaultPlan {
    let description = format!("{what} loses power for {seconds} s");
    let plan = FaultPlan::new(description, on_node(name, Node::crash), Duration::from_secs(seconds));
    FaultPlan { heal: on_node(name, Node::boot), ..plan }
}

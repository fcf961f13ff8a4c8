//! Faults of ingresses.

use super::plan::{FaultPlan, no_order_abandoned_with_errors, nth, on_node};
use crate::{
    expectation::{Expectation, Observations},
    impact::Impact,
};
use agent::inventory::Role;
use std::{thread::sleep, time::Duration};
use support::{Environment, Error};
use testbed::Node;

/// Seconds; more than the TTL of the DNS records.
const FAILOVER_LIMIT: f64 = 30.0;

fn names(environment: &Environment) -> Vec<String> {
    environment.testbed.with_role(Role::Ingress).map(|node| node.name.clone()).collect()
}

pub(super) fn reload(environment: &Environment) -> Result<FaultPlan, Error> {
    nth(names(environment), 0, "ingresses")?;
    let inject = |environment: &mut Environment| {
        for _ in 0..10 {
            for node in environment.testbed.with_role(Role::Ingress) {
                node.service("nginx").reload()?;
            }
            sleep(Duration::from_secs(1));
        }
        Ok(Observations::new())
    };
    let description = "every nginx reloads its configuration ten times".to_owned();
    Ok(FaultPlan::new(description, Box::new(inject), Duration::from_secs(5)))
}

pub(super) fn crash(environment: &Environment, seed: u64) -> Result<FaultPlan, Error> {
    let all = names(environment);
    if all.len() < 2 {
        return Err(Error::failed("ingresses", "this testbed has only one"));
    }
    let name = nth(all, seed, "ingresses")?;
    let plan = FaultPlan::new(format!("{name} loses power"), on_node(&name, Node::crash), Duration::from_secs(45));
    Ok(FaultPlan { heal: on_node(&name, Node::boot), evaluate: other_ingress_serves, ..plan })
}

fn other_ingress_serves(impact: &Impact<'_>) -> Vec<Expectation> {
    vec![
        Expectation::within("the other ingress serves all requests", impact.last_error(), FAILOVER_LIMIT),
        no_order_abandoned_with_errors(impact),
    ]
}

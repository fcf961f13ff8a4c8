//! Adds and removes a backend.

use super::machines::{AGENT, Stopwatch, added, image};
use crate::{
    expectation::Expectation,
    faults::plan::{FaultPlan, no_failed_requests, nth},
    impact::Impact,
};
use agent::inventory::Role;
use std::{fs, net::Ipv4Addr, time::Duration};
use support::{Environment, Error, health::is_ready};

/// Seconds until a new machine serves requests.
const SERVING_LIMIT: f64 = 60.0;
/// The inventories use lower numbers.
const FIRST: u8 = 9;

const READY: &str = "ready after";
const LISTED: &str = "upstream of an ingress after";
const SERVING: &str = "first request served after";

pub(in crate::faults) fn add(environment: &Environment) -> Result<FaultPlan, Error> {
    let site = environment.testbed.first(Role::App)?.site.clone();
    let names = (FIRST..=u8::MAX).map(|number| format!("{site}-app{number}"));
    let unused = names.filter(|name| environment.testbed.node(name).is_err()).take(1).collect();
    let name = nth(unused, 0, "names")?;
    let machine = environment.testbed.plan(&name, &site, Role::App, None)?;
    let image = image(environment, Role::App)?;
    let description = format!("a new machine joins as {name}, a backend that is not in the inventory");
    let inject = move |environment: &mut Environment| {
        environment.testbed.add_bare_node(&machine, &image)?;
        let mut stopwatch = Stopwatch::start();
        environment.testbed.bootstrap(&name)?;
        stopwatch.lap("bootstrap.sh ended after");
        environment.testbed.wait_until_joined(&name)?;
        stopwatch.lap("in the mesh after");
        let node = environment.testbed.node(&name)?;
        stopwatch.wait(READY, || is_ready(node))?;
        let address = node.mesh.ok_or_else(|| Error::failed(&name, "has no address in the mesh"))?;
        stopwatch.wait(LISTED, || is_upstream(environment, address))?;
        stopwatch.wait(SERVING, || has_served(environment, address))?;
        Ok(stopwatch.observations())
    };
    let plan = FaultPlan::new(description, Box::new(inject), Duration::from_secs(15));
    Ok(FaultPlan { evaluate: serves_requests, ..plan })
}

fn serves_requests(impact: &Impact<'_>) -> Vec<Expectation> {
    let mut expectations = no_failed_requests(impact);
    expectations.extend([READY, LISTED, SERVING].map(|event| {
        let seconds = impact.observations.get(event).copied().unwrap_or(f64::INFINITY);
        Expectation::within(event, seconds, SERVING_LIMIT)
    }));
    expectations
}

fn is_upstream(environment: &Environment, server: Ipv4Addr) -> bool {
    let text = format!("server {server}:3000 ");
    an_ingress_has(environment, "toast/rendered/nginx.conf", &text)
}

fn has_served(environment: &Environment, server: Ipv4Addr) -> bool {
    let text = format!(r#""upstream":"{server}:3000","upstream_status":"200""#);
    an_ingress_has(environment, "lib/nginx/access.log", &text)
}

fn an_ingress_has(environment: &Environment, file: &str, text: &str) -> bool {
    let files = environment.testbed.with_role(Role::Ingress).map(|node| node.folder().join(file));
    files.filter_map(|file| fs::read_to_string(file).ok()).any(|content| content.contains(text))
}

pub(in crate::faults) fn remove(environment: &Environment) -> Result<FaultPlan, Error> {
    let names = added(environment, Role::App).iter().map(|node| node.name.clone()).collect();
    let name = nth(names, 0, "added backends")?;
    let description = format!("{name} leaves and is removed");
    let inject = move |environment: &mut Environment| {
        let mut stopwatch = Stopwatch::start();
        environment.testbed.node(&name)?.run(AGENT, &["leave"])?;
        stopwatch.lap("left after");
        environment.testbed.remove_node(&name)?;
        Ok(stopwatch.observations())
    };
    Ok(FaultPlan::new(description, Box::new(inject), Duration::from_secs(15)))
}

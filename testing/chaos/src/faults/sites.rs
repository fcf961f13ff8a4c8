//! Network faults of regions.

use super::plan::{FaultPlan, no_order_abandoned, no_order_abandoned_with_errors, nth};
use crate::{
    expectation::{Expectation, Observations},
    impact::Impact,
};
use agent::inventory::{Role, SiteKind};
use std::{thread::sleep, time::Duration};
use support::{Environment, Error};

/// Seconds until all traffic uses the other region.
const SHIFT_LIMIT: f64 = 60.0;
/// For the mesh to detect a dead path and use its relay.
const RELAY_TIMEOUT: Duration = Duration::from_secs(15);
const RELAYED: &str = "relayed paths";
const TAILSCALE: &str = "/opt/toast/current/bin/tailscale";

/// At least two.
fn regions(environment: &Environment) -> Result<Vec<String>, Error> {
    let sites = environment.testbed.inventory().sites.iter();
    let regions: Vec<_> =
        sites.filter(|(_, site)| site.kind == SiteKind::Region).map(|(name, _)| name.clone()).collect();
    if regions.len() < 2 { Err(Error::failed("regions", "this testbed has only one")) } else { Ok(regions) }
}

/// The regions cannot reach each other; both reach the witness site with the relay.
pub(super) fn block(environment: &Environment) -> Result<FaultPlan, Error> {
    let regions = regions(environment)?;
    let (one, other) = (nth(regions.clone(), 0, "regions")?, nth(regions, 1, "regions")?);
    let healed = (one.clone(), other.clone());
    let description =
        format!("the direct path between regions {one} and {other} is blocked for 40 s; the relay is not");
    let inject = move |environment: &mut Environment| {
        environment.testbed.cut_pair(&one, &other)?;
        Ok(Observations::new())
    };
    let observe = |environment: &mut Environment| {
        sleep(RELAY_TIMEOUT);
        Ok(Observations::from([(RELAYED.to_owned(), relayed(environment))]))
    };
    let heal = move |environment: &mut Environment| {
        environment.testbed.heal_pair(&healed.0, &healed.1)?;
        Ok(Observations::new())
    };
    Ok(FaultPlan {
        observe: Some(Box::new(observe)),
        heal: Box::new(heal),
        evaluate: uses_relay,
        ..FaultPlan::new(description, Box::new(inject), Duration::from_secs(40))
    })
}

/// Some requests fail until the mesh has detected the dead path and TCP has retransmitted.
fn uses_relay(impact: &Impact<'_>) -> Vec<Expectation> {
    let paths = impact.observations.get(RELAYED).copied().unwrap_or_default();
    vec![
        Expectation::within("all requests succeed again", impact.last_error(), RELAY_TIMEOUT.as_secs_f64()),
        Expectation::new("the relay is used", format!("{paths:.0} paths"), paths > 0.0),
        no_order_abandoned_with_errors(impact),
    ]
}

/// Paths of servers' nodes over the relay.
fn relayed(environment: &Environment) -> f64 {
    let status = environment.testbed.with_role(Role::App).filter_map(|node| node.run(TAILSCALE, &["status"]).ok());
    status
        .map(|text| text.lines().filter(|line| line.contains("active; relay")).count())
        .fold(0.0, |all, count| all + f64::from(u32::try_from(count).unwrap_or(u32::MAX)))
}

pub(super) fn cut(environment: &Environment, seed: u64) -> Result<FaultPlan, Error> {
    let name = nth(regions(environment)?, seed, "regions")?;
    let healed = name.clone();
    let description = format!("region {name} is isolated from all others for 90 s");
    let inject = move |environment: &mut Environment| {
        environment.testbed.cut_site(&name)?;
        Ok(Observations::new())
    };
    let heal = move |environment: &mut Environment| {
        environment.testbed.heal_site(&healed)?;
        Ok(Observations::new())
    };
    Ok(FaultPlan {
        heal: Box::new(heal),
        evaluate: traffic_shifts,
        ..FaultPlan::new(description, Box::new(inject), Duration::from_secs(90))
    })
}

fn traffic_shifts(impact: &Impact<'_>) -> Vec<Expectation> {
    let lasted = impact.duration();
    let shifted = impact.last_error();
    let (requests, errors) = impact.requests();
    vec![
        Expectation::within("all traffic uses the other region", shifted, SHIFT_LIMIT),
        Expectation::within("longest time without an acknowledged write", impact.write_gap(), SHIFT_LIMIT),
        Expectation::new(
            "no request fails after the healing",
            format!("last error after {shifted:.1} s of {lasted:.1} s ({errors} of {requests} failed)"),
            shifted <= lasted,
        ),
        no_order_abandoned(impact),
    ]
}

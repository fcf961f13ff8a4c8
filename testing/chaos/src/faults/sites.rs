//! What happens to places.

use super::{Notes, Promise, Scene, none_given_up, none_given_up_though_some_failed, pick};
use crate::{
    failure::Failure,
    measured::{Hit, Measured},
    stage::Stage,
};
use agent::inventory::{Role, SiteKind};
use std::{thread::sleep, time::Duration};

/// Traffic has shifted within so many seconds.
const TO_SHIFT: f64 = 60.0;
/// The mesh has found the way round within so long.
const TO_FIND_THE_RELAY: Duration = Duration::from_secs(15);
const TAILSCALE: &str = "/opt/toast/current/bin/tailscale";

/// All regions, at least two.
fn regions(stage: &Stage) -> Result<Vec<String>, Failure> {
    let sites = stage.world.inventory().sites.iter();
    let regions: Vec<_> =
        sites.filter(|(_, site)| site.kind == SiteKind::Region).map(|(name, _)| name.clone()).collect();
    if regions.len() < 2 { Err(Failure::wrong("regions", "this world has only one")) } else { Ok(regions) }
}

/// The regions reach each other no more; both still reach the witness site, where the relay is.
pub(super) fn block(stage: &Stage) -> Result<Scene, Failure> {
    let regions = regions(stage)?;
    let (one, other) = (pick(regions.clone(), 0, "regions")?, pick(regions, 1, "regions")?);
    let healed = (one.clone(), other.clone());
    Ok(Scene {
        hit: Hit::Everybody,
        what: format!("the direct way between regions {one} and {other} is blocked for 40 s; the relay is not"),
        inject: Box::new(move |stage| {
            stage.world.cut_pair(&one, &other)?;
            Ok(Notes::new())
        }),
        watch: Some(Box::new(|stage| {
            sleep(TO_FIND_THE_RELAY);
            Ok(Notes::from([("ways over the relay".to_owned(), relayed(stage))]))
        })),
        hold: Duration::from_secs(40),
        heal: Box::new(move |stage| {
            stage.world.heal_pair(&healed.0, &healed.1)?;
            Ok(Notes::new())
        }),
        promises: goes_round,
    })
}

/// The mesh needs some seconds to find that a way is dead, and what was on it waits for TCP to send again; nobody promises
/// more than that it is over soon.
fn goes_round(measured: &Measured<'_>) -> Vec<Promise> {
    let ways = measured.watched.get("ways over the relay").copied().unwrap_or_default();
    vec![
        Promise::within("everybody is served again", measured.last_error(true), TO_FIND_THE_RELAY.as_secs_f64()),
        Promise::new("the relay is used", format!("{ways:.0} ways"), ways > 0.0),
        none_given_up_though_some_failed(measured),
    ]
}

/// Ways that go over the relay, as the servers' nodes see theirs.
fn relayed(stage: &Stage) -> f64 {
    let said = stage.world.with_role(Role::App).filter_map(|node| node.run(TAILSCALE, &["status"]).ok());
    said.map(|said| said.lines().filter(|line| line.contains("active; relay")).count())
        .fold(0.0, |all, count| all + f64::from(u32::try_from(count).unwrap_or(u32::MAX)))
}

pub(super) fn cut(stage: &Stage, seed: u64) -> Result<Scene, Failure> {
    let name = pick(regions(stage)?, seed, "regions")?;
    let healed = name.clone();
    Ok(Scene {
        hit: Hit::Everybody,
        what: format!("region {name} is cut off from everything for 90 s"),
        inject: Box::new(move |stage| {
            stage.world.cut_site(&name)?;
            Ok(Notes::new())
        }),
        watch: None,
        hold: Duration::from_secs(90),
        heal: Box::new(move |stage| {
            stage.world.heal_site(&healed)?;
            Ok(Notes::new())
        }),
        promises: shifted,
    })
}

fn shifted(measured: &Measured<'_>) -> Vec<Promise> {
    let lasted = measured.healed.since(measured.begun).as_secs_f64();
    let shifted = measured.last_error(true);
    let (requests, errors) = measured.requests();
    vec![
        Promise::within("traffic has shifted", shifted, TO_SHIFT),
        Promise::within("no acknowledged write for", measured.write_gap(), TO_SHIFT),
        Promise::new(
            "nobody notices the healing",
            format!("last error after {shifted:.1} s of {lasted:.1} s ({errors} of {requests} failed)"),
            shifted <= lasted,
        ),
        none_given_up(measured),
    ]
}

//! What happens to places.

use super::{Notes, Promise, Scene, pick};
use crate::{
    failure::Failure,
    measured::{Hit, Measured},
    stage::Stage,
};
use agent::inventory::SiteKind;
use std::time::Duration;

/// Traffic has shifted within so many seconds.
const TO_SHIFT: f64 = 60.0;

pub(super) fn cut(stage: &Stage, seed: u64) -> Result<Scene, Failure> {
    let sites = stage.world.inventory().sites.iter();
    let regions: Vec<_> =
        sites.filter(|(_, site)| site.kind == SiteKind::Region).map(|(name, _)| name.clone()).collect();
    if regions.len() < 2 {
        return Err(Failure::wrong("regions", "this world has only one"));
    }
    let name = pick(regions, seed, "regions")?;
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
        Promise::new("no order given up", measured.given_up().to_string(), measured.given_up() == 0),
    ]
}

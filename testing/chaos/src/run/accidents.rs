//! Accidents at random: two at a time at most, in places that do not make each other pointless.

use super::{BEFORE, Guests, Plan, TO_BE_WELL, check, groups};
use crate::{
    failure::Failure,
    faults::{Fault, Notes, Promise, Step},
    measured::{Hit, Measured},
    moment::Moment,
    report::FaultReport,
    stage::Stage,
};
use clap::ValueEnum;
use rand::{Rng, SeedableRng, rngs::StdRng, seq::IndexedRandom};
use std::{thread::sleep, time::Duration};

/// An accident that has not been taken back yet.
struct Accident {
    fault: Fault,
    until: Moment,
    heal: Step,
}

/// Which part of the world a fault takes away. Two in one part could take away all of it, which nobody promises to
/// survive; a region holds a part of every other.
const fn part(fault: Fault) -> u8 {
    match fault {
        Fault::BackendKill | Fault::BackendFreeze | Fault::ClockSkew => 1,
        Fault::NginxReload | Fault::IngressKill | Fault::DnsLost | Fault::EdgeLost => 2,
        Fault::EtcdMinority | Fault::EtcdMajority | Fault::HeadscaleLost => 3,
        Fault::RegionCut | Fault::PathBlocked => 0,
        _ => 4,
    }
}

const fn go_together(one: Fault, other: Fault) -> bool {
    let (one, other) = (part(one), part(other));
    // Without votes nobody can be promoted, so a lost leader stays lost.
    one != other && one != 0 && other != 0 && !(one == 3 && other == 4) && !(one == 4 && other == 3)
}

pub(super) fn play(stage: &mut Stage, plan: &Plan, tell: &mut dyn FnMut(&str)) -> Result<FaultReport, Failure> {
    let mut random = StdRng::seed_from_u64(plan.seed);
    let ill = stage.wait_until_well(TO_BE_WELL);
    let mut guests = Guests::come(stage, plan, "random")?;
    sleep(BEFORE);
    let begun = Moment::now();
    let end = begun.plus(Duration::from_secs(plan.random));
    let mut open: Vec<Accident> = Vec::new();
    let happened = happen(stage, &mut random, &mut open, (begun, end), tell);
    let healed = Moment::now();
    let mended = mend(stage, &mut open, true);
    let count = happened?;
    mended?;
    stage.world.heal()?;
    let still_ill = stage.wait_until_well(TO_BE_WELL);
    sleep(BEFORE);
    guests.leave()?;
    let (history, verdict) = check(stage, "random")?;
    let groups = groups(stage, &history);
    let watched = Notes::from([("accidents".to_owned(), count)]);
    let measured = Measured { history: &history, groups: &groups, hit: Hit::Everybody, begun, healed, watched };
    let promises = vec![
        Promise {
            wanted: "0 violations".to_owned(),
            measured: verdict.violations.len().to_string(),
            held: verdict.is_green(),
        },
        Promise {
            wanted: "well again".to_owned(),
            measured: still_ill.clone().unwrap_or_else(|| "yes".to_owned()),
            held: still_ill.is_none(),
        },
    ];
    let what = format!("{count:.0} accidents in {} s, up to two at a time", plan.random);
    let note = ill.map(|missing| format!("not well before: {missing}"));
    Ok(FaultReport::of("random", plan.seed, &what, &measured, &verdict, promises, note))
}

/// One after the other until time is up; answers how many. What has not been taken back by then, or when something
/// goes wrong, stays among the open ones.
fn happen(
    stage: &mut Stage,
    random: &mut StdRng,
    open: &mut Vec<Accident>,
    (begun, end): (Moment, Moment),
    tell: &mut dyn FnMut(&str),
) -> Result<f64, Failure> {
    let accidents: Vec<_> = Fault::value_variants().iter().copied().filter(|fault| fault.is_an_accident()).collect();
    let mut count = 0.0;
    while Moment::now() < end {
        mend(stage, open, false)?;
        let Some(fault) = accidents.choose(random).copied() else { break };
        let (seed, length) = (random.random(), random.random_range(0.3..1.0));
        let fits = open.len() < 2 && open.iter().all(|other| go_together(other.fault, fault));
        // Where a leader is being missed already there is none to take away.
        if fits && let Ok(scene) = fault.scene(stage, seed) {
            tell(&format!("    {:>4} s  {}", Moment::now().since(begun).as_secs(), scene.what));
            let injected = (scene.inject)(stage);
            open.push(Accident { fault, until: Moment::now().plus(scene.hold.mul_f64(length)), heal: scene.heal });
            injected?;
            count += 1.0;
        }
        sleep(Duration::from_secs(random.random_range(2..8)));
    }
    Ok(count)
}

/// Takes back what is due, or all; one that cannot be does not keep the others open.
fn mend(stage: &mut Stage, open: &mut Vec<Accident>, all: bool) -> Result<(), Failure> {
    let now = Moment::now();
    let (due, rest): (Vec<_>, Vec<_>) = open.drain(..).partition(|accident| all || accident.until <= now);
    *open = rest;
    let mut outcome = Ok(());
    for accident in due {
        outcome = outcome.and((accident.heal)(stage).map(drop));
    }
    outcome
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_takes_all_away_does_not_go_together() {
        assert!(!go_together(Fault::WorkerLost, Fault::WorkerFreeze));
        assert!(!go_together(Fault::EtcdMajority, Fault::WorkerLost));
        assert!(!go_together(Fault::WorkerLost, Fault::EtcdMinority));
        assert!(!go_together(Fault::RegionCut, Fault::BackendKill));
        assert!(go_together(Fault::BackendKill, Fault::WorkerLost));
        assert!(go_together(Fault::IngressKill, Fault::EtcdMinority));
    }
}

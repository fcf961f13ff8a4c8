//! Random faults: up to two at a time, in different subsystems.

use super::{
    BASELINE, RECOVERY_TIMEOUT, RunOptions,
    background_load::{BackgroundLoad, check, groups},
};
use crate::{
    expectation::{Expectation, Observations},
    faults::{Fault, Step},
    impact::{BlastRadius, Impact},
    report::FaultReport,
};
use clap::ValueEnum;
use rand::{Rng, SeedableRng, rngs::StdRng, seq::IndexedRandom};
use std::{thread::sleep, time::Duration};
use support::{Environment, Error, Timestamp};

struct ActiveFault {
    fault: Fault,
    until: Timestamp,
    heal: Step,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Subsystem {
    /// Contains parts of all others.
    Region,
    Backends,
    Edge,
    ControlPlane,
    Databases,
}

const fn subsystem(fault: Fault) -> Subsystem {
    match fault {
        Fault::BackendKill | Fault::BackendFreeze | Fault::ClockSkew => Subsystem::Backends,
        Fault::NginxReload | Fault::IngressKill | Fault::DnsLost | Fault::EdgeLost => Subsystem::Edge,
        Fault::EtcdMinority | Fault::EtcdMajority | Fault::HeadscaleLost => Subsystem::ControlPlane,
        Fault::RegionCut | Fault::PathBlocked => Subsystem::Region,
        _ => Subsystem::Databases,
    }
}

/// Two faults in one subsystem could remove all of it, and without etcd a lost database leader is not replaced: neither is
/// meant to be survived.
fn are_compatible(one: Fault, other: Fault) -> bool {
    use Subsystem::{ControlPlane, Databases, Region};
    let pair = [subsystem(one), subsystem(other)];
    pair[0] != pair[1] && !pair.contains(&Region) && !(pair.contains(&ControlPlane) && pair.contains(&Databases))
}

pub(super) fn run(
    environment: &mut Environment,
    options: &RunOptions,
    progress: &mut dyn FnMut(&str),
) -> Result<FaultReport, Error> {
    let mut random = StdRng::seed_from_u64(options.seed);
    let unhealthy = environment.wait_until_healthy(RECOVERY_TIMEOUT);
    let mut load = BackgroundLoad::start(environment, options, "random")?;
    sleep(BASELINE);
    let injected = Timestamp::now();
    let end = injected.plus(Duration::from_secs(options.random));
    let mut active: Vec<ActiveFault> = Vec::new();
    let injection = inject_until(environment, &mut random, &mut active, (injected, end), progress);
    let healed = Timestamp::now();
    let healing = heal(environment, &mut active, true);
    let count = injection?;
    healing?;
    environment.testbed.heal()?;
    let still_unhealthy = environment.wait_until_healthy(RECOVERY_TIMEOUT);
    sleep(BASELINE);
    load.stop()?;
    let (history, check_report) = check(environment, "random")?;
    let groups = groups(environment, &history);
    let observations = Observations::from([("faults".to_owned(), count)]);
    let blast_radius = BlastRadius::All;
    let impact = Impact { history: &history, groups: &groups, blast_radius, injected, healed, observations };
    let violations = check_report.violations.len();
    let recovered = still_unhealthy.clone().unwrap_or_else(|| "yes".to_owned());
    let expectations = vec![
        Expectation::new("0 violations", violations.to_string(), violations == 0),
        Expectation::new("the testbed recovers", recovered, still_unhealthy.is_none()),
    ];
    let description = format!("{count:.0} random faults in {} s, up to two at a time", options.random);
    let note = unhealthy.map(|missing| format!("unhealthy before: {missing}"));
    Ok(FaultReport::of("random", options.seed, &description, &impact, &check_report, expectations, note))
}

/// Injects faults until `end`; returns their number. Faults that are not healed by then, or at an error, stay in `active`.
fn inject_until(
    environment: &mut Environment,
    random: &mut StdRng,
    active: &mut Vec<ActiveFault>,
    (started, end): (Timestamp, Timestamp),
    progress: &mut dyn FnMut(&str),
) -> Result<f64, Error> {
    let faults: Vec<_> = Fault::value_variants().iter().copied().filter(|fault| fault.can_be_random()).collect();
    let mut count = 0.0;
    while Timestamp::now() < end {
        heal(environment, active, false)?;
        let Some(fault) = faults.choose(random).copied() else { break };
        let (seed, length) = (random.random(), random.random_range(0.3..1.0));
        let fits = active.len() < 2 && active.iter().all(|other| are_compatible(other.fault, fault));
        // A plan fails while a leader is missing.
        if fits && let Ok(plan) = fault.plan(environment, seed) {
            progress(&format!("    {:>4} s  {}", Timestamp::now().since(started).as_secs(), plan.description));
            let injected = (plan.inject)(environment);
            let until = Timestamp::now().plus(plan.hold.mul_f64(length));
            active.push(ActiveFault { fault, until, heal: plan.heal });
            injected?;
            count += 1.0;
        }
        sleep(Duration::from_secs(random.random_range(2..8)));
    }
    Ok(count)
}

/// Heals faults whose time has passed, or all; continues after an error.
fn heal(environment: &mut Environment, active: &mut Vec<ActiveFault>, all: bool) -> Result<(), Error> {
    let now = Timestamp::now();
    let (due, rest): (Vec<_>, Vec<_>) = active.drain(..).partition(|fault| all || fault.until <= now);
    *active = rest;
    let mut outcome = Ok(());
    for fault in due {
        outcome = outcome.and((fault.heal)(environment).map(drop));
    }
    outcome
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_that_could_remove_a_whole_subsystem_are_incompatible() {
        assert!(!are_compatible(Fault::WorkerLost, Fault::WorkerFreeze));
        assert!(!are_compatible(Fault::EtcdMajority, Fault::WorkerLost));
        assert!(!are_compatible(Fault::WorkerLost, Fault::EtcdMinority));
        assert!(!are_compatible(Fault::RegionCut, Fault::BackendKill));
        assert!(are_compatible(Fault::BackendKill, Fault::WorkerLost));
        assert!(are_compatible(Fault::IngressKill, Fault::EtcdMinority));
    }
}

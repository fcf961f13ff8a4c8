//! One fault, with load before, during and after it.

use super::{
    BASELINE, RECOVERY_TIMEOUT, RunOptions,
    background_load::{BackgroundLoad, check, groups},
};
use crate::{
    expectation::{Expectation, Observations},
    faults::{FaultPlan, Step},
    impact::Impact,
    load::command_line::extra_load_name,
    report::FaultReport,
};
use std::{fs, thread::sleep, time::Duration};
use support::{Environment, Error, Timestamp};

/// Load after the healing.
const AFTER: Duration = Duration::from_secs(12);
/// Longer than a statement's timeout: all statements of the load have ended.
const SETTLE_TIME: Duration = Duration::from_secs(6);

pub(super) fn run(
    environment: &mut Environment,
    options: &RunOptions,
    name: &str,
    plan: FaultPlan,
) -> Result<FaultReport, Error> {
    let unhealthy = environment.wait_until_healthy(RECOVERY_TIMEOUT);
    let extra_load = extra_load_name(name);
    let extra_history = environment.file(&format!("{extra_load}.jsonl"));
    let _ = fs::remove_file(&extra_history);
    let mut load = BackgroundLoad::start(environment, options, name)?;
    sleep(BASELINE);
    let injected = Timestamp::now();
    let injection = inject(environment, plan.inject, plan.observe, plan.hold);
    let healed = Timestamp::now();
    // Also after a failed injection, which may be incomplete.
    let healing = (plan.heal)(environment);
    let mut observations = injection?;
    sleep(AFTER);
    load.stop()?;
    observations.extend(healing?);
    let still_unhealthy = environment.wait_until_healthy(RECOVERY_TIMEOUT);
    sleep(SETTLE_TIME);
    let (history, mut check_report) = check(environment, name)?;
    if extra_history.exists() {
        check_report.merge(check(environment, &extra_load)?.1);
    }
    let groups = groups(environment, &history);
    let blast_radius = plan.blast_radius;
    let impact = Impact { history: &history, groups: &groups, blast_radius, injected, healed, observations };
    let mut expectations = (plan.evaluate)(&impact);
    expectations.extend(still_unhealthy.map(|missing| {
        let measured = format!("unhealthy after {} s: {missing}", RECOVERY_TIMEOUT.as_secs());
        Expectation::new("the testbed recovers", measured, false)
    }));
    let note = unhealthy.map(|missing| format!("unhealthy before: {missing}"));
    Ok(FaultReport::of(name, options.seed, &plan.description, &impact, &check_report, expectations, note))
}

/// Returns when the fault is to be healed.
fn inject(
    environment: &mut Environment,
    inject: Step,
    observe: Option<Step>,
    hold: Duration,
) -> Result<Observations, Error> {
    let mut observations = inject(environment)?;
    let injected = Timestamp::now();
    if let Some(observe) = observe {
        observations.extend(observe(environment)?);
    }
    sleep(injected.plus(hold).since(Timestamp::now()));
    Ok(observations)
}

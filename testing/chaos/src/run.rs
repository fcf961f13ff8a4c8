//! A run: each fault is injected under load, and the database is checked after each.

mod background_load;
mod random_faults;
mod single_fault;

use crate::{
    faults::Fault,
    report::{FaultReport, Report},
};
use std::{path::PathBuf, time::Duration};
use support::{Environment, Error};

#[derive(Debug, Clone)]
pub struct RunOptions {
    /// Of all random choices.
    pub seed: u64,
    /// One after the other.
    pub faults: Vec<Fault>,
    /// Seconds of random faults after them.
    pub random: u64,
    /// Operations per second.
    pub rate: f64,
    /// For files of the run.
    pub folder: PathBuf,
    /// The release that an upgrade installs.
    pub bundle: PathBuf,
}

/// Load without a fault, as the baseline of latencies.
const BASELINE: Duration = Duration::from_secs(10);
/// For the testbed to become healthy.
const RECOVERY_TIMEOUT: Duration = Duration::from_secs(150);

impl RunOptions {
    /// Another seed for each fault: the same one would repeat idempotency keys for other orders.
    fn for_fault(&self, position: usize) -> Self {
        let position = u64::try_from(position).unwrap_or_default();
        Self { seed: self.seed.wrapping_mul(1_000).wrapping_add(position), ..self.clone() }
    }
}

/// `progress` gets lines for the console.
pub fn run(options: &RunOptions, report: &mut Report, progress: &mut dyn FnMut(&str)) -> Result<(), Error> {
    let mut environment = Environment::open(options.folder.clone(), options.bundle.clone())?;
    report.profile.clone_from(&environment.testbed.inventory().profile);
    report.sharded = environment.testbed.is_sharded();
    let outcome = run_all(&mut environment, options, report, progress);
    outcome.map_err(|error| match environment.testbed.heal() {
        Ok(()) => error,
        Err(heal_error) => Error::failed(error, format!("and the testbed could not be healed: {heal_error}")),
    })
}

fn run_all(
    environment: &mut Environment,
    options: &RunOptions,
    report: &mut Report,
    progress: &mut dyn FnMut(&str),
) -> Result<(), Error> {
    for (position, fault) in options.faults.iter().enumerate() {
        let options = &options.for_fault(position);
        let line = match fault.plan(environment, options.seed) {
            Ok(plan) => {
                progress(&format!("… {}: {}", fault.name(), plan.description));
                let description = plan.description.clone();
                let outcome = single_fault::run(environment, options, &fault.name(), plan);
                let done = or_unfinished(environment, outcome, options, &fault.name(), &description)?;
                let line = done.summary();
                report.faults.push(done);
                line
            }
            Err(why) => {
                report.faults.push(FaultReport::skipped(&fault.name(), options.seed, &why.to_string()));
                format!("– {}: skipped, {why}", fault.name())
            }
        };
        progress(&line);
    }
    if options.random > 0 {
        let description = format!("random faults for {} s", options.random);
        progress(&format!("… random: {description}"));
        let outcome = random_faults::run(environment, options, progress);
        let done = or_unfinished(environment, outcome, options, "random", &description)?;
        progress(&done.summary());
        report.faults.push(done);
    }
    Ok(())
}

/// After an error the testbed is healed, and the run continues with the next fault.
fn or_unfinished(
    environment: &Environment,
    outcome: Result<FaultReport, Error>,
    options: &RunOptions,
    name: &str,
    description: &str,
) -> Result<FaultReport, Error> {
    outcome.or_else(|error| {
        environment.testbed.heal()?;
        Ok(FaultReport::unfinished(name, options.seed, description, &error))
    })
}

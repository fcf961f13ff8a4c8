//! The command line that starts the load generator on a node.

use std::net::Ipv4Addr;
use support::{Environment, Error, options};

/// Names the history of load that a fault adds to the regular one.
pub fn extra_load_name(fault: &str) -> String {
    format!("{fault}-extra")
}

pub fn arguments(
    environment: &Environment,
    history: &str,
    seconds: u64,
    rate: f64,
    seed: u64,
    sources: &[Ipv4Addr],
) -> Result<Vec<String>, Error> {
    let sources: Vec<_> = sources.iter().map(ToString::to_string).collect();
    let mut arguments = vec!["load".to_owned()];
    arguments.extend(environment.customer_options()?);
    arguments.extend(options([
        ("--history", environment.file(history).display().to_string()),
        ("--seconds", seconds.to_string()),
        ("--rate", rate.to_string()),
        ("--seed", seed.to_string()),
        ("--sources", sources.join(",")),
    ]));
    Ok(arguments)
}

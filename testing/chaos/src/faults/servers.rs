//! Faults of backend servers.

use super::plan::{FaultPlan, Step, nth, on_node};
use crate::expectation::Observations;
use agent::inventory::Role;
use std::{fs, path::Path, time::Duration};
use support::{Environment, Error, Timestamp, health::wait_until_ready};
use testbed::Node;

/// Gives one program another clock.
const FAKETIME: &str = "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1";
const START_TIMEOUT: Duration = Duration::from_secs(40);
/// Additions to the server's unit, in its node.
const DROP_IN: &str = "/etc/systemd/system/toast-server.service.d";

fn names(environment: &Environment) -> Vec<String> {
    environment.testbed.with_role(Role::App).map(|node| node.name.clone()).collect()
}

/// One of at least two.
fn one(environment: &Environment, seed: u64) -> Result<String, Error> {
    let names = names(environment);
    if names.len() < 2 {
        Err(Error::failed("backends", "this testbed has only one"))
    } else {
        nth(names, seed, "backends")
    }
}

pub(super) fn kill(environment: &Environment, seed: u64) -> Result<FaultPlan, Error> {
    let name = one(environment, seed)?;
    let inject = on_node(&name, |node| node.service("server").kill());
    Ok(FaultPlan::new(format!("the server of {name} is killed"), inject, Duration::from_secs(12)))
}

pub(super) fn freeze(environment: &Environment, seed: u64) -> Result<FaultPlan, Error> {
    let name = one(environment, seed)?;
    let inject = on_node(&name, |node| node.service("server").freeze());
    let plan = FaultPlan::new(format!("the server of {name} is frozen for 30 s"), inject, Duration::from_secs(30));
    Ok(FaultPlan { heal: on_node(&name, |node| node.service("server").thaw()), ..plan })
}

pub(super) fn restart_all(environment: &Environment) -> Result<FaultPlan, Error> {
    one(environment, 0)?;
    let inject: Step = Box::new(|environment| one_by_one(environment, |node| Ok(node.service("server").restart()?)));
    Ok(FaultPlan::new("all servers restart one by one".to_owned(), inject, Duration::from_secs(5)))
}

pub(super) fn upgrade_all(environment: &Environment) -> Result<FaultPlan, Error> {
    one(environment, 0)?;
    if !environment.bundle.join("bin/toast").exists() {
        return Err(Error::failed(environment.bundle.display(), "contains no release"));
    }
    let inject: Step = Box::new(|environment| {
        let release = environment.testbed.stage(&environment.bundle)?;
        one_by_one(environment, |node| {
            node.use_release(&release)?;
            node.service("server").restart()?;
            wait_until_ready(node, START_TIMEOUT)?;
            require_release(node, &release)
        })
    });
    Ok(FaultPlan::new("all servers are upgraded one by one".to_owned(), inject, Duration::from_secs(5)))
}

fn require_release(node: &Node, release: &str) -> Result<(), Error> {
    let link = format!("/proc/{}/exe", node.service("server").pid()?);
    let program = fs::read_link(&link).map_err(Error::io(&link))?;
    let is_new = program.components().any(|part| part.as_os_str() == release);
    if is_new { Ok(()) } else { Err(Error::failed(&node.name, format!("still runs {}", program.display()))) }
}

fn one_by_one(environment: &Environment, work: impl Fn(&Node) -> Result<(), Error>) -> Result<Observations, Error> {
    let started = Timestamp::now();
    for node in environment.testbed.with_role(Role::App) {
        work(node)?;
        wait_until_ready(node, START_TIMEOUT)?;
        // Load balancers probe once a second.
        std::thread::sleep(Duration::from_secs(2));
    }
    let seconds = Timestamp::now().since(started).as_secs_f64();
    Ok(Observations::from([("seconds for all".to_owned(), seconds)]))
}

pub(super) fn skew_clocks(environment: &Environment, seed: u64) -> Result<FaultPlan, Error> {
    if !Path::new(FAKETIME).exists() {
        return Err(Error::failed("libfaketime", "is not installed"));
    }
    let (fast, slow) = (one(environment, seed)?, one(environment, seed.wrapping_add(1))?);
    let description = format!("the clock of {fast} is 5 min fast, that of {slow} 5 min slow");
    let inject = both(set_clock(&fast, "+300s"), set_clock(&slow, "-300s"));
    let plan = FaultPlan::new(description, inject, Duration::from_secs(30));
    Ok(FaultPlan { heal: both(reset_clock(&fast), reset_clock(&slow)), ..plan })
}

fn both(first: Step, second: Step) -> Step {
    Box::new(move |environment| {
        let mut observations = first(environment)?;
        observations.extend(second(environment)?);
        Ok(observations)
    })
}

/// Starts the server with another clock, by a drop-in of its unit.
fn set_clock(name: &str, offset: &str) -> Step {
    let variables = format!("LD_PRELOAD={FAKETIME} FAKETIME={offset} FAKETIME_DONT_FAKE_MONOTONIC=1");
    let write = format!("mkdir -p {DROP_IN}; printf '[Service]\\nEnvironment={variables}\\n' >{DROP_IN}/clock.conf");
    let (name, expected) = (name.to_owned(), format!("FAKETIME={offset}"));
    Box::new(move |environment| {
        restart_after(environment, &name, &write)?;
        // With a correct clock every expectation would pass.
        let file = format!("/proc/{}/environ", environment.testbed.node(&name)?.service("server").pid()?);
        let variables = fs::read_to_string(&file).map_err(Error::io(&file))?;
        if variables.split('\0').any(|variable| variable == expected) {
            Ok(Observations::new())
        } else {
            Err(Error::failed(&name, "started its server with the correct clock"))
        }
    })
}

fn reset_clock(name: &str) -> Step {
    let name = name.to_owned();
    Box::new(move |environment| {
        restart_after(environment, &name, &format!("rm -rf {DROP_IN}/clock.conf"))?;
        Ok(Observations::new())
    })
}

/// Runs a shell command on a node that changes the server's unit, and restarts the server.
fn restart_after(environment: &Environment, name: &str, command: &str) -> Result<(), Error> {
    let node = environment.testbed.node(name)?;
    node.run("sh", &["-euc", &format!("{command}; systemctl daemon-reload")])?;
    node.service("server").restart()?;
    wait_until_ready(node, START_TIMEOUT)?;
    Ok(())
}

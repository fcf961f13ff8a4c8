//! Faults caused by clients: overload and abusive connections.

use super::plan::{FaultPlan, no_order_abandoned};
use crate::{
    expectation::{Expectation, Observations},
    impact::Impact,
    load::{self, abusive_client::AttackKind, command_line},
};
use agent::inventory::Role;
use std::{cell::RefCell, process::Child, rc::Rc, time::Duration};
use support::{Environment, Error};

const OVERLOAD_FACTOR: f64 = 10.0;

pub(super) fn overload(environment: &Environment, seed: u64) -> Result<FaultPlan, Error> {
    environment.client()?;
    let inject = move |environment: &mut Environment| {
        // Rate limits are per address: the regular customers have others.
        let sources = environment.extra_client_addresses();
        let name = command_line::extra_load_name("overload");
        let (history, rate) = (format!("{name}.jsonl"), load::DEFAULT_RATE * OVERLOAD_FACTOR);
        // The regular load uses `seed` itself.
        let arguments = command_line::arguments(environment, &history, 60, rate, !seed, &sources)?;
        let mut extra = environment.start_on(environment.client()?, &arguments, &format!("{name}.log"))?;
        let ended = extra.wait().map_err(Error::io("the extra load"))?;
        if ended.success() { Ok(Observations::new()) } else { Err(Error::failed("the extra load", ended)) }
    };
    let description = "ten times the traffic for a minute, from four addresses".to_owned();
    let plan = FaultPlan::new(description, Box::new(inject), Duration::from_secs(1));
    Ok(FaultPlan { evaluate: others_are_served, ..plan })
}

pub(super) fn attack(environment: &Environment, kind: AttackKind) -> Result<FaultPlan, Error> {
    let ingress = environment.testbed.first(Role::Ingress)?;
    let target = ingress.public.ok_or_else(|| Error::failed(&ingress.name, "has no public address"))?;
    let source = environment.extra_client_addresses().first().copied();
    let source = source.ok_or_else(|| Error::failed("clients", "have no addresses"))?;
    let (kind, connections, what) = match kind {
        AttackKind::Slow => ("slow", "300", "300 connections that send a byte per second"),
        AttackKind::Flood => ("flood", "4000", "4000 connections as fast as they can be opened"),
    };
    let description = format!("{what}, from one address to {}", ingress.name);
    let running: Rc<RefCell<Option<Child>>> = Rc::default();
    let ending = running.clone();
    let inject = move |environment: &mut Environment| {
        let arguments = ["attack", "--kind", kind, "--connections", connections, "--seconds", "30"];
        let mut arguments: Vec<_> = arguments.into_iter().map(str::to_owned).collect();
        arguments.extend([format!("--target={target}"), format!("--source={source}")]);
        let child = environment.start_on(environment.client()?, &arguments, &format!("attack-{kind}.log"))?;
        running.replace(Some(child));
        Ok(Observations::new())
    };
    let heal = move |_: &mut Environment| {
        if let Some(mut child) = ending.take() {
            let _ = child.wait();
        }
        Ok(Observations::new())
    };
    let plan = FaultPlan::new(description, Box::new(inject), Duration::from_secs(30));
    Ok(FaultPlan { heal: Box::new(heal), evaluate: others_are_served, ..plan })
}

fn others_are_served(impact: &Impact<'_>) -> Vec<Expectation> {
    let (requests, errors) = impact.requests();
    let after = impact.last_error_after_healing();
    vec![
        Expectation::new(
            "99 % of other customers' requests succeed",
            format!("{errors} of {requests} failed"),
            errors * 100 <= requests,
        ),
        Expectation::within("last error after its end", after, 30.0),
        no_order_abandoned(impact),
    ]
}

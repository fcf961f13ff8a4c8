//! What comes in from outside: too many guests, and somebody who means ill.

use super::{Fault, Notes, Promise, Scene, none_given_up};
use crate::{
    failure::Failure,
    measured::{Hit, Measured},
    run,
    stage::Stage,
};
use agent::inventory::Role;
use std::{
    process::Child,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

/// The usual guests ask so often a second; ten times that is too much.
const TOO_MUCH: f64 = 10.0;

/// Somebody who means ill.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Nuisance {
    /// Opens connections and hardly says anything.
    Slow,
    /// Opens as many connections as it can.
    Flood,
}

/// Kept from the beginning of the fault to its end.
type Running = Arc<Mutex<Option<Child>>>;

pub(super) fn overload(stage: &Stage, seed: u64) -> Result<Scene, Failure> {
    stage.client()?;
    Ok(Scene {
        hit: Hit::Everybody,
        what: "ten times the traffic for a minute, from a few addresses".to_owned(),
        inject: Box::new(move |stage| {
            // The limits are by address, and the usual guests have others.
            let sources: Vec<_> = stage.other_guests().iter().map(ToString::to_string).collect();
            let crowd = run::crowd_of(&Fault::Overload.word());
            let (history, rate) = (format!("{crowd}.jsonl"), run::USUAL_RATE * TOO_MUCH);
            // The usual guests' wishes follow from the seed itself.
            let arguments = run::driving(stage, &history, 60, rate, !seed, &sources.join(","))?;
            let mut driver = stage.start_inside(stage.client()?, &arguments, &format!("{crowd}.log"))?;
            let ended = driver.wait().map_err(Failure::system("the crowd"))?;
            if ended.success() { Ok(Notes::new()) } else { Err(Failure::wrong("the crowd", ended)) }
        }),
        watch: None,
        hold: Duration::from_secs(1),
        heal: super::nothing(),
        promises: others_are_served,
    })
}

pub(super) fn nuisance(stage: &Stage, kind: Nuisance) -> Result<Scene, Failure> {
    let ingress = stage.world.first(Role::Ingress)?;
    let address = ingress.public.ok_or_else(|| Failure::wrong(&ingress.name, "has no public address"))?;
    let source = stage.other_guests().first().copied().ok_or_else(|| Failure::wrong("guests", "have no addresses"))?;
    let (kind, connections, what) = match kind {
        Nuisance::Slow => ("slow", "300", "300 connections that say a byte a second"),
        Nuisance::Flood => ("flood", "4000", "4000 connections as fast as they can be opened"),
    };
    let running = Running::default();
    let ending = running.clone();
    Ok(Scene {
        hit: Hit::Everybody,
        what: format!("{what}, from one address to {}", ingress.name),
        inject: Box::new(move |stage| {
            let words = ["nuisance", "--kind", kind, "--connections", connections, "--seconds", "30"];
            let mut words: Vec<_> = words.into_iter().map(str::to_owned).collect();
            words.extend([format!("--to={address}"), format!("--from={source}")]);
            let child = stage.start_inside(stage.client()?, &words, &format!("nuisance-{kind}.log"))?;
            *running.lock().unwrap_or_else(PoisonError::into_inner) = Some(child);
            Ok(Notes::new())
        }),
        watch: None,
        hold: Duration::from_secs(30),
        heal: Box::new(move |_| {
            if let Some(mut child) = ending.lock().unwrap_or_else(PoisonError::into_inner).take() {
                let _ = child.wait();
            }
            Ok(Notes::new())
        }),
        promises: others_are_served,
    })
}

fn others_are_served(measured: &Measured<'_>) -> Vec<Promise> {
    let (requests, errors) = measured.requests();
    let after = (measured.last_error(true) - measured.healed.since(measured.begun).as_secs_f64()).max(0.0);
    vec![
        Promise::new("others are served", format!("{errors} of {requests} failed"), errors * 100 <= requests),
        Promise::within("recovered by itself", after, 30.0),
        none_given_up(measured),
    ]
}

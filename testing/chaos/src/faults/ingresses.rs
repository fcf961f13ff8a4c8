//! What happens to ingresses.

use super::{Notes, Promise, Scene, nobody_noticed, none_given_up_though_some_failed, nothing, on_node, pick};
use crate::{
    failure::Failure,
    measured::{Hit, Measured},
    stage::Stage,
};
use agent::inventory::Role;
use std::{thread::sleep, time::Duration};

/// Longer than the name's answers may be kept.
const TTL: f64 = 30.0;

fn ingresses(stage: &Stage) -> Vec<String> {
    stage.world.with_role(Role::Ingress).map(|node| node.name.clone()).collect()
}

pub(super) fn reload(stage: &Stage) -> Result<Scene, Failure> {
    pick(ingresses(stage), 0, "ingresses")?;
    Ok(Scene {
        hit: Hit::Everybody,
        what: "every nginx reads its configuration again, ten times".to_owned(),
        inject: Box::new(|stage| {
            for _ in 0..10 {
                for node in stage.world.with_role(Role::Ingress) {
                    node.service("nginx").reload()?;
                }
                sleep(Duration::from_secs(1));
            }
            Ok(Notes::new())
        }),
        watch: None,
        hold: Duration::from_secs(5),
        heal: nothing(),
        promises: nobody_noticed,
    })
}

pub(super) fn lose(stage: &Stage, seed: u64) -> Result<Scene, Failure> {
    let all = ingresses(stage);
    if all.len() < 2 {
        return Err(Failure::wrong("ingresses", "this world has only one"));
    }
    let name = pick(all, seed, "ingresses")?;
    Ok(Scene {
        hit: Hit::Everybody,
        what: format!("{name} loses its power"),
        inject: on_node(&name, testbed::Node::crash),
        watch: None,
        hold: Duration::from_secs(45),
        heal: on_node(&name, testbed::Node::boot),
        promises: other_answers,
    })
}

fn other_answers(measured: &Measured<'_>) -> Vec<Promise> {
    vec![
        Promise::within("the other answers everybody", measured.last_error(true), TTL),
        none_given_up_though_some_failed(measured),
    ]
}

//! What happens to those that decide, name and connect, and that guests never speak to.

use super::{Notes, Scene, nobody_noticed, on_node, pick};
use crate::{failure::Failure, measured::Hit, stage::Stage};
use agent::inventory::Role;
use std::time::Duration;

fn with_role(stage: &Stage, role: Role) -> Vec<String> {
    stage.world.with_role(role).map(|node| node.name.clone()).collect()
}

/// Fewer than half of the votes, or most of them.
pub(super) fn stop_etcd(stage: &Stage, most: bool) -> Result<Scene, Failure> {
    let all = with_role(stage, Role::Etcd);
    if all.len() < 3 {
        return Err(Failure::wrong("etcd", "this world has fewer than three"));
    }
    let count = if most { all.len() / 2 + 1 } else { 1 };
    let names: Vec<_> = all.into_iter().take(count).collect();
    let stopped = names.clone();
    Ok(Scene {
        hit: Hit::Everybody,
        what: format!("etcd of {} is killed for 30 s", names.join(" and ")),
        inject: Box::new(move |stage| {
            for name in &names {
                stage.world.node(name)?.service("etcd").kill_without_restart()?;
            }
            Ok(Notes::new())
        }),
        watch: None,
        hold: Duration::from_secs(30),
        heal: Box::new(move |stage| {
            for name in &stopped {
                stage.world.node(name)?.service("etcd").start()?;
            }
            Ok(Notes::new())
        }),
        // The leaders go on as long as all members of a group see each other.
        promises: nobody_noticed,
    })
}

pub(super) fn lose_control(stage: &Stage) -> Result<Scene, Failure> {
    let node = stage.world.first(Role::Control)?;
    // Where it shares its machine with a database, only the service is lost.
    let alone = node.roles == [Role::Control];
    let name = node.name.clone();
    let what = if alone { format!("{name} loses its power") } else { format!("Headscale of {name} is killed") };
    Ok(Scene {
        hit: Hit::Everybody,
        what: format!("{what} for 30 s"),
        inject: on_node(
            &name,
            move |node| if alone { node.crash() } else { node.service("headscale").kill_without_restart() },
        ),
        watch: None,
        hold: Duration::from_secs(30),
        heal: on_node(&name, move |node| if alone { node.boot() } else { node.service("headscale").start() }),
        promises: nobody_noticed,
    })
}

pub(super) fn lose_names(stage: &Stage) -> Result<Scene, Failure> {
    let all = with_role(stage, Role::Dns);
    if all.len() < 2 {
        return Err(Failure::wrong("DNS servers", "this world has only one"));
    }
    let name = pick(all, 0, "DNS servers")?;
    Ok(Scene {
        hit: Hit::Everybody,
        what: format!("{name}, which is asked first, loses its power for 30 s"),
        inject: on_node(&name, testbed::Node::crash),
        watch: None,
        hold: Duration::from_secs(30),
        heal: on_node(&name, testbed::Node::boot),
        promises: nobody_noticed,
    })
}

pub(super) fn lose_edge(stage: &Stage) -> Result<Scene, Failure> {
    let name = pick(with_role(stage, Role::Edge), 0, "edges")?;
    Ok(Scene {
        hit: Hit::Everybody,
        what: format!("{name} loses its power for 20 s"),
        inject: on_node(&name, testbed::Node::crash),
        watch: None,
        hold: Duration::from_secs(20),
        heal: on_node(&name, testbed::Node::boot),
        promises: nobody_noticed,
    })
}

//! A group of database nodes more, which takes its share of the restaurants, and one less, which gives them back.

use super::{
    Notes, Promise,
    machines::{AGENT, Clock, added, image},
    none_given_up_though_some_failed,
};
use crate::{
    failure::Failure,
    faults::{Scene, nothing},
    measured::{Hit, Measured},
    stage::Stage,
};
use agent::inventory::Role;
use std::time::Duration;

/// Bare machines are a group with a leader within so many seconds.
const TO_LEAD: f64 = 60.0;

const LEADS: &str = "new group has a leader after";
const MOVES: &str = "moves";
const MOVED: &str = "restaurants moved";
const MISSING: &str = "restaurants that do not answer";

/// One machine at each place where the coordinator has one.
pub(in super::super) fn add(stage: &Stage) -> Result<Scene, Failure> {
    if !stage.world.is_sharded() {
        return Err(Failure::wrong("the database", "is not sharded in this world"));
    }
    let group = stage.world.inventory().groups().last().map_or(1, |last| last.saturating_add(1));
    let sites: Vec<_> = stage.world.members(0).map(|node| node.site.clone()).collect();
    let plan = |site: &String| stage.world.plan(&format!("{site}-db{group}"), site, Role::Database, Some(group));
    let machines = sites.iter().map(plan);
    let machines = machines.collect::<Result<Vec<_>, _>>()?;
    let image = image(stage, Role::Database)?;
    let names: Vec<_> = machines.iter().map(|machine| machine.name.clone()).collect();
    Ok(Scene {
        hit: Hit::Everybody,
        what: format!("bare machines become {}, group {group}, which takes its share of the shards", names.join(", ")),
        inject: Box::new(move |stage| {
            for machine in &machines {
                stage.world.add_bare_node(machine, &image)?;
            }
            let mut clock = Clock::start();
            for name in &names {
                stage.world.bootstrap(name)?;
            }
            for name in &names {
                stage.world.wait_until_joined(name)?;
            }
            clock.note("in the mesh after");
            clock.wait(LEADS, || stage.leader(group).is_some())?;
            let said = stage.operator()?.run(AGENT, &["rebalance"])?;
            clock.note("balanced after");
            clock.count(MOVES, moves(&said));
            look_at_restaurants(stage, &mut clock)?;
            Ok(clock.notes())
        }),
        watch: None,
        hold: Duration::from_secs(15),
        heal: nothing(),
        promises: |measured| {
            let leads = measured.watched.get(LEADS).copied().unwrap_or(f64::INFINITY);
            let mut promises = vec![Promise::within(LEADS, leads, TO_LEAD)];
            promises.extend(moved_well(measured));
            promises
        },
    })
}

/// The group that was added last.
pub(in super::super) fn remove(stage: &Stage) -> Result<Scene, Failure> {
    let group = added(stage, Role::Database).iter().filter_map(|node| node.group).max();
    let group = group.ok_or_else(|| Failure::wrong("groups that were added", "there is none in this world"))?;
    Ok(Scene {
        hit: Hit::Everybody,
        what: format!("group {group} gives its shards away, and its machines are taken away"),
        inject: Box::new(move |stage| {
            let mut clock = Clock::start();
            let number = group.to_string();
            let said = stage.operator()?.run(AGENT, &["drain", &number])?;
            clock.note("drained after");
            clock.count(MOVES, moves(&said));
            // The one that leads goes last.
            let leader = stage.must_lead(group)?.name.clone();
            let mut names: Vec<_> = stage.world.members(group).map(|node| node.name.clone()).collect();
            names.sort_by_key(|name| *name == leader);
            for name in names {
                stage.world.node(&name)?.run(AGENT, &["leave"])?;
                stage.world.remove_node(&name)?;
            }
            stage.operator()?.run(AGENT, &["forget", &number])?;
            clock.note("forgotten after");
            look_at_restaurants(stage, &mut clock)?;
            Ok::<Notes, Failure>(clock.notes())
        }),
        watch: None,
        hold: Duration::from_secs(15),
        heal: nothing(),
        promises: moved_well,
    })
}

/// What the agent says when it has moved shards: a number and a word.
fn moves(said: &str) -> f64 {
    said.split_whitespace().next().and_then(|word| word.parse().ok()).unwrap_or_default()
}

/// Notes down which restaurants are elsewhere now, and whether each of them answers.
fn look_at_restaurants(stage: &mut Stage, clock: &mut Clock) -> Result<(), Failure> {
    let moved = stage.find_restaurants()?;
    clock.count(MOVED, small(moved.len()));
    for (slug, group) in &moved {
        clock.count(&format!("{slug} is now in group"), f64::from(*group));
    }
    let (guest, domain) = (stage.client()?, &stage.world.inventory().domain);
    let ingress = stage.world.first(Role::Ingress)?;
    let ingress = ingress.public.ok_or_else(|| Failure::wrong(&ingress.name, "has no public address"))?;
    let answers = |slug: &&str| {
        let path = format!("/restaurants/{slug}");
        matches!(testbed::client::http_status(guest, domain, ingress, &path), Ok(200))
    };
    let missing = stage.restaurants().filter(|slug| !answers(slug)).count();
    clock.count(MISSING, small(missing));
    Ok(())
}

fn small(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

/// Writes to what is on the move may wait; nobody goes without an answer.
fn moved_well(measured: &Measured<'_>) -> Vec<Promise> {
    let watched = |what| measured.watched.get(what).copied();
    let (moves, elsewhere) = (watched(MOVES).unwrap_or_default(), watched(MOVED).unwrap_or_default());
    let missing = watched(MISSING).unwrap_or(f64::INFINITY);
    vec![
        Promise::new("shards have moved", format!("{moves:.0} moves, {elsewhere:.0} restaurants"), moves > 0.0),
        Promise::new("every restaurant answers", format!("{missing:.0} do not"), missing < 1.0),
        none_given_up_though_some_failed(measured),
    ]
}

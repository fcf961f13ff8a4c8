//! A server more, and a server less.

use super::{
    Notes, Promise,
    machines::{AGENT, Clock, added, image},
    nobody_noticed,
};
use crate::{
    failure::Failure,
    faults::{Scene, nothing, pick},
    measured::{Hit, Measured},
    stage::{Stage, is_ready},
};
use agent::inventory::Role;
use std::{fs, net::Ipv4Addr, time::Duration};

/// A bare machine takes load within so many seconds.
const TO_TAKE_LOAD: f64 = 60.0;
/// The numbers of servers that no inventory uses begin here.
const FIRST: u8 = 9;

const READY: &str = "ready after";
const LISTED: &str = "listed by an ingress after";
const ANSWERED: &str = "first guest answered after";

pub(in super::super) fn add(stage: &Stage) -> Result<Scene, Failure> {
    let site = stage.world.first(Role::App)?.site.clone();
    let names = (FIRST..=u8::MAX).map(|number| format!("{site}-app{number}"));
    let name = pick(names.filter(|name| stage.world.node(name).is_err()).take(1).collect(), 0, "names")?;
    let machine = stage.world.plan(&name, &site, Role::App, None)?;
    let image = image(stage, Role::App)?;
    Ok(Scene {
        hit: Hit::Everybody,
        what: format!("a bare machine becomes {name}, a server that nobody has heard of"),
        inject: Box::new(move |stage| {
            stage.world.add_bare_node(&machine, &image)?;
            let mut clock = Clock::start();
            stage.world.bootstrap(&name)?;
            clock.note("bootstrap.sh ended after");
            stage.world.wait_until_joined(&name)?;
            clock.note("in the mesh after");
            let node = stage.world.node(&name)?;
            clock.wait(READY, || is_ready(node))?;
            let address = node.mesh.ok_or_else(|| Failure::wrong(&name, "has no address"))?;
            clock.wait(LISTED, || is_listed(stage, address))?;
            clock.wait(ANSWERED, || has_answered(stage, address))?;
            Ok(clock.notes())
        }),
        watch: None,
        hold: Duration::from_secs(15),
        heal: nothing(),
        promises: takes_load,
    })
}

fn takes_load(measured: &Measured<'_>) -> Vec<Promise> {
    let mut promises = nobody_noticed(measured);
    promises.extend([READY, LISTED, ANSWERED].map(|what| {
        let seconds = measured.watched.get(what).copied().unwrap_or(f64::INFINITY);
        Promise::within(what, seconds, TO_TAKE_LOAD)
    }));
    promises
}

/// Whether an ingress sends guests to a server.
fn is_listed(stage: &Stage, server: Ipv4Addr) -> bool {
    on_an_ingress(stage, "toast/rendered/nginx.conf", |line| line.contains(&format!("server {server}:3000 ")))
}

/// Whether a server has answered a guest.
fn has_answered(stage: &Stage, server: Ipv4Addr) -> bool {
    let from = format!(r#""upstream":"{server}:3000","upstream_status":"200""#);
    on_an_ingress(stage, "lib/nginx/access.log", |line| line.contains(&from))
}

fn on_an_ingress(stage: &Stage, file: &str, says: impl Fn(&str) -> bool) -> bool {
    let files = stage.world.with_role(Role::Ingress).map(|node| node.folder().join(file));
    files.filter_map(|file| fs::read_to_string(file).ok()).any(|text| text.lines().any(&says))
}

pub(in super::super) fn remove(stage: &Stage) -> Result<Scene, Failure> {
    let names = added(stage, Role::App).iter().map(|node| node.name.clone()).collect();
    let name = pick(names, 0, "servers that were added")?;
    Ok(Scene {
        hit: Hit::Everybody,
        what: format!("{name} is told to leave, and is taken away"),
        inject: Box::new(move |stage| {
            let mut clock = Clock::start();
            stage.world.node(&name)?.run(AGENT, &["leave"])?;
            clock.note("left after");
            stage.world.remove_node(&name)?;
            Ok::<Notes, Failure>(clock.notes())
        }),
        watch: None,
        hold: Duration::from_secs(15),
        heal: nothing(),
        promises: nobody_noticed,
    })
}

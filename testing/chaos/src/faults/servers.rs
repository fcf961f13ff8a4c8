//! What happens to backends.

use super::{Notes, Scene, Step, nobody_noticed, nothing, on_node, pick};
use crate::{
    failure::Failure,
    measured::Hit,
    stage::{self, Stage, has},
};
use agent::inventory::Role;
use std::{fs, time::Duration};

/// Pretends another time to a program.
const FAKETIME: &str = "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1";
/// A server that is started again is ready after so long at the latest.
const TO_START: Duration = Duration::from_secs(40);

fn servers(stage: &Stage) -> Vec<String> {
    stage.world.with_role(Role::App).map(|node| node.name.clone()).collect()
}

/// One of several: a lone server that is killed is missed.
fn one(stage: &Stage, seed: u64) -> Result<String, Failure> {
    let servers = servers(stage);
    if servers.len() < 2 {
        Err(Failure::wrong("backends", "this world has only one"))
    } else {
        pick(servers, seed, "backends")
    }
}

pub(super) fn kill(stage: &Stage, seed: u64) -> Result<Scene, Failure> {
    let name = one(stage, seed)?;
    Ok(Scene {
        hit: Hit::Everybody,
        what: format!("the server of {name} is killed"),
        inject: on_node(&name, |node| node.service("server").kill()),
        watch: None,
        hold: Duration::from_secs(12),
        heal: nothing(),
        promises: nobody_noticed,
    })
}

pub(super) fn freeze(stage: &Stage, seed: u64) -> Result<Scene, Failure> {
    let name = one(stage, seed)?;
    Ok(Scene {
        hit: Hit::Everybody,
        what: format!("the server of {name} is stopped for 30 s"),
        inject: on_node(&name, |node| node.service("server").freeze()),
        watch: None,
        hold: Duration::from_secs(30),
        heal: on_node(&name, |node| node.service("server").thaw()),
        promises: nobody_noticed,
    })
}

pub(super) fn restart_all(stage: &Stage) -> Result<Scene, Failure> {
    one(stage, 0)?;
    Ok(Scene {
        hit: Hit::Everybody,
        what: "all servers are restarted, one after the other".to_owned(),
        inject: Box::new(|stage| each_in_turn(stage, |node| Ok(node.service("server").restart()?))),
        watch: None,
        hold: Duration::from_secs(5),
        heal: nothing(),
        promises: nobody_noticed,
    })
}

pub(super) fn upgrade_all(stage: &Stage) -> Result<Scene, Failure> {
    one(stage, 0)?;
    if !stage.bundle.join("bin/toast").exists() {
        return Err(Failure::wrong(stage.bundle.display(), "is no bundle to upgrade to"));
    }
    Ok(Scene {
        hit: Hit::Everybody,
        what: "all servers get a new release, one after the other".to_owned(),
        inject: Box::new(|stage| {
            let release = stage.world.stage(&stage.bundle)?;
            each_in_turn(stage, |node| {
                node.use_release(&release)?;
                node.service("server").restart()?;
                stage::wait_until_ready(node, TO_START)?;
                ensure_runs(node, &release)
            })
        }),
        watch: None,
        hold: Duration::from_secs(5),
        heal: nothing(),
        promises: nobody_noticed,
    })
}

/// A release that nobody runs was not upgraded to.
fn ensure_runs(node: &testbed::Node, release: &str) -> Result<(), Failure> {
    let link = format!("/proc/{}/exe", node.service("server").pid()?);
    let runs = fs::read_link(&link).map_err(Failure::system(&link))?;
    let is_new = runs.components().any(|part| part.as_os_str() == release);
    if is_new { Ok(()) } else { Err(Failure::wrong(&node.name, format!("still runs {}", runs.display()))) }
}

fn each_in_turn(stage: &Stage, work: impl Fn(&testbed::Node) -> Result<(), Failure>) -> Result<Notes, Failure> {
    let begun = crate::moment::Moment::now();
    for node in stage.world.with_role(Role::App) {
        work(node)?;
        stage::wait_until_ready(node, TO_START)?;
        // The balancers look once a second.
        std::thread::sleep(Duration::from_secs(2));
    }
    let seconds = crate::moment::Moment::now().since(begun).as_secs_f64();
    Ok(Notes::from([("seconds for all".to_owned(), seconds)]))
}

/// One clock is five minutes fast, another five minutes slow.
pub(super) fn skew(stage: &Stage, seed: u64) -> Result<Scene, Failure> {
    if !has(FAKETIME) {
        return Err(Failure::wrong("libfaketime", "is not installed"));
    }
    let servers = servers(stage);
    let (fast, slow) = (one(stage, seed)?, pick(servers, seed.wrapping_add(1), "backends")?);
    Ok(Scene {
        hit: Hit::Everybody,
        what: format!("the clock of {fast} is 5 min fast, that of {slow} 5 min slow"),
        inject: both(set_clock(&fast, "+300s"), set_clock(&slow, "-300s")),
        watch: None,
        hold: Duration::from_secs(30),
        heal: both(right_clock(&fast, "+300s"), right_clock(&slow, "-300s")),
        promises: nobody_noticed,
    })
}

fn both(first: Step, second: Step) -> Step {
    Box::new(move |stage| {
        let mut notes = first(stage)?;
        notes.extend(second(stage)?);
        Ok(notes)
    })
}

/// The server, and not what runs as root before it, is told another time: what root had made for it, it could not open.
fn set_clock(name: &str, offset: &str) -> Step {
    let told = told(offset);
    let name = name.to_owned();
    Box::new(move |stage| {
        let set = start_otherwise(stage, &name, |text| text.replacen(PROGRAM, &format!("{told}{PROGRAM}"), 1))?;
        // A clock that stays right would let every promise hold.
        if set {
            Ok(Notes::new())
        } else {
            Err(Failure::wrong(name, "starts its server in a way that is not known here"))
        }
    })
}

fn right_clock(name: &str, offset: &str) -> Step {
    let told = told(offset);
    let name = name.to_owned();
    Box::new(move |stage| {
        start_otherwise(stage, &name, |text| text.replace(&told, ""))?;
        Ok(Notes::new())
    })
}

/// Where the server's program begins in what starts it.
const PROGRAM: &str = "'/opt/toast/current/bin/toast' 'serve'";

fn told(offset: &str) -> String {
    format!("env LD_PRELOAD={FAKETIME} FAKETIME={offset} FAKETIME_DONT_FAKE_MONOTONIC=1 ")
}

/// Changes what starts a server and starts it again; tells whether there was anything to change.
fn start_otherwise(stage: &Stage, name: &str, change: impl FnOnce(&str) -> String) -> Result<bool, Failure> {
    let node = stage.world.node(name)?;
    let file = node.folder().join("service/toast-server/run");
    let text = fs::read_to_string(&file).map_err(Failure::system(file.display()))?;
    let changed = change(&text);
    if changed == text {
        return Ok(false);
    }
    fs::write(&file, changed).map_err(Failure::system(file.display()))?;
    node.service("server").restart()?;
    stage::wait_until_ready(node, TO_START)?;
    Ok(true)
}

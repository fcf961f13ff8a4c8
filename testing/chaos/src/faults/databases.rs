//! What happens to the database.

use super::{Notes, Promise, Scene, Step, none_given_up, on_node, pick};
use crate::{
    failure::Failure,
    measured::{Hit, Measured},
    moment::Moment,
    stage::Stage,
    standstill,
};
use agent::inventory::Role;
use std::{thread::sleep, time::Duration};
use testbed::{Node, Signal, TestbedError};

/// Another member leads within so many seconds.
const TO_PROMOTE: f64 = 30.0;
/// An old leader follows again within so many seconds.
const TO_RETURN: Duration = Duration::from_secs(90);
/// Tells how long it took until another member led.
const PROMOTED: &str = "promoted after";
/// Tells when the crashed one was back.
const BACK: &str = "leader again after";

/// A group that holds restaurants and is not the coordinator, or the only one where there is no other.
pub(super) fn worker(stage: &Stage, seed: u64) -> Result<u16, Failure> {
    let workers: Vec<_> = stage.groups().into_iter().filter(|group| *group > 0).collect();
    pick(workers, seed, "groups of workers")
}

/// Members of the group that a fault hits; the coordinator's is everybody's.
fn hit(group: u16) -> Hit {
    if group == 0 { Hit::Everybody } else { Hit::Group(i32::from(group)) }
}

fn ensure_can_fail_over(stage: &Stage, group: u16) -> Result<(), Failure> {
    let members = stage.world.members(group).count();
    if members < 3 { Err(Failure::wrong(format!("group {group}"), "has no members to fail over to")) } else { Ok(()) }
}

/// The postmaster and all its children are killed; Patroni goes on.
pub(super) fn crash(stage: &Stage, seed: u64) -> Result<Scene, Failure> {
    let group = worker(stage, seed)?;
    let name = stage.must_lead(group)?.name.clone();
    Ok(Scene {
        hit: hit(group),
        what: format!("PostgreSQL of {name}, which leads group {group}, is killed and comes back"),
        inject: on_node(&name, |node| {
            let all = node.processes()?;
            let postgres = all.iter().filter(|one| one.name.starts_with("postgres")).map(|one| one.pid);
            testbed::process::signal(Signal::Kill, postgres)
        }),
        watch: Some(watch_leader(group, None, BACK)),
        hold: Duration::from_secs(30),
        heal: super::nothing(),
        promises: only_own_noticed,
    })
}

fn only_own_noticed(measured: &Measured<'_>) -> Vec<Promise> {
    let (others, errors) = measured.others();
    let (before, during) = measured.p99_of_others();
    let (away, told, slowest) = measured.turned_away();
    let back = measured.watched.get(BACK).copied().unwrap_or_default();
    let after = (measured.last_error(true) - back).max(0.0);
    vec![
        Promise::new("other restaurants: 0 failed requests", format!("{errors} of {others}"), errors == 0),
        // Unchanged within what two measurements of the same differ by.
        Promise::new(
            "other restaurants: p99 unchanged",
            format!("{:.0} ms before, {:.0} ms during", before * 1e3, during * 1e3),
            during <= before.mul_add(1.5, 0.05),
        ),
        Promise::new(
            "own restaurants: 503 with Retry-After within 2 s",
            format!("{told} of {away} with it, slowest {slowest:.1} s, {} without an answer", measured.unanswered()),
            away == told && slowest <= 2.0 && measured.unanswered() == 0,
        ),
        Promise::within("own restaurants fine after its return", after, 5.0),
    ]
}

/// The leader's power goes and does not come back before another one leads for long.
pub(super) fn lose(stage: &Stage, group: u16) -> Result<Scene, Failure> {
    ensure_can_fail_over(stage, group)?;
    let name = stage.must_lead(group)?.name.clone();
    let old = name.clone();
    Ok(Scene {
        hit: hit(group),
        what: format!("{name}, which leads group {group}, loses its power"),
        inject: on_node(&name, Node::crash),
        watch: Some(watch_leader(group, Some(name.clone()), PROMOTED)),
        hold: Duration::from_secs(50),
        heal: Box::new(move |stage| {
            stage.world.node(&old)?.boot()?;
            Ok(wait_for_return(stage, group, &old))
        }),
        promises: another_leads,
    })
}

/// The leader's database and its guardian are stopped where they are, and woken when another one leads.
pub(super) fn freeze(stage: &Stage, group: u16) -> Result<Scene, Failure> {
    ensure_can_fail_over(stage, group)?;
    let name = stage.must_lead(group)?.name.clone();
    let old = name.clone();
    Ok(Scene {
        hit: hit(group),
        what: format!("{name}, which leads group {group}, is stopped for 40 s and woken"),
        inject: on_node(&name, standstill::freeze),
        watch: Some(watch_leader(group, Some(name.clone()), PROMOTED)),
        hold: Duration::from_secs(40),
        heal: Box::new(move |stage| {
            standstill::thaw(stage.world.node(&old)?)?;
            Ok(wait_for_return(stage, group, &old))
        }),
        promises: another_leads,
    })
}

fn another_leads(measured: &Measured<'_>) -> Vec<Promise> {
    let promoted = measured.watched.get(PROMOTED).copied().unwrap_or(f64::INFINITY);
    let returned = measured.watched.get("follows again after").copied().unwrap_or(f64::INFINITY);
    let (looks, unseen) = measured.looks();
    let mut promises = vec![
        Promise::within("another leads", promoted, TO_PROMOTE),
        Promise::within("no acknowledged write for", measured.write_gap(), TO_PROMOTE),
        Promise::new("the old one returns as a standby", format!("{returned:.1} s after"), returned.is_finite()),
        none_given_up(measured),
        // They are seconds late at a standby; while the loss is being noticed some fail.
        Promise::new(
            "menus and lists go on: 95 of 100 are shown",
            format!("{unseen} of {looks} not"),
            unseen * 20 <= looks,
        ),
    ];
    if let Hit::Group(_) = measured.hit {
        let (others, errors) = measured.others();
        promises.push(Promise::new(
            "other restaurants: 0 failed requests",
            format!("{errors} of {others}"),
            errors == 0,
        ));
    }
    promises
}

/// Waits until the group has a leader, another one than a certain one, and notes down how long that took.
fn watch_leader(group: u16, other_than: Option<String>, note: &'static str) -> Step {
    let begun = Moment::now();
    Box::new(move |stage| {
        let begun = begun.max(Moment::now());
        let deadline = begun.plus(Duration::from_mins(1));
        while Moment::now() < deadline {
            // Patroni says for a while that a database leads which was just killed.
            let leader = stage.leader(group).filter(|node| stage.takes_connections(node)).map(|node| node.name.clone());
            if leader.is_some() && leader != other_than {
                return Ok(Notes::from([(note.to_owned(), Moment::now().since(begun).as_secs_f64())]));
            }
            sleep(Duration::from_millis(200));
        }
        Ok(Notes::new())
    })
}

fn wait_for_return(stage: &Stage, group: u16, name: &str) -> Notes {
    let begun = Moment::now();
    while Moment::now() < begun.plus(TO_RETURN) {
        let members = stage.cluster(group);
        if members.iter().any(|member| member.name == name && member.state == "streaming") {
            return Notes::from([("follows again after".to_owned(), Moment::now().since(begun).as_secs_f64())]);
        }
        sleep(Duration::from_millis(500));
    }
    Notes::new()
}

pub(super) fn fill(stage: &Stage, seed: u64) -> Result<Scene, Failure> {
    let group = worker(stage, seed)?;
    let node = stage.must_lead(group)?;
    if !node.folder().join("disk").exists() {
        return Err(Failure::wrong("disks", "are not bounded in this world; start it with small disks"));
    }
    let name = node.name.clone();
    Ok(Scene {
        hit: hit(group),
        what: format!("the disk of {name}, which leads group {group}, is full for 20 s"),
        inject: on_node(&name, Node::fill_disk),
        watch: None,
        hold: Duration::from_secs(20),
        heal: Box::new(move |stage| {
            // PostgreSQL may have ended over it, and its group be led by another by now.
            for node in stage.world.members(group) {
                node.free_disk()?;
            }
            Ok(Notes::new())
        }),
        promises: |measured| {
            let (others, errors) = measured.others();
            let after = (measured.last_error(true) - measured.healed.since(measured.begun).as_secs_f64()).max(0.0);
            vec![
                Promise::new("other restaurants: 0 failed requests", format!("{errors} of {others}"), errors == 0),
                Promise::within("own restaurants fine after there is room", after, TO_PROMOTE),
            ]
        },
    })
}

/// A relay on each line, which the packets are led through: from the servers to the coordinator, and from the
/// coordinator to the leader of a group.
pub(super) fn cut(stage: &Stage) -> Result<Scene, Failure> {
    let servers: Vec<_> = stage.world.with_role(Role::App).map(|node| node.name.clone()).collect();
    let coordinator = stage.must_lead(0)?.name.clone();
    let worker = match stage.groups().into_iter().find(|group| *group > 0) {
        Some(group) => stage.must_lead(group)?.mesh,
        None => None,
    };
    Ok(Scene {
        hit: Hit::Everybody,
        what: "the line to the database is cut at COMMIT, PREPARE and COMMIT PREPARED".to_owned(),
        inject: Box::new(move |stage| {
            let mut cuts = 0.0;
            let to_coordinator: Vec<_> = servers.iter().map(|name| Line::new(name, "127.0.0.1", 5000)).collect();
            for (point, side) in [("place", "after"), ("place", "before"), ("commit", "after"), ("commit", "before")] {
                cuts += cut_lines(stage, &to_coordinator, point, side)?;
            }
            if let Some(worker) = worker {
                let to_worker = [Line::new(&coordinator, &worker.to_string(), 5432)];
                for point in ["commit", "prepare", "commit-prepared"] {
                    for side in ["after", "before"] {
                        cuts += cut_lines(stage, &to_worker, point, side)?;
                    }
                }
            }
            Ok(Notes::from([("cuts".to_owned(), cuts)]))
        }),
        watch: None,
        hold: Duration::from_secs(5),
        heal: super::nothing(),
        promises: |measured| {
            let cuts = measured.watched.get("cuts").copied().unwrap_or_default();
            vec![Promise::new("lines were cut", format!("{cuts:.0} times"), cuts > 0.0), none_given_up(measured)]
        },
    })
}

/// How long lines are cut at one point.
const CUTTING: u64 = 8;
/// Where the relay listens.
const RELAY: &str = "127.0.0.1:5999";

/// A line that leaves a node.
struct Line {
    node: String,
    address: String,
    port: u16,
}

impl Line {
    fn new(node: &str, address: &str, port: u16) -> Self {
        Self { node: node.to_owned(), address: address.to_owned(), port }
    }

    /// Whatever is not this program, which runs as root, goes through the relay from now on.
    fn lead_aside(&self, node: &Node) -> Result<(), TestbedError> {
        let (address, port) = (&self.address, self.port);
        let rules = format!(
            "table ip toast_chaos {{\nchain output {{\ntype nat hook output priority -100\n\
             meta skuid != 0 ip daddr {address} tcp dport {port} dnat to {RELAY}\n}}\n}}\n"
        );
        node.run("sysctl", &["-qw", "net.ipv4.conf.all.route_localnet=1"])?;
        node.run("nft", &[&rules])?;
        // Connections that stand already would go round it.
        node.run("ss", &["-K", "-tn", "dst", address, "dport", "=", &format!(":{port}")]).map(drop)
    }
}

/// Cuts lines at one point for some seconds; answers how often they were cut. Whatever happens, they are whole afterwards.
fn cut_lines(stage: &Stage, lines: &[Line], point: &str, side: &str) -> Result<f64, Failure> {
    let mut relays = Vec::new();
    let mut outcome = Ok(());
    for line in lines {
        let node = stage.world.node(&line.node)?;
        let (upstream, seconds) = (format!("{}:{}", line.address, line.port), CUTTING.to_string());
        let words = ["cutter", "--listen", RELAY, "--upstream", &upstream, "--point", point, "--side", side];
        let words = words.into_iter().chain(["--every", "2", "--seconds", &seconds]);
        let log = format!("cutter-{}-{point}-{side}.log", line.node);
        let relay = stage.start_inside(node, &words.map(str::to_owned).collect::<Vec<_>>(), &log)?;
        relays.push((relay, log));
        sleep(Duration::from_millis(200));
        outcome = outcome.and_then(|()| line.lead_aside(node));
    }
    sleep(Duration::from_secs(CUTTING));
    for line in lines {
        let freed = stage.world.node(&line.node)?.run("nft", &["delete", "table", "ip", "toast_chaos"]);
        outcome = outcome.and(freed.map(drop));
    }
    sleep(Duration::from_millis(500));
    let mut cuts = 0.0;
    for (mut relay, log) in relays {
        testbed::process::signal(Signal::Interrupt, inner_of(relay.id()))?;
        let _ = relay.wait();
        let said = std::fs::read_to_string(stage.file(&log)).unwrap_or_default();
        let cut = said.split(", ").nth(1).and_then(|word| word.split(' ').next()?.parse::<f64>().ok());
        cuts += cut.unwrap_or_default();
    }
    outcome?;
    Ok(cuts)
}

/// What enters a node starts the program as its child.
fn inner_of(pid: u32) -> Vec<u32> {
    let children = std::fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap_or_default();
    children.split_whitespace().filter_map(|pid| pid.parse().ok()).chain([pid]).collect()
}

//! The fence: a worker's leader that is frozen is replaced while it is frozen, and without the fence it is not.

use super::{
    Findings,
    agents::{self, after},
    sql,
    undo::Undo,
};
use crate::{failure::Failure, menu::Terms, moment::Moment, stage::Stage, standstill};
use agent::inventory::Role;
use std::{
    fs,
    net::Ipv4Addr,
    sync::atomic::{AtomicBool, Ordering},
    thread::{self, sleep},
    time::Duration,
};
use uuid::Uuid;
use world::Node;

/// How long the leader stands still: longer than it takes to elect another one.
const FROZEN: Duration = Duration::from_secs(45);
/// Writers enough that some wait for the frozen one whenever it is looked at.
const WRITERS: usize = 3;
/// Seconds that a writer waits; the database gives up a second earlier.
const PATIENCE: u8 = 6;
/// Between two writes of one writer.
const PAUSE: Duration = Duration::from_millis(400);
/// What a freeze leaves behind is over by then.
const TO_BE_WELL: Duration = Duration::from_mins(2);

/// After how many seconds of standstill something was so for the first time.
#[derive(Debug, Default)]
struct Healed {
    registered: Option<f64>,
    written: Option<f64>,
}

pub(super) fn freeze_leader(stage: &Stage, findings: &mut Findings<'_>) -> Result<(), Failure> {
    if !stage.world.is_sharded() {
        findings.skip("the database of this world is not sharded");
        return Ok(());
    }
    let Some((group, restaurant)) = restaurant_on_worker(stage)? else {
        findings.skip("no restaurant is on a worker with three members");
        return Ok(());
    };
    let with = freeze(stage, group, restaurant)?;
    let promise =
        format!("with the fence the coordinator knows the new leader of group {group} while the old one is frozen");
    findings.note(promise, after(with.registered, FROZEN), with.registered.is_some());
    let promise = format!("with the fence a write to a restaurant of group {group} succeeds meanwhile");
    findings.note(promise, after(with.written, FROZEN), with.written.is_some());
    if let Some(missing) = stage.wait_until_well(TO_BE_WELL) {
        return Err(Failure::wrong("the world after the first freeze", missing));
    }
    let agents = agents::freeze(stage.world.members(0))?;
    let without = freeze(stage, group, restaurant);
    agents.now()?;
    let without = without?;
    let held = without.registered.is_none() && without.written.is_none();
    let found = format!("list {}, write {}", after(without.registered, FROZEN), after(without.written, FROZEN));
    findings.note("without the fence neither happens before the old one wakes", found, held);
    let missing = stage.wait_until_well(TO_BE_WELL);
    let found = missing.clone().unwrap_or_else(|| "all members stream".to_owned());
    findings.note("the world is well again after both", found, missing.is_none());
    Ok(())
}

/// A restaurant whose group is a worker's, of which another member can take over.
fn restaurant_on_worker(stage: &Stage) -> Result<Option<(u16, Uuid)>, Failure> {
    let path = stage.file("terms.json");
    let text = fs::read_to_string(&path).map_err(Failure::system(path.display()))?;
    let all: Vec<Terms> = serde_json::from_str(&text).map_err(|error| Failure::wrong(path.display(), error))?;
    let mut placed = all.iter().filter_map(|one| {
        let group = u16::try_from(stage.group_of(&one.slug)?).ok()?;
        Some((group, one.restaurant))
    });
    Ok(placed.find(|(group, _)| *group > 0 && stage.world.members(*group).count() >= 3))
}

/// Stops the leader of a group while somebody writes to it, and watches until it is woken.
fn freeze(stage: &Stage, group: u16, restaurant: Uuid) -> Result<Healed, Failure> {
    let old = stage.must_lead(group)?;
    let address = old.mesh.ok_or_else(|| Failure::wrong(&old.name, "has no address in the mesh"))?;
    let coordinator = stage.must_lead(0)?;
    let writer = Writer::of(stage, restaurant)?;
    let ended = AtomicBool::new(false);
    thread::scope(|scope| {
        let stop = Undo::by(|| {
            ended.store(true, Ordering::Relaxed);
            Ok(())
        });
        let writers: Vec<_> = (0..WRITERS).map(|_| scope.spawn(|| writer.write_until(&ended))).collect();
        // Sessions to the one that will freeze stand by then.
        sleep(Duration::from_secs(3));
        let thaw = Undo::by(|| Ok(standstill::thaw(old)?));
        standstill::freeze(old)?;
        let frozen = Moment::now();
        let registered = watch(coordinator, group, address, frozen);
        sleep(frozen.plus(FROZEN).since(Moment::now()));
        let woken = Moment::now();
        thaw.now()?;
        stop.now()?;
        let written = writers.into_iter().flat_map(|writer| writer.join().unwrap_or_default());
        let during = written.filter(|(begun, done)| *begun > frozen && *done < woken);
        let first = during.map(|(_, done)| done).min();
        Ok(Healed { registered, written: first.map(|done| done.since(frozen).as_secs_f64()) })
    })
}

/// Waits until the coordinator's list names somebody else, for as long as the old leader is frozen.
fn watch(coordinator: &Node, group: u16, old: Ipv4Addr, frozen: Moment) -> Option<f64> {
    let question = format!("SELECT nodename FROM pg_dist_node WHERE groupid = {group} AND noderole = 'primary'");
    agents::wait(FROZEN.saturating_sub(Duration::from_secs(1)), || {
        sql::ask(coordinator, &["SET statement_timeout = '2s'", &question])
            .is_ok_and(|named| !named.is_empty() && named != old.to_string())
    })
    .map(|_| Moment::now().since(frozen).as_secs_f64())
}

/// Somebody who changes a restaurant, the way a server does: through the proxy beside it, which leads to the coordinator.
struct Writer<'a> {
    from: &'a Node,
    url: String,
    statement: String,
}

impl<'a> Writer<'a> {
    fn of(stage: &'a Stage, restaurant: Uuid) -> Result<Self, Failure> {
        Ok(Self {
            from: stage.world.first(Role::App)?,
            url: stage.database_at(Ipv4Addr::LOCALHOST, 5000),
            statement: format!("UPDATE restaurants SET tagline = tagline WHERE restaurant_id = '{restaurant}'"),
        })
    }

    /// Writes again and again; answers when each write that was acknowledged began and ended.
    fn write_until(&self, ended: &AtomicBool) -> Vec<(Moment, Moment)> {
        let mut written = Vec::new();
        while !ended.load(Ordering::Relaxed) {
            let begun = Moment::now();
            if self.write() {
                written.push((begun, Moment::now()));
            }
            sleep(PAUSE);
        }
        written
    }

    fn write(&self) -> bool {
        let limit = format!("SET statement_timeout = '{}s'", PATIENCE.saturating_sub(2));
        let command = sql::prepare_at(self.from, &self.url, PATIENCE, &[&limit, &self.statement]);
        command.is_ok_and(|mut command| command.output().is_ok_and(|output| output.status.success()))
    }
}

//! The fence: a worker's leader that is frozen is replaced while it is frozen, and without the fence it is not.

use super::{
    Findings,
    agents::{self, after},
    sql,
    undo::Undo,
    writer::Written,
};
use crate::{failure::Failure, menu::Terms, moment::Moment, stage::Stage, standstill};
use agent::inventory::Role;
use std::{
    fs,
    net::Ipv4Addr,
    thread::{self, sleep},
    time::Duration,
};
use testbed::Node;
use uuid::Uuid;

/// How long the leader stands still: longer than it takes to elect another one.
const FROZEN: Duration = Duration::from_secs(45);
/// Sessions to the frozen one stand by then.
const BEFORE: Duration = Duration::from_secs(5);
/// Writers enough that some wait for the frozen one whenever it is looked at.
const SESSIONS: &str = "6";
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
    let writing = writing(stage, restaurant);
    let from = stage.world.first(Role::App)?;
    thread::scope(|scope| {
        let writer = scope.spawn(|| stage.run_inside(from, &writing));
        sleep(BEFORE);
        let thaw = Undo::by(|| Ok(standstill::thaw(old)?));
        standstill::freeze(old)?;
        let frozen = Moment::now();
        let registered = watch(coordinator, group, address, frozen);
        sleep(frozen.plus(FROZEN).since(Moment::now()));
        let woken = Moment::now();
        thaw.now()?;
        let said = writer.join().map_err(|_| Failure::wrong("the writer", "fell over"))??;
        let written: Vec<Written> =
            serde_json::from_str(&said).map_err(|error| Failure::wrong("what was written", error))?;
        if !written.iter().any(|one| one.done < frozen) {
            return Err(Failure::wrong("the writer", "could not write while all was well"));
        }
        Ok(Healed { registered, written: first_between(&written, frozen, woken) })
    })
}

/// The way a server writes: through the proxy beside it, which leads to the coordinator.
fn writing(stage: &Stage, restaurant: Uuid) -> Vec<String> {
    let length = BEFORE + FROZEN;
    let options = [
        ("--database", stage.database_at(Ipv4Addr::LOCALHOST, 5000)),
        ("--statement", format!("UPDATE restaurants SET tagline = tagline WHERE restaurant_id = '{restaurant}'")),
        ("--sessions", SESSIONS.to_owned()),
        ("--seconds", length.as_secs().to_string()),
    ];
    let options = options.into_iter().flat_map(|(name, value)| [name.to_owned(), value]);
    std::iter::once("write".to_owned()).chain(options).collect()
}

/// After how many seconds the first write was acknowledged that was begun and done while the old leader stood still.
fn first_between(written: &[Written], frozen: Moment, woken: Moment) -> Option<f64> {
    let during = written.iter().filter(|one| one.begun > frozen && one.done < woken);
    during.map(|one| one.done.since(frozen).as_secs_f64()).reduce(f64::min)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_begun_and_done_meanwhile_counts() {
        let written = |begun, done| Written { begun: Moment(begun), done: Moment(done) };
        let (frozen, woken) = (Moment(10_000_000), Moment(50_000_000));
        let before = [written(1_000_000, 2_000_000), written(9_000_000, 30_000_000)];
        assert_eq!(first_between(&before, frozen, woken), None);
        let after = [written(49_000_000, 51_000_000)];
        assert_eq!(first_between(&after, frozen, woken), None);
        let during = [written(40_000_000, 41_000_000), written(30_000_000, 32_500_000)];
        assert_eq!(first_between(&during, frozen, woken), Some(22.5));
    }
}

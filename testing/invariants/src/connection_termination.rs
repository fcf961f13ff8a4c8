//! Connection termination to a deposed primary: a frozen leader of a worker group is replaced while it is frozen; when
//! agents do not terminate the coordinator's connections to it, it is not.

use crate::{continuous_writer::AcknowledgedWrite, member_sql};
use agent::inventory::Role;
use serde::Deserialize;
use std::{
    net::Ipv4Addr,
    thread::{self, sleep},
    time::Duration,
};
use support::{
    CleanupGuard, Environment, Error, Timestamp, agents,
    checks::Findings,
    database_processes, json, options,
    wait::{self, after},
};
use testbed::Node;
use uuid::Uuid;

/// Longer than an election takes.
const FREEZE: Duration = Duration::from_secs(45);
/// For sessions to be opened before the freeze.
const WARM_UP: Duration = Duration::from_secs(5);
/// Enough that some are waiting for the frozen leader at any time.
const SESSIONS: &str = "6";
const RECOVERY_TIMEOUT: Duration = Duration::from_mins(2);

/// Of the file that the command `setup` writes.
#[derive(Debug, Deserialize)]
struct Restaurant {
    slug: String,
    restaurant: Uuid,
}

/// Seconds from the freeze to the first success.
#[derive(Debug, Default)]
struct Failover {
    registered: Option<f64>,
    written: Option<f64>,
}

pub(crate) fn check(environment: &Environment, findings: &mut Findings<'_>) -> Result<(), Error> {
    if !environment.testbed.is_sharded() {
        findings.skip("the database of this testbed is not sharded");
        return Ok(());
    }
    let Some((group, restaurant)) = restaurant_on_worker(environment)? else {
        findings.skip("no restaurant is in a worker group with three members");
        return Ok(());
    };
    let with = freeze_leader(environment, group, restaurant)?;
    let expected = format!("the coordinator registers the new leader of group {group} while the old one is frozen");
    findings.add_waited(expected, with.registered, FREEZE);
    let expected = format!("a write to a restaurant of group {group} succeeds while the old leader is frozen");
    findings.add_waited(expected, with.written, FREEZE);
    if let Some(missing) = environment.wait_until_healthy(RECOVERY_TIMEOUT) {
        return Err(Error::failed("the testbed after the first freeze", missing));
    }
    let agents = agents::freeze(environment.testbed.members(0))?;
    let without = freeze_leader(environment, group, restaurant);
    agents.run()?;
    let without = without?;
    let passed = without.registered.is_none() && without.written.is_none();
    let found = format!("registered {}, written {}", after(without.registered, FREEZE), after(without.written, FREEZE));
    findings.add("without connection termination neither happens before the old leader is resumed", found, passed);
    let missing = environment.wait_until_healthy(RECOVERY_TIMEOUT);
    let found = missing.clone().unwrap_or_else(|| "all members stream".to_owned());
    findings.add("the testbed recovers from both", found, missing.is_none());
    Ok(())
}

fn restaurant_on_worker(environment: &Environment) -> Result<Option<(u16, Uuid)>, Error> {
    let all: Vec<Restaurant> = json::read(&environment.file("terms.json"))?;
    let mut located = all.iter().filter_map(|one| {
        let group = u16::try_from(environment.group_of(&one.slug)?).ok()?;
        Some((group, one.restaurant))
    });
    Ok(located.find(|(group, _)| *group > 0 && environment.testbed.members(*group).count() >= 3))
}

/// Freezes the leader of a group during writes, and resumes it.
fn freeze_leader(environment: &Environment, group: u16, restaurant: Uuid) -> Result<Failover, Error> {
    let old = environment.require_leader(group)?;
    let address = old.mesh.ok_or_else(|| Error::failed(&old.name, "has no address in the mesh"))?;
    let coordinator = environment.require_leader(0)?;
    let arguments = writer_arguments(environment, restaurant);
    let server = environment.testbed.first(Role::App)?;
    thread::scope(|scope| {
        let running = scope.spawn(|| environment.run_on(server, &arguments));
        sleep(WARM_UP);
        let resume = CleanupGuard::new(|| Ok(database_processes::resume(old)?));
        database_processes::freeze(old)?;
        let frozen = Timestamp::now();
        let registered = wait_until_registered(coordinator, group, address, frozen);
        sleep(frozen.plus(FREEZE).since(Timestamp::now()));
        let resumed = Timestamp::now();
        resume.run()?;
        let printed = running.join().map_err(|_| Error::failed("the writer", "panicked"))??;
        let writes: Vec<AcknowledgedWrite> = json::parse("the writer", &printed)?;
        if !writes.iter().any(|write| write.acknowledged < frozen) {
            return Err(Error::failed("the writer", "could not write before the freeze"));
        }
        Ok(Failover { registered, written: first_between(&writes, frozen, resumed) })
    })
}

/// Writes through the node's proxy to the coordinator, as a server does.
fn writer_arguments(environment: &Environment, restaurant: Uuid) -> Vec<String> {
    let mut arguments = vec!["write".to_owned()];
    arguments.extend(options([
        ("--database", environment.database_url(Ipv4Addr::LOCALHOST, 5000)),
        ("--statement", format!("UPDATE restaurants SET tagline = tagline WHERE restaurant_id = '{restaurant}'")),
        ("--sessions", SESSIONS.to_owned()),
        ("--seconds", (WARM_UP + FREEZE).as_secs().to_string()),
    ]));
    arguments
}

/// Seconds to the first write that was both started and acknowledged during the freeze.
fn first_between(writes: &[AcknowledgedWrite], frozen: Timestamp, resumed: Timestamp) -> Option<f64> {
    let during = writes.iter().filter(|write| write.started > frozen && write.acknowledged < resumed);
    during.map(|write| write.acknowledged.since(frozen).as_secs_f64()).reduce(f64::min)
}

/// Seconds until `pg_dist_node` names another primary; none when it does not during the freeze.
fn wait_until_registered(coordinator: &Node, group: u16, old: Ipv4Addr, frozen: Timestamp) -> Option<f64> {
    let statement = format!("SELECT nodename FROM pg_dist_node WHERE groupid = {group} AND noderole = 'primary'");
    wait::until(FREEZE.saturating_sub(Duration::from_secs(1)), || {
        member_sql::query(coordinator, &["SET statement_timeout = '2s'", &statement])
            .is_ok_and(|primary| !primary.is_empty() && primary != old.to_string())
    })
    .map(|_| Timestamp::now().since(frozen).as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_writes_started_and_acknowledged_during_the_freeze_count() {
        let write = |started, acknowledged| AcknowledgedWrite {
            started: Timestamp(started),
            acknowledged: Timestamp(acknowledged),
        };
        let (frozen, resumed) = (Timestamp(10_000_000), Timestamp(50_000_000));
        let before = [write(1_000_000, 2_000_000), write(9_000_000, 30_000_000)];
        assert_eq!(first_between(&before, frozen, resumed), None);
        let after = [write(49_000_000, 51_000_000)];
        assert_eq!(first_between(&after, frozen, resumed), None);
        let during = [write(40_000_000, 41_000_000), write(30_000_000, 32_500_000)];
        assert_eq!(first_between(&during, frozen, resumed), Some(22.5));
    }
}

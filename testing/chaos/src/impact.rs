//! The impact of a fault on customers, computed from the history between its injection and its healing.

use crate::{
    expectation::Observations,
    history::{History, Outcome, Record, RequestKind},
};
use std::{collections::BTreeMap, time::Duration};
use support::Timestamp;

/// The restaurants that a fault affects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BlastRadius {
    All,
    /// Those in a group of the database.
    Group(i32),
    /// None: the coordinator holds no restaurant, so only requests about all of them need it, such as searches.
    Coordinator,
}

#[derive(Debug)]
pub struct Impact<'a> {
    pub history: &'a History,
    /// Database group of each restaurant.
    pub groups: &'a BTreeMap<String, i32>,
    pub blast_radius: BlastRadius,
    pub injected: Timestamp,
    pub healed: Timestamp,
    pub observations: Observations,
}

impl Impact<'_> {
    /// Requests that ended after the injection.
    fn during(&self) -> impl Iterator<Item = &Record> {
        let sent = self.history.records.iter().filter(|record| record.result != Outcome::Dropped);
        sent.filter(|record| record.ended >= self.injected)
    }

    /// Whether a request is about an affected restaurant.
    fn is_own(&self, record: &Record) -> bool {
        match self.blast_radius {
            BlastRadius::All => true,
            BlastRadius::Group(group) => self.groups.get(&record.restaurant) == Some(&group),
            BlastRadius::Coordinator => record.restaurant.is_empty(),
        }
    }

    /// False for pages of no particular restaurant.
    fn is_other(&self, record: &Record) -> bool {
        !record.restaurant.is_empty() && !self.is_own(record)
    }

    /// Numbers of all requests and of failed ones.
    pub fn requests(&self) -> (u64, u64) {
        count(self.during())
    }

    /// The same for restaurants that are not affected.
    pub fn others(&self) -> (u64, u64) {
        count(self.during().filter(|record| self.is_other(record)))
    }

    /// The same for each kind of request.
    pub fn others_by_kind(&self) -> BTreeMap<RequestKind, (u64, u64)> {
        let mut kinds = BTreeMap::new();
        for record in self.during().filter(|record| self.is_other(record)) {
            let (all, failed) = kinds.entry(record.kind).or_insert((0, 0));
            *all += 1;
            *failed += u64::from(!record.result.is_served());
        }
        kinds
    }

    /// The same for affected restaurants.
    pub fn own(&self) -> (u64, u64) {
        count(self.during().filter(|record| self.is_own(record)))
    }

    /// Orders and transitions that failed although they were retried until the customer's timeout.
    pub fn abandoned(&self) -> u64 {
        let mut served: BTreeMap<(u64, RequestKind, Option<&str>), bool> = BTreeMap::new();
        for record in self.during().filter(|record| record.key.is_some()) {
            let served = served.entry((record.operation, record.kind, record.key.as_deref())).or_default();
            *served = *served || record.result.is_served();
        }
        number(served.values().filter(|served| !**served).count())
    }

    /// Seconds from the injection to the end of the last failed request to an affected restaurant.
    pub fn last_error(&self) -> f64 {
        let failed = self.during().filter(|record| !record.result.is_served() && self.is_own(record));
        failed.map(|record| record.ended.since(self.injected).as_secs_f64()).fold(0.0, f64::max)
    }

    /// Seconds from the injection to the healing.
    pub fn duration(&self) -> f64 {
        self.healed.since(self.injected).as_secs_f64()
    }

    pub fn last_error_after_healing(&self) -> f64 {
        (self.last_error() - self.duration()).max(0.0)
    }

    /// Longest time in seconds without an acknowledged order or transition of an affected restaurant, or of any restaurant
    /// without affected ones.
    pub fn write_gap(&self) -> f64 {
        let writes = self.history.records.iter();
        let writes = writes.filter(|record| record.kind.places() || record.kind == RequestKind::Transition);
        let of_any = self.blast_radius == BlastRadius::Coordinator;
        let writes = writes.filter(|record| of_any || self.is_own(record));
        let writes = writes.filter(|record| matches!(record.result, Outcome::Ok(_)));
        let mut ends: Vec<_> = writes.map(|record| record.ended).filter(|end| *end > self.injected).collect();
        ends.sort_unstable();
        let mut last = self.injected;
        let mut longest = Duration::ZERO;
        for end in ends {
            longest = longest.max(end.since(last));
            last = end;
        }
        longest.as_secs_f64()
    }

    /// Requests for menus, pages and lists, and how many failed.
    pub fn reads(&self) -> (u64, u64) {
        use RequestKind::{Home, Menu, Page};
        count(self.during().filter(|record| matches!(record.kind, Home | Page | Menu)))
    }

    /// Latency in seconds of restaurants that are not affected, before and during the fault.
    pub fn p99_of_others(&self) -> (f64, f64) {
        let served = |record: &&Record| record.attempt == 1 && record.result.is_served();
        let others: Vec<_> = self.history.records.iter().filter(|record| self.is_other(record)).collect();
        let before = others.iter().copied().filter(served).filter(|record| record.ended < self.injected);
        let during = others.iter().copied().filter(served);
        let during = during.filter(|record| record.scheduled >= self.injected && record.scheduled < self.healed);
        (self.p99_of(before), self.p99_of(during))
    }

    /// Latency in seconds of all served requests during the fault.
    pub fn p99(&self) -> f64 {
        let during = self.during().filter(|record| record.attempt == 1 && record.result.is_served());
        self.p99_of(during.filter(|record| record.scheduled >= self.injected && record.scheduled < self.healed))
    }

    /// The latency of an operation's first request counts from when the operation was scheduled, so that a late start is
    /// included; that of the following ones from when they were sent.
    fn p99_of<'a>(&self, records: impl Iterator<Item = &'a Record>) -> f64 {
        let mut first: BTreeMap<u64, Timestamp> = BTreeMap::new();
        for record in &self.history.records {
            let earliest = first.entry(record.operation).or_insert(record.started);
            *earliest = (*earliest).min(record.started);
        }
        let is_first = |record: &Record| first.get(&record.operation) == Some(&record.started);
        let start = |record: &Record| if is_first(record) { record.scheduled } else { record.started };
        let mut spans: Vec<_> = records.map(|record| record.ended.since(start(record))).collect();
        spans.sort_unstable();
        let at = (spans.len() * 99).div_ceil(100).saturating_sub(1);
        spans.get(at).map_or(0.0, Duration::as_secs_f64)
    }

    /// Failed requests to affected restaurants with a response: how many, how many had `Retry-After`, and the slowest in
    /// seconds.
    pub fn rejected(&self) -> (u64, u64, f64) {
        let rejected: Vec<_> = self
            .during()
            .filter(|record| self.is_own(record) && !record.result.is_served() && record.result.status().is_some())
            .collect();
        let with_retry_after = rejected.iter().filter(|record| record.retry_after.is_some()).count();
        let slowest =
            rejected.iter().map(|record| record.ended.since(record.started).as_secs_f64()).fold(0.0, f64::max);
        (number(rejected.len()), number(with_retry_after), slowest)
    }

    /// Failed requests to affected restaurants without a response.
    pub fn without_response(&self) -> u64 {
        let without = |record: &&Record| !record.result.is_served() && record.result.status().is_none();
        number(self.during().filter(|record| self.is_own(record)).filter(without).count())
    }
}

fn count<'a>(records: impl Iterator<Item = &'a Record>) -> (u64, u64) {
    let (mut all, mut failed) = (0, 0);
    for record in records {
        all += 1;
        failed += u64::from(!record.result.is_served());
    }
    (all, failed)
}

fn number(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

#[cfg(test)]
#[path = "impact/tests.rs"]
pub(crate) mod tests;

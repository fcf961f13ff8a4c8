//! What a fault did to guests: read off the history, between its beginning and its end.

use crate::{
    history::{History, Op, Outcome, Record},
    moment::Moment,
};
use std::{collections::BTreeMap, time::Duration};

/// Whose restaurants the fault hit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hit {
    /// All, or none in particular.
    Everybody,
    /// Those whose rows are in a group of the database.
    Group(i32),
}

/// A fault and what was seen of it.
#[derive(Debug)]
pub struct Measured<'a> {
    /// What guests saw.
    pub history: &'a History,
    /// In which group each restaurant is.
    pub groups: &'a BTreeMap<String, i32>,
    /// Whom it hit.
    pub hit: Hit,
    /// When it began.
    pub begun: Moment,
    /// When it was taken back.
    pub healed: Moment,
    /// What was watched beside the guests, in seconds.
    pub watched: BTreeMap<String, f64>,
}

impl Measured<'_> {
    /// Requests that were due from the fault's beginning on.
    fn during(&self) -> impl Iterator<Item = &Record> {
        let sent = self.history.records.iter().filter(|record| record.result != Outcome::Shed);
        sent.filter(|record| record.ended >= self.begun)
    }

    /// Whether a request is about a restaurant that was hit; pages of no restaurant in particular are nobody's.
    fn is_own(&self, record: &Record) -> bool {
        match self.hit {
            Hit::Everybody => true,
            Hit::Group(group) => self.groups.get(&record.restaurant) == Some(&group),
        }
    }

    fn is_other(&self, record: &Record) -> bool {
        !record.restaurant.is_empty() && !self.is_own(record)
    }

    /// How many requests there were, and how many of them did not get what a working Toast gives.
    pub fn requests(&self) -> (u64, u64) {
        count(self.during())
    }

    /// The same for restaurants that were not hit.
    pub fn others(&self) -> (u64, u64) {
        count(self.during().filter(|record| self.is_other(record)))
    }

    /// The same for those that were.
    pub fn own(&self) -> (u64, u64) {
        count(self.during().filter(|record| self.is_own(record)))
    }

    /// Requests that came to nothing although they were tried again for as long as a guest does.
    pub fn given_up(&self) -> u64 {
        let mut last: BTreeMap<(u64, Op, Option<&str>), bool> = BTreeMap::new();
        for record in self.during().filter(|record| record.key.is_some()) {
            let served = last.entry((record.wish, record.op, record.key.as_deref())).or_default();
            *served = *served || record.result.is_served();
        }
        number(last.values().filter(|served| !**served).count())
    }

    /// Seconds from the fault's beginning to the end of the last request that it spoiled.
    pub fn last_error(&self, own: bool) -> f64 {
        let spoiled = self.during().filter(|record| !record.result.is_served());
        let spoiled = spoiled.filter(|record| if own { self.is_own(record) } else { self.is_other(record) });
        spoiled.map(|record| record.ended.since(self.begun).as_secs_f64()).fold(0.0, f64::max)
    }

    /// Longest time without an acknowledged order or move of those that were hit, between beginning and end.
    pub fn write_gap(&self) -> f64 {
        let writes = self.history.records.iter().filter(|record| record.op.places() || record.op == Op::Move);
        let writes = writes.filter(|record| self.is_own(record) && matches!(record.result, Outcome::Ok(_)));
        let mut ends: Vec<_> = writes.map(|record| record.ended).collect();
        ends.sort_unstable();
        let before = ends.iter().copied().filter(|end| *end <= self.begun).max().unwrap_or(self.begun);
        let mut last = before.max(self.begun);
        let mut longest = Duration::ZERO;
        for end in ends.into_iter().filter(|end| *end > self.begun) {
            longest = longest.max(end.since(last));
            last = end;
        }
        longest.as_secs_f64()
    }

    /// Menus, pages and lists that were asked for, and how many of them were not shown.
    pub fn looks(&self) -> (u64, u64) {
        count(self.during().filter(|record| matches!(record.op, Op::Home | Op::Page | Op::Menu)))
    }

    /// The 99th of a hundred requests that were served, in seconds from when they were due: before the fault, and during
    /// it, of those that were not hit.
    pub fn p99_of_others(&self) -> (f64, f64) {
        let served = |record: &&Record| record.attempt == 1 && record.result.is_served();
        let others: Vec<_> = self.history.records.iter().filter(|record| self.is_other(record)).collect();
        let before = others.iter().copied().filter(served).filter(|record| record.ended < self.begun);
        let during = others.iter().copied().filter(served);
        let during = during.filter(|record| record.scheduled >= self.begun && record.scheduled < self.healed);
        (self.p99_of(before), self.p99_of(during))
    }

    /// The 99th of a hundred of all that were served while the fault lasted.
    pub fn p99(&self) -> f64 {
        let during = self.during().filter(|record| record.attempt == 1 && record.result.is_served());
        self.p99_of(during.filter(|record| record.scheduled >= self.begun && record.scheduled < self.healed))
    }

    /// A wish's first request was due when the wish was, however late it was sent. Each one after it is due when the one
    /// before was answered.
    fn p99_of<'a>(&self, records: impl Iterator<Item = &'a Record>) -> f64 {
        let mut first: BTreeMap<u64, Moment> = BTreeMap::new();
        for record in &self.history.records {
            first.entry(record.wish).and_modify(|begun| *begun = (*begun).min(record.begun)).or_insert(record.begun);
        }
        let is_first = |record: &Record| first.get(&record.wish) == Some(&record.begun);
        let due = |record: &Record| if is_first(record) { record.scheduled } else { record.begun };
        let mut spans: Vec<_> = records.map(|record| record.ended.since(due(record))).collect();
        spans.sort_unstable();
        let at = (spans.len() * 99).div_ceil(100).saturating_sub(1);
        spans.get(at).map_or(0.0, Duration::as_secs_f64)
    }

    /// Requests that were turned away, and of these the ones that were told when to come again, and the slowest no.
    pub fn turned_away(&self) -> (u64, u64, f64) {
        let away: Vec<_> = self
            .during()
            .filter(|record| self.is_own(record) && !record.result.is_served() && record.result.status().is_some())
            .collect();
        let told = away.iter().filter(|record| record.retry_after.is_some()).count();
        let slowest = away.iter().map(|record| record.ended.since(record.begun).as_secs_f64()).fold(0.0, f64::max);
        (number(away.len()), number(told), slowest)
    }

    /// Requests without any answer.
    pub fn unanswered(&self) -> u64 {
        let without = |record: &&Record| !record.result.is_served() && record.result.status().is_none();
        number(self.during().filter(|record| self.is_own(record)).filter(without).count())
    }
}

fn count<'a>(records: impl Iterator<Item = &'a Record>) -> (u64, u64) {
    let (mut all, mut spoiled) = (0, 0);
    for record in records {
        all += 1;
        spoiled += u64::from(!record.result.is_served());
    }
    (all, spoiled)
}

fn number(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

#[cfg(test)]
#[path = "measured/tests.rs"]
mod tests;

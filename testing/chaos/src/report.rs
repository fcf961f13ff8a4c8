//! What a run found, for machines as JSON and for people as a part of `docs/RELIABILITY.md`.

mod page;

pub use page::{into_page, markdown};

use crate::{
    check::{Verdict, Violation},
    controls::Control,
    cuts::CutReport,
    failure::Failure,
    faults::{Notes, Promise},
    measured::Measured,
    run::{is_hard, rounded},
    walls::Wall,
};
use serde::{Deserialize, Serialize};

/// A whole run.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// Everything followed from it.
    pub seed: u64,
    /// The shape of the world; empty without one.
    pub profile: String,
    /// Whether its database was sharded.
    pub sharded: bool,
    /// A Toast that is broken on purpose.
    pub controls: Vec<Control>,
    /// Lines that were cut, in private databases.
    pub cuts: Vec<CutReport>,
    /// Faults in the world.
    pub faults: Vec<FaultReport>,
    /// What must not get through in the world, and what must not be lost.
    #[serde(default)]
    pub walls: Vec<Wall>,
}

/// A fault and what it did.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct FaultReport {
    /// Its name.
    pub fault: String,
    /// In words.
    pub what: String,
    /// Everything followed from it.
    pub seed: u64,
    /// Requests from its beginning on.
    pub requests: u64,
    /// Of these, the ones that did not get what a working Toast gives.
    pub errors: u64,
    /// Orders that were acknowledged in the whole drive.
    pub acknowledged: u64,
    /// Of these, the ones that took a retry.
    pub retried: u64,
    /// Orders of which nobody said what became of them.
    pub unknown: u64,
    /// Seconds, and other figures by name.
    pub seconds: Notes,
    /// Milliseconds of the 99th of a hundred served requests while it lasted.
    pub p99_ms: f64,
    /// What had to hold.
    pub promises: Vec<Promise>,
    /// What must never be, and was.
    pub violations: Vec<Violation>,
    /// Whether all promises held and nothing was violated.
    pub held: bool,
    /// Whether something came in between, so that nobody knows what became of the orders.
    #[serde(default)]
    pub unfinished: bool,
    /// Why it was not done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub skipped: Option<String>,
    /// What else there is to say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

impl FaultReport {
    /// What was measured, put together.
    pub fn of(
        fault: &str,
        seed: u64,
        what: &str,
        measured: &Measured<'_>,
        verdict: &Verdict,
        promises: Vec<Promise>,
        note: Option<String>,
    ) -> Self {
        let (requests, errors) = measured.requests();
        let mut seconds = rounded(&measured.watched);
        seconds.extend(rounded(&Notes::from([
            ("longest without an acknowledged write".to_owned(), measured.write_gap()),
            ("last error after".to_owned(), measured.last_error(true)),
        ])));
        Self {
            fault: fault.to_owned(),
            what: what.to_owned(),
            seed,
            requests,
            errors,
            acknowledged: verdict.counts.acknowledged,
            retried: verdict.counts.retried,
            unknown: verdict.counts.unknown,
            seconds,
            p99_ms: (measured.p99() * 1e3).round(),
            held: promises.iter().all(|promise| promise.held) && verdict.is_green(),
            promises,
            violations: verdict.violations.clone(),
            unfinished: false,
            skipped: None,
            note,
        }
    }

    /// A fault that something came in between of: it held nothing.
    pub fn unfinished(fault: &str, seed: u64, what: &str, why: &Failure) -> Self {
        let promise =
            Promise { wanted: "done and checked to its end".to_owned(), measured: why.to_string(), held: false };
        let (fault, what) = (fault.to_owned(), what.to_owned());
        Self { fault, what, seed, promises: vec![promise], unfinished: true, ..Self::default() }
    }

    /// A fault that this host or this world cannot do.
    pub fn skipped(fault: &str, seed: u64, why: &str) -> Self {
        Self { fault: fault.to_owned(), seed, skipped: Some(why.to_owned()), ..Self::default() }
    }

    /// Violations of what guests were promised.
    pub fn hard(&self) -> usize {
        self.violations.iter().filter(|violation| is_hard(violation.kind)).count()
    }

    /// A line for the one who waits.
    pub fn line(&self) -> String {
        let mark = if self.held { '✓' } else { '✗' };
        let missed: Vec<_> = self
            .promises
            .iter()
            .filter(|promise| !promise.held)
            .map(|promise| format!("\n    {}: {}", promise.wanted, promise.measured))
            .chain(self.violations.iter().take(10).map(|violation| format!("\n    {violation}")))
            .collect();
        format!(
            "{mark} {}: {} requests, {} errors, {} orders acknowledged, {} unknown, {} violations{}",
            self.fault,
            self.requests,
            self.errors,
            self.acknowledged,
            self.unknown,
            self.violations.len(),
            missed.concat()
        )
    }
}

impl Report {
    /// Faults that were done.
    pub fn done(&self) -> impl Iterator<Item = &FaultReport> {
        self.faults.iter().filter(|fault| fault.skipped.is_none())
    }

    /// Violations, with faults that were not checked to their end, controls that did not turn red, cuts that went wrong
    /// and walls that did not hold.
    pub fn violations(&self) -> usize {
        let faults: usize = self.done().map(|fault| fault.hard() + usize::from(fault.unfinished)).sum();
        let controls = self.controls.iter().filter(|control| !control.held).count();
        let cuts = self.cuts.iter().filter(|cut| !cut.held).count();
        let walls = self.walls.iter().filter(|wall| wall.is_broken()).count();
        faults + controls + cuts + walls
    }

    /// The last line.
    pub fn line(&self) -> String {
        let operations: u64 = self.done().map(|fault| fault.requests).sum();
        let unknown: u64 = self.done().map(|fault| fault.unknown).sum();
        let faults = self.done().count();
        format!("chaos: {operations} operations, {faults} faults, {unknown} unknown, {} violations", self.violations())
    }
}

//! The report of a run: JSON for programs, Markdown for `docs/RELIABILITY.md`.

mod page;

pub use page::{into_page, markdown};

use crate::{
    check::{CheckReport, Violation},
    checker_controls::Control,
    connection_cuts::CutReport,
    expectation::{Expectation, Observations},
    impact::Impact,
};
use serde::{Deserialize, Serialize};
use support::{Error, checks::Finding};

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Report {
    pub seed: u64,
    /// Profile of the testbed.
    pub profile: String,
    pub sharded: bool,
    pub checker_controls: Vec<Control>,
    /// In temporary databases.
    pub connection_cuts: Vec<CutReport>,
    pub faults: Vec<FaultReport>,
    /// Security and invariant checks.
    #[serde(default)]
    pub security: Vec<Finding>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct FaultReport {
    pub fault: String,
    pub description: String,
    pub seed: u64,
    /// After the injection.
    pub requests: u64,
    /// Of these, the failed ones.
    pub errors: u64,
    /// Orders of the whole load.
    pub acknowledged: u64,
    /// Orders acknowledged only by a retry.
    pub retried: u64,
    /// Orders without a response that tells their result.
    pub unknown: u64,
    /// Rounded to tenths.
    pub observations: Observations,
    /// Milliseconds, of served requests during the fault.
    pub p99_ms: f64,
    pub expectations: Vec<Expectation>,
    pub violations: Vec<Violation>,
    /// Whether all expectations passed without violations.
    pub passed: bool,
    /// Whether an error prevented the check.
    #[serde(default)]
    pub unfinished: bool,
    /// Reason.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub skipped: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

impl FaultReport {
    pub fn of(
        fault: &str,
        seed: u64,
        description: &str,
        impact: &Impact<'_>,
        check_report: &CheckReport,
        expectations: Vec<Expectation>,
        note: Option<String>,
    ) -> Self {
        let (requests, errors) = impact.requests();
        let mut observations = impact.observations.clone();
        observations.insert("longest time without an acknowledged write".to_owned(), impact.write_gap());
        observations.insert("last error after".to_owned(), impact.last_error());
        for value in observations.values_mut() {
            *value = (*value * 10.0).round() / 10.0;
        }
        Self {
            fault: fault.to_owned(),
            description: description.to_owned(),
            seed,
            requests,
            errors,
            acknowledged: check_report.counts.acknowledged,
            retried: check_report.counts.retried,
            unknown: check_report.counts.unknown,
            observations,
            p99_ms: (impact.p99() * 1e3).round(),
            passed: expectations.iter().all(|expectation| expectation.passed) && check_report.passed(),
            expectations,
            violations: check_report.violations.clone(),
            unfinished: false,
            skipped: None,
            note,
        }
    }

    /// Counts as a violation: it is not known whether orders were lost.
    pub fn unfinished(fault: &str, seed: u64, description: &str, why: &Error) -> Self {
        let expectations = vec![Expectation::new("injected, healed and checked", why.to_string(), false)];
        let (fault, description) = (fault.to_owned(), description.to_owned());
        Self { fault, description, seed, expectations, unfinished: true, ..Self::default() }
    }

    /// A fault that cannot be injected on this host or testbed.
    pub fn skipped(fault: &str, seed: u64, why: &str) -> Self {
        Self { fault: fault.to_owned(), seed, skipped: Some(why.to_owned()), ..Self::default() }
    }

    /// Number of broken promises to customers.
    fn hard_violations(&self) -> usize {
        self.violations.iter().filter(|violation| violation.kind.is_hard()).count()
    }

    /// A line for the console, and one for each failed expectation and violation.
    pub fn summary(&self) -> String {
        let mark = if self.passed { '✓' } else { '✗' };
        let failed = self.expectations.iter().filter(|expectation| !expectation.passed);
        let details: String = failed
            .map(|expectation| format!("\n    {}: {}", expectation.expected, expectation.measured))
            .chain(self.violations.iter().take(10).map(|violation| format!("\n    {violation}")))
            .collect();
        format!(
            "{mark} {}: {} requests, {} errors, {} orders acknowledged, {} unknown, {} violations{details}",
            self.fault,
            self.requests,
            self.errors,
            self.acknowledged,
            self.unknown,
            self.violations.len(),
        )
    }
}

impl Report {
    /// Faults that were not skipped.
    pub fn done(&self) -> impl Iterator<Item = &FaultReport> {
        self.faults.iter().filter(|fault| fault.skipped.is_none())
    }

    /// Violations, unfinished faults, and failed controls, connection cuts and security checks.
    pub fn violations(&self) -> usize {
        let faults: usize = self.done().map(|fault| fault.hard_violations() + usize::from(fault.unfinished)).sum();
        let controls = self.checker_controls.iter().filter(|control| !control.passed).count();
        let cuts = self.connection_cuts.iter().filter(|cut| !cut.passed).count();
        let security = self.security.iter().filter(|finding| finding.failed()).count();
        faults + controls + cuts + security
    }

    /// The last line of a run.
    pub fn summary(&self) -> String {
        let operations: u64 = self.done().map(|fault| fault.requests).sum();
        let unknown: u64 = self.done().map(|fault| fault.unknown).sum();
        let faults = self.done().count();
        format!("chaos: {operations} operations, {faults} faults, {unknown} unknown, {} violations", self.violations())
    }
}

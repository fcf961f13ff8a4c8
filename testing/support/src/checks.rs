//! Checks of the running testbed and their findings.
//!
//! Each check also proves that it can fail: a service behind a closed port listens, plaintext is detected where it is
//! sent on purpose, a removed safeguard is noticed.

use crate::{Environment, Error, wait::after};
use serde::{Deserialize, Serialize};
use std::{fmt, time::Duration};

/// One requirement and what was found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Name of the check, such as `external-scan`.
    pub check: String,
    pub expected: String,
    pub found: String,
    /// Never true for a skipped check.
    pub passed: bool,
    /// Reason.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub skipped: Option<String>,
}

impl Finding {
    pub fn failed(&self) -> bool {
        !self.passed && self.skipped.is_none()
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(why) = &self.skipped {
            return write!(formatter, "– {}: skipped, {why}", self.check);
        }
        let mark = if self.passed { '✓' } else { '✗' };
        write!(formatter, "{mark} {}: {}: {}", self.check, self.expected, self.found)
    }
}

/// Last line of a run of checks.
pub fn summary(findings: &[Finding]) -> String {
    let done = findings.iter().filter(|finding| finding.skipped.is_none()).count();
    let passed = findings.iter().filter(|finding| finding.passed).count();
    format!("security: {passed} of {done} checks passed")
}

/// Collects the findings of one check and reports each as it comes.
pub struct Findings<'a> {
    check: &'static str,
    collected: Vec<Finding>,
    progress: &'a mut dyn FnMut(&Finding),
}

impl<'a> Findings<'a> {
    pub fn new(check: &'static str, progress: &'a mut dyn FnMut(&Finding)) -> Self {
        Self { check, collected: Vec::new(), progress }
    }

    pub fn add(&mut self, expected: impl Into<String>, found: impl Into<String>, passed: bool) {
        let (expected, found) = (expected.into(), found.into());
        self.push(Finding { check: self.check.to_owned(), expected, found, passed, skipped: None });
    }

    /// A condition that [`crate::wait::until`] waited for.
    pub fn add_waited(&mut self, expected: impl Into<String>, waited: Option<f64>, timeout: Duration) {
        self.add(expected, after(waited, timeout), waited.is_some());
    }

    pub fn skip(&mut self, why: &str) {
        self.push(Finding { check: self.check.to_owned(), skipped: Some(why.to_owned()), ..Finding::default() });
    }

    fn push(&mut self, finding: Finding) {
        (self.progress)(&finding);
        self.collected.push(finding);
    }

    pub fn into_vec(self) -> Vec<Finding> {
        self.collected
    }
}

pub type Check = fn(&Environment, &mut Findings<'_>) -> Result<(), Error>;

/// How long the testbed may take to recover from the check before.
const RECOVERY_TIMEOUT: Duration = Duration::from_mins(2);

/// Runs the checks whose names contain `only`. A check that ends with an error has failed; the others still run.
pub fn run(
    checks: &[(&'static str, Check)],
    environment: &Environment,
    only: &str,
    progress: &mut dyn FnMut(&Finding),
) -> Vec<Finding> {
    let mut all = Vec::new();
    for &(name, check) in checks.iter().filter(|(name, _)| name.contains(only)) {
        let mut findings = Findings::new(name, progress);
        if let Some(missing) = environment.wait_until_healthy(RECOVERY_TIMEOUT) {
            findings.add("the testbed is healthy before the check", format!("unhealthy: {missing}"), false);
        } else if let Err(error) = check(environment, &mut findings) {
            findings.add("the check completes", error.to_string(), false);
        }
        all.append(&mut findings.collected);
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_skipped_check_neither_passes_nor_fails() {
        let mut lines = Vec::new();
        let mut progress = |finding: &Finding| lines.push(finding.to_string());
        let mut findings = Findings::new("scan", &mut progress);
        findings.add("closed", "closed", true);
        findings.add("closed", "open", false);
        findings.skip("there is no internet here");
        let findings = findings.into_vec();
        assert_eq!(summary(&findings), "security: 1 of 2 checks passed");
        assert_eq!(findings.iter().filter(|finding| finding.failed()).count(), 1);
        assert_eq!(
            lines,
            ["✓ scan: closed: closed", "✗ scan: closed: open", "– scan: skipped, there is no internet here"]
        );
    }
}

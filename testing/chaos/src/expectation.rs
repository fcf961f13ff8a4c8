//! Expectations during a fault, and the observations.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Seconds or counts, by name.
pub type Observations = BTreeMap<String, f64>;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Expectation {
    /// Includes the limit.
    pub expected: String,
    pub measured: String,
    pub passed: bool,
}

impl Expectation {
    pub fn new(expected: impl Into<String>, measured: impl Into<String>, passed: bool) -> Self {
        Self { expected: expected.into(), measured: measured.into(), passed }
    }

    pub fn within(what: &str, seconds: f64, limit: f64) -> Self {
        Self::new(format!("{what} ≤ {limit} s"), format!("{seconds:.1} s"), seconds <= limit)
    }
}

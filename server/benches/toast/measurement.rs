//! A measurement: values per round, those of the baseline, the ratio, and the target.

use serde::Serialize;

/// The target of a measurement.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Target {
    /// Lower bound of Toast ÷ baseline.
    RatioAtLeast(f64),
    /// Upper bound of Toast ÷ baseline.
    RatioAtMost(f64),
    /// Upper bound of the value.
    ValueAtMost(f64),
}

/// The baseline of a measurement.
#[derive(Debug, Clone)]
pub struct Baseline {
    pub name: String,
    rounds: Vec<f64>,
}

/// A measured quantity.
#[derive(Debug, Clone)]
pub struct Measurement {
    pub name: &'static str,
    pub unit: &'static str,
    rounds: Vec<f64>,
    baseline: Option<Baseline>,
    pub target: Option<Target>,
}

/// Median and extremes over the rounds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Range {
    pub median: f64,
    pub min: f64,
    pub max: f64,
}

impl Baseline {
    /// A measured baseline, with a value per round.
    pub fn measured(name: &str, rounds: Vec<f64>) -> Self {
        Self { name: name.to_owned(), rounds }
    }

    /// The target as baseline, where there is no other.
    pub fn target(value: f64) -> Self {
        Self { name: "the target".to_owned(), rounds: vec![value] }
    }
}

impl Measurement {
    /// A measurement of one or more rounds.
    pub fn new(
        name: &'static str,
        unit: &'static str,
        rounds: Vec<f64>,
        baseline: Option<Baseline>,
        target: Option<Target>,
    ) -> Self {
        Self { name, unit, rounds, baseline, target }
    }

    pub fn value(&self) -> Range {
        Range::of(&self.rounds)
    }

    pub fn baseline(&self) -> Option<(&str, Range)> {
        self.baseline.as_ref().map(|baseline| (baseline.name.as_str(), Range::of(&baseline.rounds)))
    }

    /// By round, so that a slowdown of both sides cancels out.
    pub fn ratio(&self) -> Option<Range> {
        let baseline = self.baseline.as_ref()?;
        let last = baseline.rounds.last().copied()?;
        let baseline_of = baseline.rounds.iter().copied().chain(std::iter::repeat(last));
        let ratios: Vec<_> = self.rounds.iter().zip(baseline_of).map(|(ours, theirs)| ours / theirs).collect();
        ratios.iter().all(|ratio| ratio.is_finite()).then(|| Range::of(&ratios))
    }

    /// Whether the target is reached; none without a target.
    pub fn is_met(&self) -> Option<bool> {
        Some(match self.target? {
            Target::RatioAtLeast(least) => self.ratio()?.median >= least,
            Target::RatioAtMost(most) => self.ratio()?.median <= most,
            Target::ValueAtMost(most) => self.value().median <= most,
        })
    }

    pub fn rounds(&self) -> usize {
        self.rounds.len()
    }
}

impl Range {
    fn of(values: &[f64]) -> Self {
        let mut sorted = values.to_vec();
        sorted.sort_by(f64::total_cmp);
        let at = |place: usize| sorted.get(place).copied().unwrap_or(f64::NAN);
        let (half, last) = (sorted.len() / 2, sorted.len().saturating_sub(1));
        let median = if sorted.len() % 2 == 1 { at(half) } else { f64::midpoint(at(half.saturating_sub(1)), at(half)) };
        Self { median, min: at(0), max: at(last) }
    }
}

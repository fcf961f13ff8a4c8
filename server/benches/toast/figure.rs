//! A figure: what was measured, its neighbour's in the same rounds, the ratio of the two, and what was aimed at.

use serde::Serialize;

/// What a figure should reach.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Aim {
    /// Toast ÷ neighbour at least.
    RatioAtLeast(f64),
    /// The value itself at most.
    ValueAtMost(f64),
}

/// What stands beside it.
#[derive(Debug, Clone)]
pub struct Neighbour {
    pub name: String,
    rounds: Vec<f64>,
}

/// One measured thing.
#[derive(Debug, Clone)]
pub struct Figure {
    pub name: &'static str,
    pub unit: &'static str,
    rounds: Vec<f64>,
    neighbour: Option<Neighbour>,
    pub aim: Option<Aim>,
}

/// The middle and the ends of what the rounds gave.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Spread {
    pub median: f64,
    pub min: f64,
    pub max: f64,
}

impl Neighbour {
    /// Measured, a value for each round of the figure.
    pub fn measured(name: &str, rounds: Vec<f64>) -> Self {
        Self { name: name.to_owned(), rounds }
    }

    /// The aim itself, where nothing else can stand beside a figure.
    pub fn aim(value: f64) -> Self {
        Self { name: "the aim".to_owned(), rounds: vec![value] }
    }
}

impl Figure {
    /// A figure of one or more rounds.
    pub fn new(
        name: &'static str,
        unit: &'static str,
        rounds: Vec<f64>,
        neighbour: Option<Neighbour>,
        aim: Option<Aim>,
    ) -> Self {
        Self { name, unit, rounds, neighbour, aim }
    }

    /// What Toast reached.
    pub fn value(&self) -> Spread {
        Spread::of(&self.rounds)
    }

    /// What the neighbour reached.
    pub fn neighbour(&self) -> Option<(&str, Spread)> {
        self.neighbour.as_ref().map(|neighbour| (neighbour.name.as_str(), Spread::of(&neighbour.rounds)))
    }

    /// Round by round, so that what slows both sides down for a while does not count.
    pub fn ratio(&self) -> Option<Spread> {
        let neighbour = self.neighbour.as_ref()?;
        let last = neighbour.rounds.last().copied()?;
        let beside = neighbour.rounds.iter().copied().chain(std::iter::repeat(last));
        let ratios: Vec<_> = self.rounds.iter().zip(beside).map(|(ours, theirs)| ours / theirs).collect();
        ratios.iter().all(|ratio| ratio.is_finite()).then(|| Spread::of(&ratios))
    }

    /// Whether it is what it should be; none where nothing was aimed at.
    pub fn is_met(&self) -> Option<bool> {
        Some(match self.aim? {
            Aim::RatioAtLeast(least) => self.ratio()?.median >= least,
            Aim::ValueAtMost(most) => self.value().median <= most,
        })
    }

    /// How many rounds it had.
    pub fn rounds(&self) -> usize {
        self.rounds.len()
    }
}

impl Spread {
    fn of(values: &[f64]) -> Self {
        let mut sorted = values.to_vec();
        sorted.sort_by(f64::total_cmp);
        let at = |place: usize| sorted.get(place).copied().unwrap_or(f64::NAN);
        let (half, last) = (sorted.len() / 2, sorted.len().saturating_sub(1));
        let median = if sorted.len() % 2 == 1 { at(half) } else { f64::midpoint(at(half.saturating_sub(1)), at(half)) };
        Self { median, min: at(0), max: at(last) }
    }
}

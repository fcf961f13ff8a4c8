//! The walls around and inside the running world: what must not get through does not, and what must not be lost is held.
//!
//! Each wall is tried, and beside it what shows that the trial itself could have failed: a service behind a closed port is
//! alive, a detector of clear text detects some, a safeguard that is taken away is missed.

mod agents;
mod drift;
mod edge;
mod fence;
mod guard;
pub mod knock;
mod listeners;
pub mod mark;
mod matrix;
mod members;
mod packet;
mod scan;
mod settle;
mod sql;
mod table;
mod tap;
mod undo;
mod wire;
pub mod writer;

use crate::{failure::Failure, stage::Stage};
use serde::{Deserialize, Serialize};
use std::{fmt, time::Duration};

/// One thing that must hold, and what was found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wall {
    /// The check that it belongs to: `capture`, `scan` and so on.
    pub check: String,
    /// What must hold, in words.
    pub wanted: String,
    /// What was found.
    pub found: String,
    /// Whether it is as it must be; never true for what was skipped.
    pub held: bool,
    /// Why it could not be looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub skipped: Option<String>,
}

impl Wall {
    /// Whether it was looked at and is not as it must be.
    pub fn is_broken(&self) -> bool {
        !self.held && self.skipped.is_none()
    }
}

impl fmt::Display for Wall {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(why) = &self.skipped {
            return write!(formatter, "– {}: skipped, {why}", self.check);
        }
        let mark = if self.held { '✓' } else { '✗' };
        write!(formatter, "{mark} {}: {}: {}", self.check, self.wanted, self.found)
    }
}

/// The last line of a run.
pub fn line(walls: &[Wall]) -> String {
    let done = walls.iter().filter(|wall| wall.skipped.is_none()).count();
    let held = walls.iter().filter(|wall| wall.held).count();
    format!("walls: {held} of {done} as they must be")
}

/// What one check found so far; each finding is told at once.
struct Findings<'a> {
    check: &'static str,
    walls: Vec<Wall>,
    tell: &'a mut dyn FnMut(&Wall),
}

impl Findings<'_> {
    fn note(&mut self, wanted: impl Into<String>, found: impl Into<String>, held: bool) {
        let (wanted, found) = (wanted.into(), found.into());
        self.add(Wall { check: self.check.to_owned(), wanted, found, held, skipped: None });
    }

    fn skip(&mut self, why: &str) {
        self.add(Wall { check: self.check.to_owned(), skipped: Some(why.to_owned()), ..Wall::default() });
    }

    fn add(&mut self, wall: Wall) {
        (self.tell)(&wall);
        self.walls.push(wall);
    }
}

type Check = fn(&Stage, &mut Findings<'_>) -> Result<(), Failure>;

/// Those that only look come first.
const CHECKS: [(&str, Check); 9] = [
    ("matrix", matrix::try_everybody),
    ("scan", scan::look_from_outside),
    ("capture", wire::listen),
    ("guard", guard::take_away),
    ("edge", edge::ask_edges),
    ("drift", drift::disturb),
    ("members", members::hold_standbys),
    ("settle", settle::leave_open),
    ("fence", fence::freeze_leader),
];

/// How long a world may take to be well again after a check.
const TO_BE_WELL: Duration = Duration::from_mins(2);

/// Makes the checks whose names hold a word. One that cannot go on is not as it must be; the others are made all the same.
pub fn run(stage: &Stage, only: &str, tell: &mut dyn FnMut(&Wall)) -> Vec<Wall> {
    let mut walls = Vec::new();
    for (check, look) in CHECKS.into_iter().filter(|(check, _)| check.contains(only)) {
        let mut findings = Findings { check, walls: Vec::new(), tell };
        if let Some(missing) = stage.wait_until_well(TO_BE_WELL) {
            findings.note("the world is well before it", format!("not well: {missing}"), false);
        } else if let Err(failure) = look(stage, &mut findings) {
            findings.note("it can be looked at", failure.to_string(), false);
        }
        walls.append(&mut findings.walls);
    }
    walls
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_skipped_neither_holds_nor_breaks() {
        let mut told = Vec::new();
        let mut tell = |wall: &Wall| told.push(wall.to_string());
        let mut findings = Findings { check: "scan", walls: Vec::new(), tell: &mut tell };
        findings.note("closed", "closed", true);
        findings.note("closed", "open", false);
        findings.skip("there is no internet here");
        let walls = findings.walls;
        assert_eq!(line(&walls), "walls: 1 of 2 as they must be");
        assert_eq!(walls.iter().filter(|wall| wall.is_broken()).count(), 1);
        assert_eq!(
            told,
            ["✓ scan: closed: closed", "✗ scan: closed: open", "– scan: skipped, there is no internet here"]
        );
    }
}

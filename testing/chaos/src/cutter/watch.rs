//! Which message is the one: statements followed by name through both query protocols.

use super::frame::Message;
use clap::ValueEnum;
use std::collections::HashMap;

/// The message to cut at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ValueEnum)]
pub enum Point {
    /// The call that places an order; where it stands alone it is also its own commit.
    Place,
    /// `COMMIT`.
    Commit,
    /// `PREPARE TRANSACTION`.
    Prepare,
    /// `COMMIT PREPARED`.
    CommitPrepared,
}

/// On which side of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ValueEnum)]
pub enum Side {
    /// It never arrives.
    Before,
    /// It is done, and nobody hears of it.
    After,
}

/// What a message is to the watcher.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// Nothing.
    Never,
    /// Cut before this one.
    Before,
    /// Cut when this one has been answered.
    After,
}

/// Follows one connection.
#[derive(Debug)]
pub struct Watch {
    point: Point,
    side: Side,
    statements: HashMap<Vec<u8>, bool>,
    portals: HashMap<Vec<u8>, bool>,
    ripe: bool,
}

impl Point {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Place, Self::Commit, Self::Prepare, Self::CommitPrepared];

    /// The word in reports.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Place => "place_order",
            Self::Commit => "COMMIT",
            Self::Prepare => "PREPARE TRANSACTION",
            Self::CommitPrepared => "COMMIT PREPARED",
        }
    }

    fn matches(self, statement: &[u8]) -> bool {
        let text = String::from_utf8_lossy(statement).to_ascii_lowercase();
        let text = text.trim_start();
        let begins = |with: &str| {
            let mut words = text.split_whitespace().map(|word| word.trim_end_matches([';', '\0']));
            with.split(' ').all(|wanted| words.next() == Some(wanted))
        };
        match self {
            Self::Place => text.contains("place_order"),
            Self::Commit => begins("commit") && !begins("commit prepared"),
            Self::Prepare => begins("prepare transaction"),
            Self::CommitPrepared => begins("commit prepared"),
        }
    }
}

impl Watch {
    pub fn new(point: Point, side: Side) -> Self {
        Self { point, side, statements: HashMap::new(), portals: HashMap::new(), ripe: false }
    }

    /// What the next message of the client is.
    pub fn look(&mut self, message: &Message) -> Moment {
        let Message::Tagged { tag, body } = message else { return Moment::Never };
        match tag {
            b'Q' if self.point.matches(word(body, 0)) => self.now(),
            // Parse: name, text.
            b'P' => {
                let name = word(body, 0);
                let is_it = self.point.matches(word(body, name.len() + 1));
                self.statements.insert(name.to_vec(), is_it);
                Moment::Never
            }
            // Bind: portal, statement.
            b'B' => {
                let portal = word(body, 0);
                let is_it = self.statements.get(word(body, portal.len() + 1)).copied().unwrap_or_default();
                self.portals.insert(portal.to_vec(), is_it);
                Moment::Never
            }
            b'E' if self.portals.get(word(body, 0)).copied().unwrap_or_default() => {
                if self.point != Point::Place && self.side == Side::Before {
                    return Moment::Before;
                }
                // A statement that stands alone is committed by the Sync behind it.
                self.ripe = true;
                Moment::Never
            }
            b'S' if self.ripe => {
                self.ripe = false;
                self.now()
            }
            _ => Moment::Never,
        }
    }

    const fn now(&self) -> Moment {
        match self.side {
            Side::Before => Moment::Before,
            Side::After => Moment::After,
        }
    }
}

/// The bytes from a place up to the next zero.
fn word(body: &[u8], from: usize) -> &[u8] {
    let rest = body.get(from..).unwrap_or_default();
    let end = rest.iter().position(|byte| *byte == 0).unwrap_or(rest.len());
    rest.get(..end).unwrap_or_default()
}

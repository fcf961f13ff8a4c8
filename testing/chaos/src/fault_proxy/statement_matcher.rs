//! Finds the message of one statement, in the simple and the extended query protocol.

use super::framing::Message;
use clap::ValueEnum;
use std::collections::HashMap;

/// The message to cut at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ValueEnum)]
pub enum Point {
    /// The call of `place_order`, which outside a transaction is also its commit
    Place,
    /// COMMIT
    Commit,
    /// PREPARE TRANSACTION
    Prepare,
    /// COMMIT PREPARED
    CommitPrepared,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ValueEnum)]
pub enum Side {
    /// The message is not forwarded
    Before,
    /// The message is executed, and its response is dropped
    After,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    Forward,
    CutBefore,
    /// When the response is complete.
    CutAfter,
}

/// Follows the prepared statements and portals of one connection.
#[derive(Debug)]
pub struct StatementMatcher {
    point: Point,
    side: Side,
    statements: HashMap<Vec<u8>, bool>,
    portals: HashMap<Vec<u8>, bool>,
    awaits_sync: bool,
}

impl Point {
    pub const ALL: [Self; 4] = [Self::Place, Self::Commit, Self::Prepare, Self::CommitPrepared];

    /// As in reports.
    pub const fn name(self) -> &'static str {
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
            with.split(' ').all(|expected| words.next() == Some(expected))
        };
        match self {
            Self::Place => text.contains("place_order"),
            Self::Commit => begins("commit") && !begins("commit prepared"),
            Self::Prepare => begins("prepare transaction"),
            Self::CommitPrepared => begins("commit prepared"),
        }
    }
}

impl StatementMatcher {
    pub fn new(point: Point, side: Side) -> Self {
        Self { point, side, statements: HashMap::new(), portals: HashMap::new(), awaits_sync: false }
    }

    /// For the client's next message.
    pub fn classify(&mut self, message: &Message) -> Action {
        let Message::Tagged { tag, body } = message else { return Action::Forward };
        match tag {
            b'Q' if self.point.matches(c_string(body, 0)) => self.cut(),
            // Parse: name, statement.
            b'P' => {
                let name = c_string(body, 0);
                let matches = self.point.matches(c_string(body, name.len() + 1));
                self.statements.insert(name.to_vec(), matches);
                Action::Forward
            }
            // Bind: portal, statement.
            b'B' => {
                let portal = c_string(body, 0);
                let matches = self.statements.get(c_string(body, portal.len() + 1)).copied().unwrap_or_default();
                self.portals.insert(portal.to_vec(), matches);
                Action::Forward
            }
            b'E' if self.portals.get(c_string(body, 0)).copied().unwrap_or_default() => {
                if self.point != Point::Place && self.side == Side::Before {
                    return Action::CutBefore;
                }
                // Outside a transaction, the following Sync commits the statement.
                self.awaits_sync = true;
                Action::Forward
            }
            b'S' if self.awaits_sync => {
                self.awaits_sync = false;
                self.cut()
            }
            _ => Action::Forward,
        }
    }

    const fn cut(&self) -> Action {
        match self.side {
            Side::Before => Action::CutBefore,
            Side::After => Action::CutAfter,
        }
    }
}

/// The bytes from an offset to the next zero.
fn c_string(body: &[u8], from: usize) -> &[u8] {
    let rest = body.get(from..).unwrap_or_default();
    let end = rest.iter().position(|byte| *byte == 0).unwrap_or(rest.len());
    rest.get(..end).unwrap_or_default()
}

//! What guests and staff did and what they were told: one JSON line for each request, in the words of Jepsen.

use crate::{
    failure::Failure,
    menu::{Basket, Menu},
    moment::Moment,
};
use serde::{Deserialize, Serialize};
use std::{
    fs::File,
    io::{BufRead, BufReader, BufWriter, Write},
    path::Path,
};
use uuid::Uuid;

/// A line of a history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Entry {
    /// The first line: who drove, and from which number.
    Run(Run),
    /// A menu that baskets were filled from.
    Menu(Box<SeenMenu>),
    /// A request.
    Op(Box<Record>),
}

/// A drive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// Marks its orders in the database.
    pub mark: String,
    /// The number that everything follows from.
    pub seed: u64,
    /// When the first request was due.
    pub begun: Moment,
    /// For how long requests were due.
    pub seconds: u64,
}

/// A menu as it was shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeenMenu {
    /// Whose.
    pub slug: String,
    /// What it said.
    pub menu: Menu,
}

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Op {
    /// The home page.
    Home,
    /// A restaurant's page.
    Page,
    /// A menu as JSON.
    Menu,
    /// A change of a cart, or a look at it.
    Cart,
    /// The checkout page.
    Checkout,
    /// An order through the API.
    Order,
    /// An order through the form.
    Form,
    /// Staff signing in.
    SignIn,
    /// The board.
    Board,
    /// Staff moving an order.
    Move,
}

impl Op {
    /// Whether it may leave something behind that must not be lost or doubled.
    pub const fn places(self) -> bool {
        matches!(self, Self::Order | Self::Form)
    }
}

/// One request and its answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// What.
    pub op: Op,
    /// Which of the run's wishes it served; retries serve the same.
    pub wish: u64,
    /// 1 for the first request of the wish.
    pub attempt: u32,
    /// At which restaurant; empty for none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub restaurant: String,
    /// The idempotency key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// What was ordered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub basket: Option<Basket>,
    /// What was moved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<Decision>,
    /// When the wish was due; latency counts from here.
    pub scheduled: Moment,
    /// When this request was sent.
    pub begun: Moment,
    /// When its answer, or the lack of one, was known.
    pub ended: Moment,
    /// Where it was sent to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// Addresses that could not be connected to before.
    #[serde(default)]
    pub passed_over: u32,
    /// Which region's server answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub node: Option<String>,
    /// Seconds after which to come again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u32>,
    /// How it ended.
    pub result: Outcome,
}

/// A move of staff.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// Which order.
    pub order: Uuid,
    /// What to do with it.
    pub verb: String,
    /// The version that was looked at.
    pub version: i64,
}

/// How a request ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Done, and acknowledged.
    Ok(Done),
    /// Turned down: nothing may have been done.
    Refused {
        /// The HTTP status.
        status: u16,
        /// The problem's code.
        code: String,
    },
    /// Sent, but whether it was done is not known.
    Unknown {
        /// The HTTP status, if an answer came.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        status: Option<u16>,
        /// What happened instead.
        why: String,
    },
    /// A read that got no good answer, or a write that was never sent.
    Failed {
        /// The HTTP status, if an answer came.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        status: Option<u16>,
        /// What happened instead.
        why: String,
    },
    /// Never sent: too much was under way already.
    Shed,
}

/// What was acknowledged.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done {
    /// The HTTP status.
    pub status: u16,
    /// The order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<Uuid>,
    /// What it costs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<i64>,
    /// Its version after the move.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<i64>,
    /// Whether the answer repeats an earlier one.
    #[serde(default)]
    pub replayed: bool,
}

impl Outcome {
    /// Whether the guest got what a working Toast gives: an answer, be it a no for a reason of theirs.
    pub const fn is_served(&self) -> bool {
        match self {
            Self::Ok(_) => true,
            Self::Refused { status, .. } => *status != 429,
            Self::Unknown { .. } | Self::Failed { .. } | Self::Shed => false,
        }
    }

    /// The HTTP status, if there was an answer.
    pub const fn status(&self) -> Option<u16> {
        match self {
            Self::Ok(done) => Some(done.status),
            Self::Refused { status, .. } => Some(*status),
            Self::Unknown { status, .. } | Self::Failed { status, .. } => *status,
            Self::Shed => None,
        }
    }
}

/// A whole history.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct History {
    /// Its drives; one, unless files were joined.
    pub runs: Vec<Run>,
    /// Menus as shown.
    pub menus: Vec<SeenMenu>,
    /// Requests in the order in which they ended.
    pub records: Vec<Record>,
}

impl History {
    /// Reads a file; a last line that was cut off by the end of its writer is left out.
    pub fn read(path: &Path) -> Result<Self, Failure> {
        let file = File::open(path).map_err(Failure::system(path.display()))?;
        let mut history = Self::default();
        let mut unreadable: Option<String> = None;
        for line in BufReader::new(file).lines() {
            let line = line.map_err(Failure::system(path.display()))?;
            if let Some(why) = unreadable.take() {
                return Err(Failure::wrong(path.display(), why));
            }
            match serde_json::from_str(&line) {
                Ok(entry) => history.add(entry),
                Err(error) => unreadable = Some(format!("{error} in {line}")),
            }
        }
        Ok(history)
    }

    /// Adds a line.
    pub fn add(&mut self, entry: Entry) {
        match entry {
            Entry::Run(run) => self.runs.push(run),
            Entry::Menu(menu) => self.menus.push(*menu),
            Entry::Op(record) => self.records.push(*record),
        }
    }
}

/// Writes a history down while it happens.
#[derive(Debug)]
pub struct Recorder {
    file: BufWriter<File>,
}

impl Recorder {
    /// Begins a file.
    pub fn create(path: &Path) -> Result<Self, Failure> {
        let file = File::create(path).map_err(Failure::system(path.display()))?;
        Ok(Self { file: BufWriter::new(file) })
    }

    /// Writes a line.
    pub fn write(&mut self, entry: &Entry) -> Result<(), Failure> {
        let mut line = serde_json::to_vec(entry).map_err(|error| Failure::wrong("history", error))?;
        line.push(b'\n');
        self.file.write_all(&line).map_err(Failure::system("history"))
    }

    /// Hands everything to the system.
    pub fn flush(&mut self) -> Result<(), Failure> {
        self.file.flush().map_err(Failure::system("history"))
    }
}

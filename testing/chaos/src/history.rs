//! Histories: one JSON line per request, in the manner of Jepsen.

use crate::menu::{Basket, Menu};
use serde::{Deserialize, Serialize};
use std::{
    fs::File,
    io::{BufRead, BufReader, BufWriter, Write},
    path::Path,
};
use support::{Error, Timestamp};
use uuid::Uuid;

/// A line of a history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Entry {
    /// The first line.
    Run(Run),
    Menu(Box<SeenMenu>),
    Request(Box<Record>),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// In the note of each of its orders.
    pub marker: String,
    pub seed: u64,
    /// When the first operation was scheduled at the earliest.
    pub started: Timestamp,
    pub seconds: u64,
}

/// A menu version that the API returned during the run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeenMenu {
    pub slug: String,
    pub menu: Menu,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RequestKind {
    Home,
    /// A restaurant's page.
    Page,
    /// A menu by the API.
    Menu,
    /// A cart: read or changed.
    Cart,
    /// The checkout page.
    Checkout,
    /// An order by the API.
    Order,
    /// An order by the checkout form.
    Form,
    SignIn,
    Board,
    /// A staff member changes an order's status.
    Transition,
}

impl RequestKind {
    /// As in reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Home => "home",
            Self::Page => "page",
            Self::Menu => "menu",
            Self::Cart => "cart",
            Self::Checkout => "checkout",
            Self::Order => "order",
            Self::Form => "order form",
            Self::SignIn => "sign-in",
            Self::Board => "board",
            Self::Transition => "transition",
        }
    }

    /// Whether it places an order.
    pub const fn places(self) -> bool {
        matches!(self, Self::Order | Self::Form)
    }
}

/// A request and its outcome.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    pub kind: RequestKind,
    /// Number of the operation within the run; retries have the same.
    pub operation: u64,
    /// Counts from 1.
    pub attempt: u32,
    /// Slug; empty for none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub restaurant: String,
    /// Idempotency key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub basket: Option<Basket>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transition: Option<Transition>,
    /// When the operation was due; latency counts from here.
    pub scheduled: Timestamp,
    pub started: Timestamp,
    pub ended: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// Addresses tried before without a connection.
    #[serde(default)]
    pub skipped_addresses: u32,
    /// Region of the server that responded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// Seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u32>,
    pub result: Outcome,
}

/// A status change of an order by staff.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transition {
    pub order: Uuid,
    pub verb: String,
    /// The order's version before it.
    pub version: i64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Ok(Acknowledgement),
    /// Nothing may have been written.
    Rejected {
        status: u16,
        code: String,
    },
    /// A write that was sent, without a response that tells its result.
    Unknown {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        status: Option<u16>,
        why: String,
    },
    /// A read without a good response, or a write that was not sent.
    Failed {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        status: Option<u16>,
        why: String,
    },
    /// Not sent: too many operations were in flight.
    Dropped,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acknowledgement {
    /// HTTP status.
    pub status: u16,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<Uuid>,
    /// Minor units.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<i64>,
    /// The order's version after a transition.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<i64>,
    /// Whether the response repeats an earlier one.
    #[serde(default)]
    pub replayed: bool,
}

impl Outcome {
    /// Whether the customer got the response of a working server, which may be a rejection other than by a rate limit.
    pub const fn is_served(&self) -> bool {
        match self {
            Self::Ok(_) => true,
            Self::Rejected { status, .. } => *status != 429,
            Self::Unknown { .. } | Self::Failed { .. } | Self::Dropped => false,
        }
    }

    /// HTTP status of the response, if there was one.
    pub const fn status(&self) -> Option<u16> {
        match self {
            Self::Ok(acknowledgement) => Some(acknowledgement.status),
            Self::Rejected { status, .. } => Some(*status),
            Self::Unknown { status, .. } | Self::Failed { status, .. } => *status,
            Self::Dropped => None,
        }
    }
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct History {
    /// One, unless files were concatenated.
    pub runs: Vec<Run>,
    pub menus: Vec<SeenMenu>,
    /// Ordered by their end.
    pub records: Vec<Record>,
}

impl History {
    /// An unreadable last line is left out: its writer may have been killed.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let file = File::open(path).map_err(Error::io(path.display()))?;
        let mut history = Self::default();
        let mut unreadable: Option<String> = None;
        for line in BufReader::new(file).lines() {
            let line = line.map_err(Error::io(path.display()))?;
            if let Some(why) = unreadable.take() {
                return Err(Error::failed(path.display(), why));
            }
            match serde_json::from_str(&line) {
                Ok(entry) => history.add(entry),
                Err(error) => unreadable = Some(format!("{error} in {line}")),
            }
        }
        Ok(history)
    }

    fn add(&mut self, entry: Entry) {
        match entry {
            Entry::Run(run) => self.runs.push(run),
            Entry::Menu(menu) => self.menus.push(*menu),
            Entry::Request(record) => self.records.push(*record),
        }
    }
}

/// Writes a history during a run.
#[derive(Debug)]
pub struct Recorder {
    file: BufWriter<File>,
}

impl Recorder {
    pub fn create(path: &Path) -> Result<Self, Error> {
        let file = File::create(path).map_err(Error::io(path.display()))?;
        Ok(Self { file: BufWriter::new(file) })
    }

    pub fn write(&mut self, entry: &Entry) -> Result<(), Error> {
        let mut line = serde_json::to_vec(entry).map_err(|error| Error::failed("history", error))?;
        line.push(b'\n');
        self.file.write_all(&line).map_err(Error::io("history"))
    }

    pub fn flush(&mut self) -> Result<(), Error> {
        self.file.flush().map_err(Error::io("history"))
    }
}

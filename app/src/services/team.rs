//! The team of a restaurant: its people, invitations, and the log of changes.

use crate::{
    domain::{
        error::AppError,
        id::{InvitationId, StaffId},
        role::Role,
    },
    services::{Client, Staff},
};
use async_trait::async_trait;

/// The team and its log. Methods with `staff` reject those whose role does not allow it.
#[async_trait]
pub trait Teams: Send + Sync {
    async fn team(&self, staff: &Staff, slug: &str) -> Result<TeamView, AppError>;
    /// `origin` is that of the links in mails.
    async fn change_team(&self, staff: &Staff, slug: &str, origin: &str, change: &TeamChange) -> Result<(), AppError>;
    /// The open invitation of a link.
    async fn invitation(&self, secret: &str, staff: Option<&Staff>) -> Result<InvitationView, AppError>;
    /// Accepts an invitation to the address of this person, and returns the restaurant's slug.
    async fn accept_invitation(&self, secret: &str, staff: &Staff) -> Result<String, AppError>;
    /// Creates the account of the invited address, accepts, and opens a session.
    async fn join(&self, secret: &str, name: &str, password: &str, from: &Client) -> Result<Joined, AppError>;
    /// The changes before a position, newest first.
    async fn log(&self, staff: &Staff, slug: &str, before: Option<LogPosition>) -> Result<LogView, AppError>;
}

/// A change of the team.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TeamChange {
    Invite {
        /// As typed.
        email: String,
        role: Role,
        /// An invitation to a mistyped address.
        replaces: Option<InvitationId>,
    },
    Withdraw(InvitationId),
    SetRole(StaffId, Role),
    Remove(StaffId),
}

/// The data of the team page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TeamView {
    pub slug: String,
    pub name: String,
    /// By name.
    pub members: Vec<Member>,
    /// Open ones, the newest first.
    pub invitations: Vec<OpenInvitation>,
}

/// A person of the team.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    pub id: StaffId,
    pub name: String,
    pub email: String,
    pub role: Role,
    /// Whether this is the person who looks at the page.
    pub is_you: bool,
    /// Every restaurant has an owner, so this one cannot be removed.
    pub is_last_owner: bool,
}

/// An invitation that can be accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenInvitation {
    pub id: InvitationId,
    pub email: String,
    pub role: Role,
    pub invited_by: String,
    /// In the restaurant's zone.
    pub expires: String,
    /// Why its mail was refused for good, in the words of the mail server.
    pub refused: Option<String>,
}

/// The data of an invitation's page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvitationView {
    pub restaurant: String,
    pub email: String,
    pub role: Role,
    pub invited_by: String,
    /// In the restaurant's zone.
    pub expires: String,
    pub invitee: Invitee,
}

/// Who opened the link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Invitee {
    /// The invited person.
    Invited { name: String },
    /// Another person, with this name.
    OtherPerson { name: String },
    /// A stranger, and the address has an account.
    HasAccount,
    /// A stranger, and the address has none.
    IsNew,
}

/// An accepted invitation of a new person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Joined {
    pub slug: String,
    /// The secret of the session.
    pub session: String,
}

/// A position in the log: instant in milliseconds and id of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LogPosition {
    pub millis: i64,
    pub entry: uuid::Uuid,
}

impl LogPosition {
    /// As in addresses.
    pub fn field(self) -> String {
        format!("{}_{}", self.millis, self.entry.simple())
    }

    pub fn from_field(text: &str) -> Option<Self> {
        let (millis, entry) = text.split_once('_')?;
        Some(Self { millis: millis.parse().ok()?, entry: entry.parse().ok()? })
    }
}

/// A page of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogView {
    pub slug: String,
    pub name: String,
    /// The newest first.
    pub days: Vec<LogDay>,
    /// Where the next page begins.
    pub older: Option<LogPosition>,
    /// Whether this is the first page.
    pub is_newest: bool,
}

/// The entries of a day in the restaurant's zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogDay {
    /// `Friday, 20 November 2026`
    pub date: String,
    pub entries: Vec<LogEntry>,
}

/// A change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogEntry {
    pub time: String,
    pub who: String,
    /// `changed the opening hours`
    pub did: String,
    /// The name of the changed thing; empty for the restaurant as a whole.
    pub subject: String,
    /// Only what differs.
    pub lines: Vec<LogLine>,
}

/// A value before and after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogLine {
    /// Empty for a change of one value.
    pub label: String,
    /// None when there was no value.
    pub before: Option<String>,
    pub after: Option<String>,
}

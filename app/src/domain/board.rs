//! The restaurant's side: tickets on the orders board, and the changes staff make.

use crate::domain::{
    bill::PricedLine,
    id::{ItemId, ModifierId, OrderId, SectionId, VariantId},
    locale::Locale,
    money::Money,
    order::{OrderStatus, PaymentStatus, Reason, Verb},
    terms::ServiceMode,
    time::{LocalTime, Timestamp},
    unreadable::Unreadable,
};
use serde::{Deserialize, Serialize};

/// Most done orders on a board. A board is read anew whenever its connection was lost, and nobody looks for a dish among
/// hundreds.
pub const MOST_DONE: u8 = 60;

/// An order as the kitchen sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ticket {
    /// Which order.
    pub id: OrderId,
    /// What is called out.
    pub number: i64,
    /// Grows with every move; a move names the one it was decided on.
    pub version: i64,
    /// Where it stands.
    pub status: OrderStatus,
    /// Whether it is paid.
    pub payment: PaymentStatus,
    /// How the guest gets it.
    pub mode: ServiceMode,
    /// When it was placed.
    pub placed: LocalTime,
    /// When it came to where it stands.
    pub moved_at: Timestamp,
    /// When it is due: promised, else wanted, else the earliest it could be.
    pub due: LocalTime,
    /// Whether the guest asked for a time instead of as soon as possible.
    pub scheduled: bool,
    /// The guest's name.
    pub guest: String,
    /// The guest's phone or e-mail.
    pub contact: String,
    /// Table or address in one line; empty for pickup.
    pub place: String,
    /// Words about the whole order.
    pub note: String,
    /// What to cook.
    pub lines: Vec<PricedLine>,
    /// What the guest pays.
    pub total: Money,
    /// Why it was turned down or called off.
    pub reason: Option<String>,
    /// Until when the last move can be undone; none when it cannot.
    pub undo_until: Option<Timestamp>,
    /// Whether somebody has silenced the alarm for it.
    pub acknowledged: bool,
    /// What of it cannot be read; none when it is whole.
    #[serde(default)]
    pub unreadable: Option<Unreadable>,
}

/// All that is on the board, right up to an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Board {
    /// The restaurant's slug.
    pub slug: String,
    /// The restaurant's name.
    pub name: String,
    /// How amounts are written.
    pub locale: Locale,
    /// Position in the event log up to which the board is right.
    pub seq: i64,
    /// When it was read.
    pub as_of: LocalTime,
    /// Open orders, and of those that were done in the last hours the latest [`MOST_DONE`].
    pub tickets: Vec<Ticket>,
    /// Whether new orders are stopped, and until when in words.
    pub paused: Option<String>,
    /// Minutes a new order takes by default, offered first when accepting.
    pub lead_minutes: u32,
}

/// A message of the board's live stream. Its stream id is `seq`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BoardUpdate {
    /// Position in the event log.
    pub seq: i64,
    /// The ticket as it is now.
    pub ticket: Ticket,
    /// When it was read.
    pub as_of: LocalTime,
}

/// A message of the board's live stream: whether new orders are stopped, as it is from now on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PauseUpdate {
    /// Until when, in words; none when orders are taken.
    pub paused: Option<String>,
}

/// A move that staff decided on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OrderMove {
    /// Which order.
    pub order: OrderId,
    /// What to do.
    pub verb: Verb,
    /// The version of the ticket it was decided on.
    pub version: i64,
    /// Minutes until it is ready: for accepting from now, for postponing from
    /// [`postponed_from`](crate::domain::order::postponed_from).
    #[serde(default)]
    pub minutes: Option<u32>,
    /// Why; for rejecting and cancelling.
    #[serde(default)]
    pub reason: Option<Reason>,
    /// The reason in own words.
    #[serde(default)]
    pub words: String,
    /// Names this decision, so that a retry is recognised.
    pub key: String,
}

/// How long something cannot be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SoldOut {
    /// It can be had.
    No,
    /// Until the restaurant's next business day.
    Today,
    /// Until somebody says otherwise.
    UntilStocked,
    /// Until an instant.
    Until(Timestamp),
}

/// A change of a menu by staff.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MenuChange {
    /// Renames an item.
    RenameItem(ItemId, String),
    /// Describes an item anew.
    DescribeItem(ItemId, String),
    /// Renames a section.
    RenameSection(SectionId, String),
    /// Sets the price of a variant, in minor units.
    Price(VariantId, i64),
    /// Sets the price of a modifier where it has none for the size, in minor units.
    ModifierPrice(ModifierId, i64),
    /// Sets the price of a modifier on a size, in minor units.
    ModifierSizePrice(ModifierId, String, i64),
    /// Marks an item.
    ItemSoldOut(ItemId, SoldOut),
    /// Marks a modifier on every item that offers it.
    ModifierSoldOut(ModifierId, SoldOut),
    /// Moves an item up (-1) or down (1) in its section.
    MoveItem(ItemId, i8),
    /// Moves a section up (-1) or down (1).
    MoveSection(SectionId, i8),
    /// Takes no orders for so many minutes; 0 ends the pause.
    Pause(u32),
}

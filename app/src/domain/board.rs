//! Tickets of the orders board, and changes by staff.

use crate::domain::{
    bill::PricedLine,
    id::{ItemId, ModifierId, OrderId, SectionId, VariantId},
    locale::Locale,
    location::Location,
    money::Money,
    order::{OrderStatus, PaymentStatus, Reason, Verb},
    terms::ServiceMode,
    time::{LocalTime, Timestamp},
    unreadable::Unreadable,
};
use serde::{Deserialize, Serialize};

/// Most finished orders on a board. Limited because a board is read after each lost connection, and the latest ones
/// are enough.
pub const MOST_DONE: u8 = 60;

/// An order as the kitchen sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ticket {
    pub id: OrderId,
    /// The number to call out.
    pub number: i64,
    /// Increases with each transition; a transition states the version it was decided on.
    pub version: i64,
    pub status: OrderStatus,
    pub payment: PaymentStatus,
    pub mode: ServiceMode,
    pub placed: LocalTime,
    /// When it reached its status.
    pub moved_at: Timestamp,
    /// When it is due: the promised time, else the requested, else the earliest possible one.
    pub due: LocalTime,
    /// Whether the guest asked for a time instead of as soon as possible.
    pub scheduled: bool,
    pub guest: String,
    /// The guest's phone or e-mail.
    pub contact: String,
    /// Table or address in one line; empty for pickup.
    pub place: String,
    /// Where the address is, if the guest said so.
    #[serde(default)]
    pub location: Option<Location>,
    /// The guest's note on the whole order.
    pub note: String,
    pub lines: Vec<PricedLine>,
    pub total: Money,
    /// Why it was rejected or cancelled.
    pub reason: Option<String>,
    /// Until when the last move can be undone; none when it cannot.
    pub undo_until: Option<Timestamp>,
    /// Whether staff have acknowledged it, which silences the alarm.
    pub acknowledged: bool,
    /// The unreadable parts of the stored order; none when all can be read.
    #[serde(default)]
    pub unreadable: Option<Unreadable>,
}

/// All data of the board, current up to an event position.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Board {
    pub slug: String,
    pub name: String,
    pub locale: Locale,
    /// Position in the event log up to which the board is current.
    pub seq: i64,
    /// When it was read.
    pub as_of: LocalTime,
    /// Open orders, and the latest [`MOST_DONE`] of those finished in the last hours.
    pub tickets: Vec<Ticket>,
    /// The text of the current pause; none when orders are taken.
    pub paused: Option<String>,
    /// Minutes a new order takes by default, offered first when accepting.
    pub lead_minutes: u32,
}

/// An event of the board's live stream. Its event id is `seq`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BoardUpdate {
    /// Position in the event log.
    pub seq: i64,
    /// The ticket as it is now.
    pub ticket: Ticket,
    /// When it was read.
    pub as_of: LocalTime,
}

/// An event of the board's live stream: the start or end of a pause.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PauseUpdate {
    /// The text of the pause; none when orders are taken.
    pub paused: Option<String>,
}

/// An event of the board's live stream at a shared screen: another person works there, or no one does any more.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DutyUpdate {
    /// The name of the person; none for no one.
    pub name: Option<String>,
}

/// A transition that staff request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OrderMove {
    pub order: OrderId,
    pub verb: Verb,
    /// The version of the ticket it was decided on.
    pub version: i64,
    /// Minutes until it is ready: for accepting from now, for postponing from
    /// [`postponed_from`](crate::domain::order::postponed_from).
    #[serde(default)]
    pub minutes: Option<u32>,
    /// The reason, for rejecting and cancelling.
    #[serde(default)]
    pub reason: Option<Reason>,
    /// The reason as free text.
    #[serde(default)]
    pub words: String,
    pub key: String,
}

/// Availability of an item or modifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SoldOut {
    No,
    /// Until the restaurant's next business day.
    Today,
    /// Until further notice.
    UntilStocked,
    Until(Timestamp),
}

/// A new item with one size.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewItem {
    /// Made by the page: the same key adds it once.
    pub key: String,
    pub name: String,
    /// In minor units.
    pub price: i64,
}

/// A change of a menu by staff.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MenuChange {
    RenameItem(ItemId, String),
    DescribeItem(ItemId, String),
    RenameSection(SectionId, String),
    /// Sets the price of a variant, in minor units.
    Price(VariantId, i64),
    /// Sets the price of a modifier where it has none for the size, in minor units.
    ModifierPrice(ModifierId, i64),
    /// Sets the price of a modifier on a size, in minor units.
    ModifierSizePrice(ModifierId, String, i64),
    ItemSoldOut(ItemId, SoldOut),
    /// Marks a modifier on every item that offers it.
    ModifierSoldOut(ModifierId, SoldOut),
    /// Moves an item up (-1) or down (1) in its section.
    MoveItem(ItemId, i8),
    /// Moves a section up (-1) or down (1).
    MoveSection(SectionId, i8),
    /// Adds an item to a section.
    AddItem(SectionId, NewItem),
    /// Adds a section of this name with its first item.
    AddSection(String, NewItem),
    DeleteItem(ItemId),
    /// Sets the tax class of an item; none for that of its section.
    ItemTaxClass(ItemId, Option<String>),
    /// Sets the tax class of a section's items; none for the usual one.
    SectionTaxClass(SectionId, Option<String>),
    /// Sets the tax class of a modifier; none for that of the item.
    ModifierTaxClass(ModifierId, Option<String>),
    /// Pauses new orders for a number of minutes; 0 ends the pause.
    Pause(u32),
}

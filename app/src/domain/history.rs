//! Past orders of a restaurant, as its staff look them up.

use crate::domain::{
    bill::Bill,
    id::OrderId,
    locale::Locale,
    money::Money,
    order::{OrderStatus, PaymentStatus},
    terms::ServiceMode,
};

/// A search in the history; empty fields restrict nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HistoryQuery {
    /// A number, or a part of a name or of a phone number.
    pub text: String,
    /// A business day as typed, `2026-11-20`.
    pub day: String,
    pub state: Option<PastState>,
    /// The position after which the page begins; empty for the newest orders.
    pub before: String,
}

impl HistoryQuery {
    /// Whether orders are searched for.
    pub fn is_search(&self) -> bool {
        !self.text.is_empty() || !self.day.is_empty() || self.state.is_some()
    }
}

/// States that orders are searched by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PastState {
    Open,
    Completed,
    Rejected,
    Cancelled,
}

impl PastState {
    pub const ALL: [Self; 4] = [Self::Open, Self::Completed, Self::Rejected, Self::Cancelled];

    pub const fn code(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Completed => "completed",
            Self::Rejected => "rejected",
            Self::Cancelled => "cancelled",
        }
    }

    pub const fn label(self) -> &'static str {
        match self {
            Self::Open => "Still open",
            Self::Completed => "Completed",
            Self::Rejected => "Rejected",
            Self::Cancelled => "Cancelled",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }

    pub const fn includes(self, status: OrderStatus) -> bool {
        match self {
            Self::Open => !status.is_final(),
            Self::Completed => matches!(status, OrderStatus::Completed),
            Self::Rejected => matches!(status, OrderStatus::Rejected),
            Self::Cancelled => matches!(status, OrderStatus::Cancelled),
        }
    }
}

/// A page of the history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryPage {
    pub name: String,
    pub locale: Locale,
    /// Newest first.
    pub orders: Vec<PastRow>,
    /// The position of older orders; none when there are none.
    pub older: Option<String>,
    /// Set when the search was ended before the last order: the day that it reached.
    pub searched_to: Option<String>,
}

/// An order in the history. What cannot be read is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastRow {
    pub id: OrderId,
    pub number: i64,
    /// Local date and time.
    pub placed: String,
    pub mode: Option<ServiceMode>,
    pub guest: GuestName,
    pub status: Option<OrderStatus>,
    pub total: Option<Money>,
}

/// A guest's name, as long as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GuestName {
    Stored(String),
    /// Removed after this number of days.
    Removed(i32),
}

/// An order with all that is known about it. What cannot be read is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastOrder {
    pub id: OrderId,
    pub number: i64,
    pub restaurant: Issuer,
    pub locale: Locale,
    pub placed: String,
    /// None for as soon as possible.
    pub wanted: Option<String>,
    pub status: Option<OrderStatus>,
    pub payment: Option<PaymentStatus>,
    pub mode: Option<ServiceMode>,
    pub guest: GuestName,
    pub phone: String,
    pub email: String,
    /// Table or address.
    pub place: String,
    pub note: String,
    pub bill: Option<Bill>,
    /// Why it was rejected or cancelled.
    pub reason: Option<String>,
    /// Oldest first.
    pub events: Vec<PastEvent>,
}

/// The restaurant on a receipt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issuer {
    pub name: String,
    /// May be empty.
    pub legal_name: String,
    /// May be empty.
    pub tax_number: String,
    pub address: String,
    pub phone: String,
}

/// An event of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastEvent {
    pub time: String,
    /// `Accepted`.
    pub happened: String,
    /// `Guest`, or the name of a member of the team.
    pub who: String,
    /// Reason and words; may be empty.
    pub reason: String,
}

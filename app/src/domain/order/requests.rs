//! Requests and responses of orders: quotes, new orders, placed ones.

use crate::domain::{
    bill::Bill,
    cart::LineRequest,
    id::OrderId,
    locale::Locale,
    location::Location,
    money::Money,
    order::{Due, OrderStatus, PaymentStatus},
    terms::ServiceMode,
    time::LocalTime,
    unreadable::Unreadable,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How to reach the guest.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Contact {
    /// The name to call out.
    #[schema(min_length = 1, max_length = 80)]
    pub name: String,
    /// A phone number; this or `email` must be there.
    #[serde(default)]
    pub phone: String,
    /// An e-mail address; this or `phone` must be there.
    #[serde(default)]
    pub email: String,
}

/// The delivery address.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Address {
    /// Street and number.
    #[schema(min_length = 1, max_length = 200)]
    pub street: String,
    /// Postcode; it decides the zone where `location` does not.
    #[schema(min_length = 1, max_length = 200)]
    pub postcode: String,
    /// Where it is. Restaurants with zones on the map need it, unless the postcode is in a zone.
    #[serde(default)]
    pub location: Option<Location>,
    /// City.
    #[serde(default)]
    #[schema(max_length = 200)]
    pub city: String,
    /// Floor, bell, gate.
    #[serde(default)]
    #[schema(max_length = 200)]
    pub directions: String,
}

/// All that decides the price of an order. Without prices, which come from the server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QuoteRequest {
    /// The dishes.
    #[schema(min_items = 1, max_items = 60)]
    pub lines: Vec<LineRequest>,
    /// How the guest gets them.
    pub mode: ServiceMode,
    /// The delivery address; needed for the fee.
    #[serde(default)]
    pub postcode: Option<String>,
    /// The location to deliver to, for restaurants with zones on the map.
    #[serde(default)]
    pub location: Option<Location>,
    /// The requested time, for which availability is checked.
    #[serde(default)]
    pub due: Due,
    /// The tip in minor units of the restaurant's currency.
    #[serde(default, deserialize_with = "crate::domain::whole::deserialize")]
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub tip_minor: i64,
}

/// The price and earliest time of a possible order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Quote {
    /// The version of the menu that it was priced by.
    pub menu_version: i64,
    /// The bill.
    pub bill: Bill,
    /// When it would be ready (or at the door) if ordered now; none while closed, and when that would be after closing or
    /// all places until then are taken.
    pub earliest: Option<LocalTime>,
    /// Times that can be chosen instead.
    pub slots: Vec<LocalTime>,
}

/// An order as a guest places it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewOrder {
    /// The dishes.
    #[schema(min_items = 1, max_items = 60)]
    pub lines: Vec<LineRequest>,
    /// How the guest gets them.
    pub mode: ServiceMode,
    /// The opening state.
    #[serde(default)]
    pub due: Due,
    /// How to reach the guest.
    pub contact: Contact,
    /// Required for delivery, rejected otherwise.
    #[serde(default)]
    pub address: Option<Address>,
    /// Required for dine-in, rejected otherwise.
    #[serde(default)]
    pub table: Option<String>,
    /// The tip in minor units of the restaurant's currency.
    #[serde(default, deserialize_with = "crate::domain::whole::deserialize")]
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub tip_minor: i64,
    /// A note on the whole order, up to 280 characters, counted as code points.
    #[serde(default)]
    #[schema(max_length = 280)]
    pub note: String,
    /// The total that the guest saw, in minor units. If the server computes another one, no order is placed and the
    /// response states what changed. If it is missing, any total is accepted.
    #[serde(default, deserialize_with = "crate::domain::whole::option")]
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub agreed_total_minor: Option<i64>,
}

/// The response to a placed order; a retry with the same key gets the same one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PlacedOrder {
    /// The order among the restaurant's.
    pub id: OrderId,
    /// Secret part of the order page's address; its holders may see and cancel the order.
    pub token: String,
    /// The number to call out at the counter.
    pub number: i64,
    /// The total to pay.
    pub total: Money,
    /// Whether the response repeats an earlier one.
    #[serde(default)]
    pub replayed: bool,
}

/// A status that an order reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OrderStep {
    /// The state.
    pub status: OrderStatus,
    /// When it was reached.
    pub time: LocalTime,
}

/// An order as shown to its guest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OrderView {
    /// Opens the order's page.
    pub token: String,
    /// The number to call out at the counter.
    pub number: i64,
    /// Increases with every transition.
    pub version: i64,
    /// Position in the restaurant's event log up to which the view is current.
    pub seq: i64,
    /// The status.
    pub status: OrderStatus,
    /// The status as a sentence (`Being prepared, ready about 18:45`), without the reason.
    pub headline: String,
    /// Whether it is paid.
    pub payment: PaymentStatus,
    /// How the guest gets it.
    pub mode: ServiceMode,
    /// When it was placed.
    pub placed: LocalTime,
    /// When it is promised for; none before it is accepted.
    pub promised: Option<LocalTime>,
    /// When the guest asked for; none for as soon as possible.
    pub wanted: Option<LocalTime>,
    /// The states so far.
    pub history: Vec<OrderStep>,
    /// Why it was rejected or cancelled, as text.
    pub reason: Option<String>,
    /// The bill as of the order; null when it cannot be read, see `unreadable`.
    pub bill: Option<Bill>,
    /// The part of the stored order that cannot be read: `bill`; or `state`, with which `status`, `payment`, `mode` and
    /// `history` are not those of the order; null when all can be read.
    #[serde(default)]
    pub unreadable: Option<Unreadable>,
    /// The guest's note on the whole order.
    pub note: String,
    /// Name of the guest; empty after it was removed.
    pub guest: String,
    /// Days after which name, contact, address and notes of the guest were removed; null while they are stored.
    #[serde(default)]
    pub removed_after_days: Option<i32>,
    /// Table or address in one line; empty for pickup.
    pub place: String,
    /// Whether the guest may still cancel.
    pub can_cancel: bool,
    /// Whether it cannot change any more: it is final, and the time to undo is over.
    pub settled: bool,
    /// The restaurant's slug.
    pub restaurant_slug: String,
    /// The restaurant's name.
    pub restaurant_name: String,
    /// The restaurant's phone.
    pub restaurant_phone: String,
    /// Where the restaurant is.
    pub restaurant_address: String,
    /// How amounts are written.
    pub locale: Locale,
}

//! The data of pages, and what their forms ask for.

use crate::domain::{
    bill::Bill,
    cart::{CartLine, CartView},
    id::{OrderId, VisitorId},
    menu::Menu,
    order::{Address, Contact, Due},
    problem::Problem,
    restaurant::{Restaurant, ServiceState},
    terms::ServiceMode,
    time::{LocalTime, Timestamp},
};
use std::sync::Arc;

/// An idempotency key of an order, with the fingerprint of its request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderKey {
    /// The key as sent, 1 to 255 visible ASCII characters.
    pub key: String,
    /// SHA-256 of the request.
    pub fingerprint: [u8; 32],
    /// The id the order gets if the key is new.
    pub order: OrderId,
}

/// The cart of an order, as it was when priced. Lines added later stay in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderedCart {
    pub visitor: VisitorId,
    /// The revision with these lines.
    pub revision: i64,
    /// The ordered lines.
    pub lines: Vec<CartLine>,
}

impl OrderedCart {
    /// All lines of a visitor's cart.
    pub fn of(visitor: VisitorId, cart: &CartView) -> Self {
        let lines = cart.lines.iter().map(|line| line.line.clone()).collect();
        Self { visitor, revision: cart.revision, lines }
    }
}

/// The checkout form as sent. The items are those of the cart.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CheckoutForm {
    /// Instead of the cart's mode.
    pub mode: Option<ServiceMode>,
    /// The requested time, as text.
    pub due: String,
    /// How to reach the guest.
    pub contact: Contact,
    /// For delivery only; without a location.
    pub address: Address,
    /// The location of the address, as text.
    pub location: String,
    /// For dine-in only.
    pub table: String,
    /// The chosen tip: a percentage, or `other`.
    pub tip: String,
    /// The tip as a typed amount.
    pub tip_other: String,
    /// The guest's note on the whole order.
    pub note: String,
    /// The total that the page showed, without the tip, in minor units.
    pub shown_total_minor: Option<i64>,
    /// The minutes until as soon as possible that the page showed for the mode.
    pub shown_wait_minutes: Option<u32>,
}

/// The current choices of the checkout page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CheckoutOptions {
    /// Instead of the cart's mode.
    pub mode: Option<ServiceMode>,
    pub postcode: Option<String>,
    /// The location to deliver to, as text.
    pub location: Option<String>,
    pub tip_minor: i64,
    /// Instead of the cart's time.
    pub due: Option<Due>,
}

/// The data of the checkout page.
#[derive(Debug, Clone, PartialEq)]
pub struct CheckoutView {
    /// Id of the future order.
    pub order: OrderId,
    pub restaurant: Arc<Restaurant>,
    pub state: ServiceState,
    /// The cart, in the chosen mode.
    pub cart: CartView,
    pub times: Vec<ModeTimes>,
    /// The bill, as far as it is known.
    pub bill: Bill,
    /// The problems, each at the field that resolves it.
    pub problems: Vec<Problem>,
}

/// When a mode could be served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModeTimes {
    pub mode: ServiceMode,
    /// Ordered now; none while closed, and when that would be after closing or all places until then are taken.
    pub earliest: Option<LocalTime>,
    /// Minutes from now until then, rounded up.
    pub wait_minutes: Option<u32>,
    /// Times that can be chosen instead.
    pub slots: Vec<LocalTime>,
}

/// One of a visitor's orders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecentOrder {
    pub restaurant_name: String,
    pub token: String,
    pub number: i64,
    pub placed: LocalTime,
}

/// An order whose items were added to the cart again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repeated {
    pub slug: String,
    /// The dishes that cannot be ordered now.
    pub left_out: Vec<LeftOut>,
}

/// An item that could not be added again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// Its name when it was ordered.
    pub name: String,
    /// The reason, as a sentence.
    pub why: String,
}

/// The data of the menu editor.
#[derive(Debug, Clone, PartialEq)]
pub struct EditableMenu {
    pub restaurant: Arc<Restaurant>,
    pub state: ServiceState,
    pub paused: bool,
    /// The menu guests see.
    pub menu: Arc<Menu>,
}

/// A mail that was not sent, for a page of development.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptMail {
    pub to: String,
    pub subject: String,
    /// Plain text, with the address of a link on a line of its own.
    pub text: String,
    pub written_at: Timestamp,
}

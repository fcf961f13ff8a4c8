//! What the pages may ask of the server: one trait per area of the domain, one method per use case.

use crate::domain::{
    bill::Bill,
    board::{Board, MenuChange, OrderMove, Ticket},
    cart::{CartChange, CartLine, CartView},
    error::AppError,
    id::{ChangeId, OrderId, RestaurantId, StaffId, VisitorId},
    menu::Menu,
    order::{Due, NewOrder, OrderView, PlacedOrder, Quote, QuoteRequest},
    problem::Problem,
    restaurant::{HomePage, HomeQuery, Restaurant, RestaurantPage, ServiceState},
    role::Role,
    terms::ServiceMode,
    time::LocalTime,
};
use async_trait::async_trait;
use leptos::prelude::use_context;
use std::{collections::BTreeMap, net::IpAddr, sync::Arc};

/// Finding restaurants and reading menus.
#[async_trait]
pub trait Menus: Send + Sync {
    /// Restaurants that match, open ones first.
    async fn home(&self, query: &HomeQuery) -> Result<HomePage, AppError>;
    /// A restaurant with whether it is open, and its menu as it can be ordered for a time.
    async fn restaurant_for(&self, slug: &str, due: Due) -> Result<RestaurantPage, AppError>;
    /// The same as soon as possible in one mode, with the times of that mode.
    async fn restaurant_in(&self, slug: &str, mode: ServiceMode) -> Result<RestaurantPage, AppError>;
}

/// Carts, quotes and orders of guests.
#[async_trait]
pub trait Ordering: Send + Sync {
    /// The visitor's cart at a restaurant, priced now; empty for a visitor without one.
    async fn cart(&self, slug: &str, visitor: Option<VisitorId>) -> Result<CartView, AppError>;
    /// Changes the cart durably, once per id, and answers it as it is then.
    async fn change_cart(
        &self,
        slug: &str,
        visitor: VisitorId,
        id: ChangeId,
        change: CartChange,
    ) -> Result<CartView, AppError>;
    /// Everything the checkout page shows; mints the order's id.
    async fn checkout(
        &self,
        slug: &str,
        visitor: Option<VisitorId>,
        wish: &CheckoutOptions,
    ) -> Result<CheckoutView, AppError>;
    /// Prices lines without ordering them.
    async fn quote(&self, slug: &str, request: &QuoteRequest) -> Result<Quote, AppError>;
    /// Places an order once per key, durably, and takes what was ordered out of the cart it came from.
    async fn place(
        &self,
        slug: &str,
        key: &OrderKey,
        cart: Option<&OrderedCart>,
        order: &NewOrder,
    ) -> Result<PlacedOrder, AppError>;
    /// The answer that a key got before, written down anew; none when the key is new.
    async fn replay(&self, slug: &str, key: &OrderKey) -> Result<Option<PlacedOrder>, AppError>;
    /// The order behind an address.
    async fn order(&self, token: &str) -> Result<OrderView, AppError>;
    /// Calls the order off for its guest, while that is allowed.
    async fn cancel(&self, token: &str) -> Result<OrderView, AppError>;
    /// Puts the order's dishes into the visitor's cart again, once per id, and says which were left out.
    async fn order_again(&self, token: &str, visitor: VisitorId, id: ChangeId) -> Result<Repeated, AppError>;
    /// The dishes of an earlier order at the restaurant that cannot go into the visitor's cart now.
    async fn left_out(&self, slug: &str, token: &str, visitor: Option<VisitorId>) -> Result<Vec<LeftOut>, AppError>;
    /// What a guest is told whose checkout form has ordered already, with other fields than now.
    async fn ordered_before(&self, visitor: Option<VisitorId>, slug: &str, order: OrderId) -> AppError;
    /// The visitor's latest orders, newest first.
    async fn recent_orders(&self, visitor: VisitorId) -> Result<Vec<RecentOrder>, AppError>;
}

/// The restaurant's own screens. Each method refuses staff of other restaurants.
#[async_trait]
pub trait Boards: Send + Sync {
    /// Everything on the orders board.
    async fn board(&self, staff: &Staff, slug: &str) -> Result<Board, AppError>;
    /// Moves an order, once per key.
    async fn move_order(&self, staff: &Staff, slug: &str, decision: &OrderMove) -> Result<Ticket, AppError>;
    /// Silences the alarm for the orders on a board that is right up to the position `seen` of the event log.
    async fn acknowledge(&self, staff: &Staff, slug: &str, seen: i64) -> Result<Board, AppError>;
    /// The menu as the owner edits it: the guests' menu with the pause.
    async fn editable_menu(&self, staff: &Staff, slug: &str) -> Result<EditableMenu, AppError>;
    /// Changes the menu or the pause; guests see it at once.
    async fn change_menu(&self, staff: &Staff, slug: &str, change: &MenuChange) -> Result<(), AppError>;
}

/// Signing staff in and out.
#[async_trait]
pub trait Accounts: Send + Sync {
    /// Opens a session; the answer is the secret for the cookie. Wrong passwords are counted for the address that they come
    /// from.
    async fn sign_in(&self, email: &str, password: &str, from: IpAddr) -> Result<String, AppError>;
    /// Whose session a secret opens; none when it is unknown or over.
    async fn staff(&self, secret: &str) -> Result<Option<Staff>, AppError>;
    /// Ends a session.
    async fn sign_out(&self, secret: &str) -> Result<(), AppError>;
}

/// The server as pages see it.
#[derive(Clone)]
pub struct Services {
    /// Restaurants and menus.
    pub menus: Arc<dyn Menus>,
    /// Carts and orders.
    pub ordering: Arc<dyn Ordering>,
    /// The restaurant's screens.
    pub boards: Arc<dyn Boards>,
    /// Sessions of staff.
    pub accounts: Arc<dyn Accounts>,
}

/// A signed-in person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Staff {
    /// Who.
    pub id: StaffId,
    /// Their name.
    pub name: String,
    /// Where they work, by name.
    pub restaurants: Vec<Workplace>,
}

/// A restaurant somebody works for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Workplace {
    /// The tenant.
    pub restaurant: RestaurantId,
    /// Names it in addresses.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// What they may do there.
    pub role: Role,
}

impl Staff {
    /// The workplace with this slug; others are refused, whether they exist or not.
    pub fn workplace(&self, slug: &str) -> Result<&Workplace, AppError> {
        self.restaurants.iter().find(|place| place.slug == slug).ok_or(AppError::Forbidden)
    }
}

/// Names one attempt to order: equal keys are one order, and a key never names two different requests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderKey {
    /// As the client sent it, 1 to 255 visible ASCII characters.
    pub key: String,
    /// SHA-256 of everything that was asked for.
    pub fingerprint: [u8; 32],
    /// The id the order gets if the key is new.
    pub order: OrderId,
}

/// The cart that an order is made of, as it was when it was priced. What is added to it from then on stays in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderedCart {
    /// Whose.
    pub visitor: VisitorId,
    /// The revision with these lines.
    pub revision: i64,
    /// What is ordered.
    pub lines: Vec<CartLine>,
}

impl OrderedCart {
    /// All of a visitor's cart.
    pub fn of(visitor: VisitorId, cart: &CartView) -> Self {
        let lines = cart.lines.iter().map(|line| line.line.clone()).collect();
        Self { visitor, revision: cart.revision, lines }
    }
}

/// What the guest has chosen so far on the checkout page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CheckoutOptions {
    /// Instead of the cart's mode.
    pub mode: Option<ServiceMode>,
    /// Where to deliver to.
    pub postcode: Option<String>,
    /// For the staff, in minor units.
    pub tip_minor: i64,
    /// Instead of the cart's time.
    pub due: Option<Due>,
}

/// Everything the checkout page shows.
#[derive(Debug, Clone, PartialEq)]
pub struct CheckoutView {
    /// Names the order to be.
    pub order: OrderId,
    /// Where.
    pub restaurant: Arc<Restaurant>,
    /// Whether it takes orders now.
    pub state: ServiceState,
    /// The cart, in the chosen mode.
    pub cart: CartView,
    /// When each mode could be served.
    pub times: Vec<ModeTimes>,
    /// The whole bill as far as it can be known.
    pub bill: Bill,
    /// What still stands in the way, at the field that mends it.
    pub problems: Vec<Problem>,
}

/// When a mode could be served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModeTimes {
    /// The mode.
    pub mode: ServiceMode,
    /// Ordered now; none while closed, and when that would be after closing or all places until then are taken.
    pub earliest: Option<LocalTime>,
    /// Times that can be chosen instead.
    pub slots: Vec<LocalTime>,
}

/// One of a visitor's orders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecentOrder {
    /// Where.
    pub restaurant_name: String,
    /// Opens its page.
    pub token: String,
    /// What was called out.
    pub number: i64,
    /// When.
    pub placed: LocalTime,
}

/// An order whose dishes are in the cart again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repeated {
    /// Names the restaurant in addresses.
    pub slug: String,
    /// The dishes that cannot be ordered now.
    pub left_out: Vec<LeftOut>,
}

/// A dish that did not come into the cart again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// What it was called when it was ordered.
    pub name: String,
    /// Why, in a sentence.
    pub why: String,
}

/// The menu as its owner edits it.
#[derive(Debug, Clone, PartialEq)]
pub struct EditableMenu {
    /// Whose.
    pub restaurant: Arc<Restaurant>,
    /// Whether it takes orders now, and why not.
    pub state: ServiceState,
    /// Whether a pause is on.
    pub paused: bool,
    /// The menu guests see.
    pub menu: Arc<Menu>,
}

/// Who asks, as far as the request tells.
#[derive(Debug, Clone, Default)]
pub struct Viewer {
    /// The browser's carts.
    pub visitor: Option<VisitorId>,
    /// Signed-in staff.
    pub staff: Option<Staff>,
}

/// What a form sent when it could not be done: its page shows it again with the fields as they were.
#[derive(Debug, Clone, Default)]
pub struct Submission {
    /// The fields as sent, by name; a name sent more than once keeps all its values.
    pub fields: BTreeMap<String, Vec<String>>,
    /// Why it was not done.
    pub error: Option<AppError>,
}

impl Submission {
    /// The value of a field, or nothing.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.fields.get(name)?.first().map(String::as_str)
    }

    /// Whether a field was sent with this value.
    pub fn has(&self, name: &str, value: &str) -> bool {
        self.fields.get(name).is_some_and(|values| values.iter().any(|sent| sent == value))
    }

    /// The problem at a field, in a sentence.
    pub fn problem(&self, field: &str) -> Option<&str> {
        let problems = self.error.as_ref()?.problems();
        problems.iter().find(|problem| problem.field == field).map(|problem| problem.message.as_str())
    }
}

/// Where the files of the browser are: content-hashed names under the CDN or the origin.
#[derive(Debug, Clone, Default)]
pub struct Assets {
    /// What stands before `/pkg/…` and `/pictures/…`; empty for the origin.
    pub base: String,
    /// The stylesheet's path.
    pub stylesheet: String,
    /// The script that wakes islands.
    pub wake: String,
    /// Script and WebAssembly of the customers' islands.
    pub customer: Bundle,
    /// Script and WebAssembly of the dashboard's islands.
    pub dashboard: Bundle,
}

impl Assets {
    /// An address without the CDN before it: the origin has every file too.
    pub fn at_origin<'a>(&self, address: &'a str) -> &'a str {
        address.strip_prefix(self.base.as_str()).unwrap_or(address)
    }
}

/// Scheme and host that a page is reached at (`https://toast.example`), for what must be named in full; empty when unknown.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Origin(pub String);

/// A bundle of islands.
#[derive(Debug, Clone, Default)]
pub struct Bundle {
    /// Path of the script.
    pub script: String,
    /// Path of the WebAssembly.
    pub wasm: String,
}

/// The backend of this request. An error, not a panic, when nothing provided one.
pub fn services() -> Result<Services, AppError> {
    use_context().ok_or(AppError::Unavailable { retry_after: 1 })
}

/// Who asks.
pub fn viewer() -> Viewer {
    use_context().unwrap_or_default()
}

/// The signed-in person, or the error that sends to the sign-in page.
pub fn staff() -> Result<Staff, AppError> {
    viewer().staff.ok_or(AppError::Unauthenticated)
}

/// What the form sent that this page is the answer to; empty on a plain visit.
pub fn submission() -> Submission {
    use_context().unwrap_or_default()
}

/// The files of the browser.
pub fn assets() -> Assets {
    use_context().unwrap_or_default()
}

/// An address of ours in full.
pub fn in_full(path: &str) -> String {
    let Origin(origin) = use_context().unwrap_or_default();
    format!("{origin}{path}")
}

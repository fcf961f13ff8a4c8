//! The service traits that the server implements for pages: one method per use case.

use crate::domain::{
    bill::Bill,
    board::{Board, MenuChange, OrderMove, Ticket},
    cart::{CartChange, CartLine, CartView},
    error::AppError,
    id::{ChangeId, OrderId, RestaurantId, StaffId, VisitorId},
    menu::Menu,
    order::{Address, Contact, Due, NewOrder, OrderView, PlacedOrder, Quote, QuoteRequest},
    problem::Problem,
    restaurant::{HomePage, HomeQuery, Restaurant, RestaurantPage, ServiceState},
    role::Role,
    terms::ServiceMode,
    time::LocalTime,
};
use async_trait::async_trait;
use leptos::prelude::use_context;
use std::{
    collections::BTreeMap,
    net::IpAddr,
    sync::{
        Arc,
        atomic::{self, AtomicBool},
    },
};

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
    /// Changes the cart, once per id, and returns the result.
    async fn change_cart(
        &self,
        slug: &str,
        visitor: VisitorId,
        id: ChangeId,
        change: CartChange,
    ) -> Result<CartView, AppError>;
    /// The data of the checkout page, with a new order id.
    async fn checkout(
        &self,
        slug: &str,
        visitor: Option<VisitorId>,
        selection: &CheckoutOptions,
    ) -> Result<CheckoutView, AppError>;
    /// Prices lines without ordering them.
    async fn quote(&self, slug: &str, request: &QuoteRequest) -> Result<Quote, AppError>;
    /// Places an order, once per key.
    async fn place(&self, slug: &str, key: &OrderKey, order: &NewOrder) -> Result<PlacedOrder, AppError>;
    /// Places the visitor's cart as an order, once per key, and removes the ordered lines from it.
    async fn place_cart(
        &self,
        slug: &str,
        visitor: Option<VisitorId>,
        key: &OrderKey,
        form: &CheckoutForm,
    ) -> Result<PlacedOrder, AppError>;
    /// The order with a token.
    async fn order(&self, token: &str) -> Result<OrderView, AppError>;
    /// Cancels the order for its guest, while that is allowed.
    async fn cancel(&self, token: &str) -> Result<OrderView, AppError>;
    /// Adds the order's items to the visitor's cart, once per id, and returns those that were left out.
    async fn order_again(&self, token: &str, visitor: VisitorId, id: ChangeId) -> Result<Repeated, AppError>;
    /// The items of an earlier order at the restaurant that cannot be added to the visitor's cart.
    async fn left_out(&self, slug: &str, token: &str, visitor: Option<VisitorId>) -> Result<Vec<LeftOut>, AppError>;
    /// The error for a checkout form that has placed an order with other fields.
    async fn ordered_before(&self, visitor: Option<VisitorId>, slug: &str, order: OrderId) -> AppError;
    /// The visitor's latest orders, newest first.
    async fn recent_orders(&self, visitor: VisitorId) -> Result<Vec<RecentOrder>, AppError>;
}

/// Staff pages. Each method rejects staff of other restaurants.
#[async_trait]
pub trait Boards: Send + Sync {
    async fn board(&self, staff: &Staff, slug: &str) -> Result<Board, AppError>;
    /// Makes a transition of an order, once per key.
    async fn move_order(&self, staff: &Staff, slug: &str, decision: &OrderMove) -> Result<Ticket, AppError>;
    /// Acknowledges the new orders up to the position `seen` of the event log.
    async fn acknowledge(&self, staff: &Staff, slug: &str, seen: i64) -> Result<Board, AppError>;
    /// The menu as the owner edits it: the guests' menu with the pause.
    async fn editable_menu(&self, staff: &Staff, slug: &str) -> Result<EditableMenu, AppError>;
    /// Changes the menu or the pause; guests see it at once.
    async fn change_menu(&self, staff: &Staff, slug: &str, change: &MenuChange) -> Result<(), AppError>;
}

/// Signing staff in and out.
#[async_trait]
pub trait Accounts: Send + Sync {
    /// Opens a session and returns the secret for the cookie. Wrong passwords are counted per client address.
    /// from.
    async fn sign_in(&self, email: &str, password: &str, from: IpAddr) -> Result<String, AppError>;
    /// The staff member of a session's secret; none when it is unknown or expired.
    async fn staff(&self, secret: &str) -> Result<Option<Staff>, AppError>;
    async fn sign_out(&self, secret: &str) -> Result<(), AppError>;
}

/// The services of the server, for pages.
#[derive(Clone)]
pub struct Services {
    pub menus: Arc<dyn Menus>,
    pub ordering: Arc<dyn Ordering>,
    pub boards: Arc<dyn Boards>,
    pub accounts: Arc<dyn Accounts>,
}

/// A signed-in person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Staff {
    pub id: StaffId,
    pub name: String,
    /// Where they work, by name.
    pub restaurants: Vec<Workplace>,
}

/// A restaurant that a staff member works for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Workplace {
    /// The tenant.
    pub restaurant: RestaurantId,
    pub slug: String,
    pub name: String,
    pub role: Role,
}

impl Staff {
    /// The workplace with this slug; for others, the same error whether they exist or not.
    pub fn workplace(&self, slug: &str) -> Result<&Workplace, AppError> {
        self.restaurants.iter().find(|place| place.slug == slug).ok_or(AppError::Forbidden)
    }
}

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
    /// For delivery only.
    pub address: Address,
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
}

/// The current choices of the checkout page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CheckoutOptions {
    /// Instead of the cart's mode.
    pub mode: Option<ServiceMode>,
    pub postcode: Option<String>,
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

/// The visitor and staff member of a request.
#[derive(Debug, Clone, Default)]
pub struct Viewer {
    pub visitor: Option<VisitorId>,
    pub staff: Option<Staff>,
}

/// A rejected form: its page shows it again with the sent fields.
#[derive(Debug, Clone, Default)]
pub struct Submission {
    /// The fields as sent, by name; a name sent more than once keeps all its values.
    pub fields: BTreeMap<String, Vec<String>>,
    /// Why it was not done.
    pub error: Option<AppError>,
}

impl Submission {
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

/// Marked by the cart page when it shows lines, so that the handler extends the visitor cookie.
#[derive(Debug, Clone, Default)]
pub struct CartShown(Arc<AtomicBool>);

impl CartShown {
    pub fn mark(&self) {
        self.0.store(true, atomic::Ordering::Relaxed);
    }

    pub fn is_marked(&self) -> bool {
        self.0.load(atomic::Ordering::Relaxed)
    }
}

/// Addresses of assets: content-hashed names at the CDN or the origin.
#[derive(Debug, Clone, Default)]
pub struct Assets {
    /// URL prefix of `/pkg/…` and `/pictures/…`; empty for the origin.
    pub base: String,
    pub stylesheet: String,
    /// The path of `boot.js`, which loads the bundles.
    pub boot: String,
    /// The path of the script of guests' pages.
    pub guest: String,
    /// Script and WebAssembly of the guests' menu.
    pub customer: Bundle,
    /// Script and WebAssembly of the dashboard's islands.
    pub dashboard: Bundle,
}

impl Assets {
    /// An address without the CDN's prefix: the origin serves all files too.
    pub fn at_origin<'a>(&self, address: &'a str) -> &'a str {
        address.strip_prefix(self.base.as_str()).unwrap_or(address)
    }
}

/// Scheme and host of the site (`https://toast.example`), for absolute addresses; empty when unknown.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Origin(pub String);

/// A bundle of islands.
#[derive(Debug, Clone, Default)]
pub struct Bundle {
    pub script: String,
    pub wasm: String,
}

/// The services of this request. An error, not a panic, when the context has none.
pub fn services() -> Result<Services, AppError> {
    use_context().ok_or(AppError::Unavailable { retry_after: 1 })
}

pub fn viewer() -> Viewer {
    use_context().unwrap_or_default()
}

/// The signed-in staff member, or the error that leads to the sign-in page.
pub fn staff() -> Result<Staff, AppError> {
    viewer().staff.ok_or(AppError::Unauthenticated)
}

/// The rejected form that this page shows again; empty on a GET.
pub fn submission() -> Submission {
    use_context().unwrap_or_default()
}

/// The assets of the browser.
pub fn assets() -> Assets {
    use_context().unwrap_or_default()
}

/// An absolute address of this site.
pub fn in_full(path: &str) -> String {
    let Origin(origin) = use_context().unwrap_or_default();
    format!("{origin}{path}")
}

//! The service traits that the server implements for pages: one method per use case.

mod account;
mod operators;
mod owners;
mod records;
mod request;
mod screens;
mod serving;
mod team;
mod views;

pub use account::{AccountView, Asks, Client, LinkPurpose, LinkView, OpenSession, PasskeyView};
pub use operators::{FoundRestaurants, ListedRestaurant, Operators, RestaurantFile};
pub use owners::{GeneralSettings, HoursSettings, Owners, Setup, SetupStep, SetupTopic};
pub use records::{Privacy, Records};
pub use request::{
    Assets, Bundle, CartShown, Origin, PasskeySite, Submission, Viewer, ViewerSecrets, assets, at_work, in_full,
    passkey_site, services, staff, submission, viewer,
};
pub use screens::{AtScreen, OnDuty, PinOwner, PinView, Screens, ScreensView, SharedScreen};
pub use serving::{Serving, ServingView};
pub use team::{
    InvitationView, Invitee, Joined, LogDay, LogEntry, LogLine, LogPosition, LogView, Member, OpenInvitation,
    TeamChange, TeamView, Teams,
};
pub use views::{
    CheckoutForm, CheckoutOptions, CheckoutView, EditableMenu, KeptMail, LeftOut, ModeTimes, OrderKey, OrderedCart,
    RecentOrder, Repeated,
};

use crate::domain::{
    board::{Board, MenuChange, OrderMove, Ticket},
    cart::{CartChange, CartView},
    error::AppError,
    id::{ChangeId, OrderId, RestaurantId, StaffId, VisitorId},
    order::{Due, NewOrder, OrderView, PlacedOrder, Quote, QuoteRequest},
    restaurant::{HomePage, HomeQuery, RestaurantPage},
    role::{Permission, Role},
    terms::ServiceMode,
};
use async_trait::async_trait;
use std::sync::Arc;

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

/// Signing staff in and out, and their accounts.
#[async_trait]
pub trait Accounts: Send + Sync {
    /// Opens a session and returns the secret for the cookie. Wrong passwords are counted per client address.
    async fn sign_in(&self, email: &str, password: &str, from: Client) -> Result<String, AppError>;
    /// The staff member of a session's secret; none when it is unknown or expired.
    async fn staff(&self, secret: &str) -> Result<Option<Staff>, AppError>;
    async fn sign_out(&self, secret: &str) -> Result<(), AppError>;
    /// The account of the signed-in person; `session` is the secret of this session.
    async fn account(&self, staff: &Staff, session: &str) -> Result<AccountView, AppError>;
    /// The person that a link of a mail is for, or why it does not work. `registration` is the secret of the browser that
    /// registered.
    async fn link(&self, purpose: LinkPurpose, token: &str, registration: Option<&str>) -> Result<LinkView, AppError>;
}

/// Mail that is kept instead of sent, for development.
#[async_trait]
pub trait Mails: Send + Sync {
    /// Newest first.
    async fn kept(&self) -> Result<Vec<KeptMail>, AppError>;
}

/// The services of the server, for pages.
#[derive(Clone)]
pub struct Services {
    pub menus: Arc<dyn Menus>,
    pub ordering: Arc<dyn Ordering>,
    pub boards: Arc<dyn Boards>,
    pub accounts: Arc<dyn Accounts>,
    pub mails: Arc<dyn Mails>,
    pub owners: Arc<dyn Owners>,
    pub records: Arc<dyn Records>,
    pub operators: Arc<dyn Operators>,
    pub serving: Arc<dyn Serving>,
    pub teams: Arc<dyn Teams>,
    pub screens: Arc<dyn Screens>,
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

    /// The workplace that is this restaurant.
    pub fn workplace_of(&self, restaurant: RestaurantId) -> Option<&Workplace> {
        self.restaurants.iter().find(|place| place.restaurant == restaurant)
    }

    /// The workplace with this slug, if the person's role there has a permission.
    pub fn allowed(&self, slug: &str, permission: Permission) -> Result<&Workplace, AppError> {
        self.workplace(slug)
            .and_then(|place| if place.role.may(permission) { Ok(place) } else { Err(AppError::Forbidden) })
    }
}

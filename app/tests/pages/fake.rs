//! Fake services with one restaurant, one cart and one order.

use crate::{
    absent::Absent,
    hostile,
    samples::{self, SLUG, TOKEN},
};
use app::{
    domain::{
        bill::Bill,
        board::{Board, MenuChange, OrderMove, Ticket},
        cart::{CartChange, CartView},
        error::AppError,
        id::{ChangeId, OrderId, VisitorId},
        listing::ListingStatus,
        money::Currency,
        order::{Due, NewOrder, OrderView, PlacedOrder, Quote, QuoteRequest},
        restaurant::{HomePage, HomeQuery, RestaurantPage},
        settings::{General, NewRestaurant, OpeningHours},
        terms::ServiceMode,
    },
    services::{
        AccountView, Accounts, Boards, CheckoutForm, CheckoutOptions, CheckoutView, Client, EditableMenu,
        GeneralSettings, HoursSettings, LeftOut, LinkPurpose, LinkView, Menus, OrderKey, Ordering, Owners, RecentOrder,
        Repeated, Services, Setup, Staff,
    },
};
use async_trait::async_trait;
use serde::{Serialize, de::DeserializeOwned};
use std::sync::Arc;

/// The made-up server.
pub fn services() -> Services {
    serve(Fake { hostile: false })
}

/// The made-up server after its staff and its guests wrote markup wherever text can be written.
pub fn hostile_backend() -> Services {
    serve(Fake { hostile: true })
}

fn serve(fake: Fake) -> Services {
    let fake = Arc::new(fake);
    Services {
        menus: fake.clone(),
        ordering: fake.clone(),
        boards: fake.clone(),
        accounts: fake.clone(),
        mails: Arc::new(Absent),
        owners: fake,
        records: Arc::new(Absent),
        operators: Arc::new(Absent),
        serving: Arc::new(Absent),
        teams: Arc::new(Absent),
        screens: Arc::new(Absent),
    }
}

struct Fake {
    hostile: bool,
}

impl Fake {
    fn told<T: Serialize + DeserializeOwned>(&self, value: T) -> T {
        if self.hostile { hostile::named(&value) } else { value }
    }

    fn restaurant_page(&self) -> RestaurantPage {
        let mut page = samples::restaurant_page();
        page.restaurant = Arc::new(self.told(Arc::unwrap_or_clone(page.restaurant)));
        page.menu = Arc::new(self.told(Arc::unwrap_or_clone(page.menu)));
        page.state = self.told(page.state);
        page
    }
}

#[async_trait]
impl Menus for Fake {
    async fn home(&self, query: &HomeQuery) -> Result<HomePage, AppError> {
        // A page must also be complete when a service is slow.
        tokio::task::yield_now().await;
        let restaurants = if query.text == "zzz" { Vec::new() } else { samples::cards() };
        Ok(self.told(HomePage {
            total: 60,
            page: 1,
            pages: 3,
            cuisines: samples::cuisines(),
            no_words: query.text == "zzz",
            partial: query.text == "zzz",
            restaurants,
        }))
    }

    async fn restaurant_for(&self, slug: &str, _due: Due) -> Result<RestaurantPage, AppError> {
        tokio::task::yield_now().await;
        match slug {
            SLUG => Ok(self.restaurant_page()),
            samples::CLOSED => Ok(samples::closed_page()),
            "unreachable" => Err(AppError::Unavailable { retry_after: 1 }),
            _ => Err(AppError::not_found("restaurant")),
        }
    }

    async fn restaurant_in(&self, slug: &str, _mode: ServiceMode) -> Result<RestaurantPage, AppError> {
        self.restaurant_for(slug, Due::Asap).await
    }
}

#[async_trait]
impl Ordering for Fake {
    async fn cart(&self, _slug: &str, visitor: Option<VisitorId>) -> Result<CartView, AppError> {
        let mut cart = samples::cart();
        if visitor.is_none() {
            cart.lines.clear();
            cart.bill = Bill::empty(Currency::Eur);
            cart.count = 0;
        }
        Ok(self.told(cart))
    }

    async fn change_cart(
        &self,
        slug: &str,
        visitor: VisitorId,
        _: ChangeId,
        _: CartChange,
    ) -> Result<CartView, AppError> {
        self.cart(slug, Some(visitor)).await
    }

    async fn checkout(
        &self,
        slug: &str,
        visitor: Option<VisitorId>,
        selection: &CheckoutOptions,
    ) -> Result<CheckoutView, AppError> {
        let cart = self.cart(slug, visitor).await?;
        let mut view = samples::checkout(cart, selection);
        view.restaurant = Arc::new(self.told(Arc::unwrap_or_clone(view.restaurant)));
        view.state = self.told(view.state);
        view.bill = self.told(view.bill);
        Ok(view)
    }

    async fn quote(&self, _slug: &str, _request: &QuoteRequest) -> Result<Quote, AppError> {
        Err(AppError::Offline)
    }

    async fn place(&self, _slug: &str, _key: &OrderKey, _order: &NewOrder) -> Result<PlacedOrder, AppError> {
        Err(AppError::Offline)
    }

    async fn place_cart(
        &self,
        _slug: &str,
        _visitor: Option<VisitorId>,
        _key: &OrderKey,
        _form: &CheckoutForm,
    ) -> Result<PlacedOrder, AppError> {
        Err(AppError::Offline)
    }

    async fn order(&self, token: &str) -> Result<OrderView, AppError> {
        let order = samples::orders().into_iter().find(|order| order.token == token);
        Ok(self.told(order.ok_or_else(|| AppError::not_found("order"))?))
    }

    async fn cancel(&self, token: &str) -> Result<OrderView, AppError> {
        self.order(token).await
    }

    async fn order_again(&self, _token: &str, _visitor: VisitorId, _id: ChangeId) -> Result<Repeated, AppError> {
        Ok(Repeated { slug: SLUG.to_owned(), left_out: Vec::new() })
    }

    async fn left_out(&self, _slug: &str, token: &str, _visitor: Option<VisitorId>) -> Result<Vec<LeftOut>, AppError> {
        let name = if self.hostile { hostile::NAME } else { "Marinara" };
        if token == TOKEN {
            Ok(vec![LeftOut { name: name.to_owned(), why: "Sold out today.".to_owned() }])
        } else {
            Err(AppError::not_found("order"))
        }
    }

    async fn ordered_before(&self, _visitor: Option<VisitorId>, _slug: &str, _order: OrderId) -> AppError {
        AppError::KeyReused
    }

    async fn recent_orders(&self, _visitor: VisitorId) -> Result<Vec<RecentOrder>, AppError> {
        let mut recent = samples::recent_order();
        recent.restaurant_name = self.told(recent.restaurant_name);
        Ok(vec![recent])
    }
}

#[async_trait]
impl Boards for Fake {
    async fn board(&self, _staff: &Staff, _slug: &str) -> Result<Board, AppError> {
        Err(AppError::Forbidden)
    }

    async fn move_order(&self, _staff: &Staff, _slug: &str, _decision: &OrderMove) -> Result<Ticket, AppError> {
        Err(AppError::Forbidden)
    }

    async fn acknowledge(&self, _staff: &Staff, _slug: &str, _seen: i64) -> Result<Board, AppError> {
        Err(AppError::Forbidden)
    }

    async fn editable_menu(&self, _staff: &Staff, _slug: &str) -> Result<EditableMenu, AppError> {
        Err(AppError::Forbidden)
    }

    async fn change_menu(&self, _staff: &Staff, _slug: &str, _change: &MenuChange) -> Result<(), AppError> {
        Err(AppError::Forbidden)
    }
}

#[async_trait]
impl Accounts for Fake {
    async fn sign_in(&self, _email: &str, _password: &str, _from: Client) -> Result<String, AppError> {
        Err(AppError::Unauthenticated)
    }

    async fn staff(&self, _secret: &str) -> Result<Option<Staff>, AppError> {
        Ok(None)
    }

    async fn sign_out(&self, _secret: &str) -> Result<(), AppError> {
        Ok(())
    }

    async fn account(&self, _staff: &Staff, _session: &str) -> Result<AccountView, AppError> {
        Err(AppError::Unauthenticated)
    }

    async fn link(&self, _purpose: LinkPurpose, _token: &str, _browser: Option<&str>) -> Result<LinkView, AppError> {
        Err(AppError::not_found("link"))
    }
}

#[async_trait]
impl Owners for Fake {
    async fn create_restaurant(&self, _staff: &Staff, _new: &NewRestaurant) -> Result<String, AppError> {
        Err(AppError::Forbidden)
    }

    async fn listings(&self, _staff: &Staff) -> Vec<Option<ListingStatus>> {
        Vec::new()
    }

    async fn setup(&self, _staff: &Staff, _slug: &str) -> Result<Setup, AppError> {
        Err(AppError::Forbidden)
    }

    async fn publish(&self, _staff: &Staff, _slug: &str, _as_status: ListingStatus) -> Result<(), AppError> {
        Err(AppError::Forbidden)
    }

    async fn take_offline(&self, _staff: &Staff, _slug: &str) -> Result<(), AppError> {
        Err(AppError::Forbidden)
    }

    async fn general(&self, _staff: &Staff, _slug: &str) -> Result<GeneralSettings, AppError> {
        Err(AppError::Forbidden)
    }

    async fn save_general(
        &self,
        _staff: &Staff,
        _slug: &str,
        _base: &str,
        _general: &General,
    ) -> Result<String, AppError> {
        Err(AppError::Forbidden)
    }

    async fn hours(&self, _staff: &Staff, _slug: &str) -> Result<HoursSettings, AppError> {
        Err(AppError::Forbidden)
    }

    async fn save_hours(
        &self,
        _staff: &Staff,
        _slug: &str,
        _base: &str,
        _hours: &OpeningHours,
    ) -> Result<(), AppError> {
        Err(AppError::Forbidden)
    }
}

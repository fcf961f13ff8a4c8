//! Implements the service traits of the pages: each method calls its use case.

mod operators;
mod records;
mod screens;
mod team;

pub use crate::context::AppContext;

use crate::{accounts, carts, kitchen, mail, menus, orders, restaurants, settings};
use app::{
    domain::{
        board::{Board, MenuChange, OrderMove, Ticket},
        cart::{CartChange, CartView},
        error::AppError,
        id::{ChangeId, OrderId, VisitorId},
        listing::ListingStatus,
        order::{Due, NewOrder, OrderView, PlacedOrder, Quote, QuoteRequest},
        restaurant::{HomePage, HomeQuery, RestaurantPage},
        settings::{General, NewRestaurant, OpeningHours},
        terms::{ServiceMode, settings::TermsChange},
    },
    services::{
        AccountView, Accounts, Boards, CheckoutForm, CheckoutOptions, CheckoutView, Client, EditableMenu,
        GeneralSettings, HoursSettings, KeptMail, LeftOut, LinkPurpose, LinkView, Mails, Menus, OrderKey, Ordering,
        Owners, RecentOrder, Repeated, Services, Serving, ServingView, Setup, Staff,
    },
};
use async_trait::async_trait;
use std::sync::Arc;

impl AppContext {
    pub fn services(&self) -> Services {
        let context = Arc::new(self.clone());
        Services {
            menus: context.clone(),
            ordering: context.clone(),
            boards: context.clone(),
            accounts: context.clone(),
            mails: context.clone(),
            owners: context.clone(),
            records: context.clone(),
            operators: context.clone(),
            serving: context.clone(),
            teams: context.clone(),
            screens: context,
        }
    }
}

#[async_trait]
impl Menus for AppContext {
    async fn home(&self, query: &HomeQuery) -> Result<HomePage, AppError> {
        Ok(restaurants::home(self, query).await?)
    }

    async fn restaurant_in(&self, slug: &str, mode: ServiceMode) -> Result<RestaurantPage, AppError> {
        Ok(menus::restaurant_in(self, slug, mode).await?)
    }

    async fn restaurant_for(&self, slug: &str, due: Due) -> Result<RestaurantPage, AppError> {
        Ok(menus::restaurant_for(self, slug, due).await?)
    }
}

#[async_trait]
impl Ordering for AppContext {
    async fn cart(&self, slug: &str, visitor: Option<VisitorId>) -> Result<CartView, AppError> {
        Ok(carts::view(self, slug, visitor).await?)
    }

    async fn change_cart(
        &self,
        slug: &str,
        visitor: VisitorId,
        id: ChangeId,
        change: CartChange,
    ) -> Result<CartView, AppError> {
        Ok(carts::change(self, slug, visitor, id, &change).await?)
    }

    async fn checkout(
        &self,
        slug: &str,
        visitor: Option<VisitorId>,
        options: &CheckoutOptions,
    ) -> Result<CheckoutView, AppError> {
        Ok(carts::checkout(self, slug, visitor, options).await?)
    }

    async fn quote(&self, slug: &str, request: &QuoteRequest) -> Result<Quote, AppError> {
        Ok(carts::quote(self, slug, request).await?)
    }

    async fn place(&self, slug: &str, key: &OrderKey, order: &NewOrder) -> Result<PlacedOrder, AppError> {
        Ok(orders::place(self, slug, key, None, order).await?)
    }

    async fn place_cart(
        &self,
        slug: &str,
        visitor: Option<VisitorId>,
        key: &OrderKey,
        form: &CheckoutForm,
    ) -> Result<PlacedOrder, AppError> {
        Ok(orders::place_cart(self, slug, visitor, key, form).await?)
    }

    async fn order(&self, token: &str) -> Result<OrderView, AppError> {
        Ok(orders::view(self, token).await?)
    }

    async fn cancel(&self, token: &str) -> Result<OrderView, AppError> {
        Ok(orders::cancel(self, token).await?)
    }

    async fn order_again(&self, token: &str, visitor: VisitorId, id: ChangeId) -> Result<Repeated, AppError> {
        Ok(orders::order_again(self, token, visitor, id).await?)
    }

    async fn left_out(&self, slug: &str, token: &str, visitor: Option<VisitorId>) -> Result<Vec<LeftOut>, AppError> {
        Ok(orders::left_out(self, slug, token, visitor).await?)
    }

    async fn ordered_before(&self, visitor: Option<VisitorId>, slug: &str, order: OrderId) -> AppError {
        orders::ordered_before(self, visitor, slug, order).await
    }

    async fn recent_orders(&self, visitor: VisitorId) -> Result<Vec<RecentOrder>, AppError> {
        Ok(orders::recent(self, visitor).await?)
    }
}

#[async_trait]
impl Boards for AppContext {
    async fn board(&self, staff: &Staff, slug: &str) -> Result<Board, AppError> {
        Ok(kitchen::board(self, staff, slug).await?)
    }

    async fn move_order(&self, staff: &Staff, slug: &str, decision: &OrderMove) -> Result<Ticket, AppError> {
        Ok(kitchen::move_order(self, staff, slug, decision).await?)
    }

    async fn acknowledge(&self, staff: &Staff, slug: &str, seen: i64) -> Result<Board, AppError> {
        Ok(kitchen::acknowledge(self, staff, slug, seen).await?)
    }

    async fn editable_menu(&self, staff: &Staff, slug: &str) -> Result<EditableMenu, AppError> {
        Ok(menus::editable(self, staff, slug).await?)
    }

    async fn change_menu(&self, staff: &Staff, slug: &str, change: &MenuChange) -> Result<(), AppError> {
        Ok(menus::change(self, staff, slug, change).await?)
    }
}

#[async_trait]
impl Accounts for AppContext {
    async fn sign_in(&self, email: &str, password: &str, from: Client) -> Result<String, AppError> {
        Ok(accounts::sign_in(self, email, password, from).await?)
    }

    async fn staff(&self, secret: &str) -> Result<Option<Staff>, AppError> {
        Ok(accounts::staff(self, secret).await?)
    }

    async fn sign_out(&self, secret: &str) -> Result<(), AppError> {
        Ok(accounts::sign_out(self, secret).await?)
    }

    async fn account(&self, staff: &Staff, session: &str) -> Result<AccountView, AppError> {
        Ok(accounts::view(self, staff, session).await?)
    }

    async fn link(&self, purpose: LinkPurpose, token: &str, registration: Option<&str>) -> Result<LinkView, AppError> {
        Ok(accounts::link(self, purpose, token, registration).await?)
    }
}

#[async_trait]
impl Mails for AppContext {
    async fn kept(&self) -> Result<Vec<KeptMail>, AppError> {
        Ok(mail::kept(self).await?)
    }
}

#[async_trait]
impl Owners for AppContext {
    async fn create_restaurant(&self, staff: &Staff, new: &NewRestaurant) -> Result<String, AppError> {
        Ok(restaurants::create(self, staff, new).await?)
    }

    async fn listings(&self, staff: &Staff) -> Vec<Option<ListingStatus>> {
        restaurants::listings(self, staff).await
    }

    async fn setup(&self, staff: &Staff, slug: &str) -> Result<Setup, AppError> {
        Ok(restaurants::setup(self, staff, slug).await?)
    }

    async fn publish(&self, staff: &Staff, slug: &str, as_status: ListingStatus) -> Result<(), AppError> {
        Ok(restaurants::publish(self, staff, slug, as_status).await?)
    }

    async fn take_offline(&self, staff: &Staff, slug: &str) -> Result<(), AppError> {
        Ok(restaurants::take_offline(self, staff, slug).await?)
    }

    async fn general(&self, staff: &Staff, slug: &str) -> Result<GeneralSettings, AppError> {
        Ok(settings::general(self, staff, slug).await?)
    }

    async fn save_general(&self, staff: &Staff, slug: &str, base: &str, general: &General) -> Result<String, AppError> {
        Ok(settings::save_general(self, staff, slug, base, general).await?)
    }

    async fn hours(&self, staff: &Staff, slug: &str) -> Result<HoursSettings, AppError> {
        Ok(settings::hours(self, staff, slug).await?)
    }

    async fn save_hours(&self, staff: &Staff, slug: &str, base: &str, hours: &OpeningHours) -> Result<(), AppError> {
        Ok(settings::save_hours(self, staff, slug, base, hours).await?)
    }
}

#[async_trait]
impl Serving for AppContext {
    async fn serving(&self, staff: &Staff, slug: &str) -> Result<ServingView, AppError> {
        Ok(settings::serving::view(self, staff, slug).await?)
    }

    async fn change_serving(
        &self,
        staff: &Staff,
        slug: &str,
        base: &str,
        change: &TermsChange,
    ) -> Result<(), AppError> {
        Ok(settings::serving::change(self, staff, slug, base, change).await?)
    }
}

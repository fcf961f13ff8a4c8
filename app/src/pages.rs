//! Pages, rendered by the server.

mod account;
mod cart;
mod checkout;
mod dashboard;
mod dev_mail;
mod error_page;
mod home;
mod item;
mod operator;
mod order;
pub mod parts;
mod passkeys;
mod restaurant;
mod shell;
mod title;

pub use dashboard::{settings_page, sign_in_address, who_address};
pub use error_page::{ErrorPage, NotFoundPage, PageError, or_error_page, set_status};
pub use shell::shell;

use crate::{
    domain::order::Due,
    forms::fields,
    pages::{
        account::{
            AccountPage, ConfirmEmailPage, ConfirmPage, ForgotPage, MailSentPage, PasskeyPage, RegisterPage, ResetPage,
        },
        cart::CartPage,
        checkout::CheckoutPage,
        dashboard::{
            BoardPage, ChargesPage, DashboardPage, DeliveryPage, GeneralPage, HistoryListPage, HoursPage,
            InvitationPage, LogPage, MenuEditorPage, NewRestaurantPage, PastOrderPage, PinPage, PrintedTablesPage,
            PrivacyPage, ReceiptPage, RemovalPage, ScreensPage, ServicePage, SetupPage, SignInPage, TablesPage,
            TakingsPage, TaxPage, TeamPage, WhoPage,
        },
        dev_mail::DevMailPage,
        home::HomePage,
        item::ItemPage,
        operator::{OperatorPage, OperatorRestaurantPage},
        order::OrderPage,
        restaurant::RestaurantPage,
    },
    services::submission,
};
use leptos::prelude::*;
use leptos_meta::provide_meta_context;
use leptos_router::{
    SsrMode,
    components::{FlatRoutes, Route, Router},
    hooks::{use_params_map, use_query_map},
    path,
};
use uuid::Uuid;

/// The routes of pages. Each page is rendered completely before the first byte is sent, so that it can set its status.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    match use_context::<PageError>() {
        Some(PageError(error)) => view! { <ErrorPage error=error /> }.into_any(),
        None => view! { <Pages /> }.into_any(),
    }
}

#[component]
fn Pages() -> impl IntoView {
    view! {
        <Router>
            <FlatRoutes fallback=NotFoundPage>
                <Route path=path!("/") view=HomePage ssr=SsrMode::Async />
                <Route path=path!("/restaurants/new") view=NewRestaurantPage ssr=SsrMode::Async />
                <Route path=path!("/restaurants/:slug") view=RestaurantPage ssr=SsrMode::Async />
                <Route path=path!("/restaurants/:slug/items/:item") view=ItemPage ssr=SsrMode::Async />
                <Route path=path!("/restaurants/:slug/cart") view=CartPage ssr=SsrMode::Async />
                <Route path=path!("/restaurants/:slug/checkout") view=CheckoutPage ssr=SsrMode::Async />
                <Route path=path!("/orders/:token") view=OrderPage ssr=SsrMode::Async />
                <Route path=path!("/sign-in") view=SignInPage ssr=SsrMode::Async />
                <Route path=path!("/dev/mail") view=DevMailPage ssr=SsrMode::Async />
                <Route path=path!("/register") view=RegisterPage ssr=SsrMode::Async />
                <Route path=path!("/mail-sent") view=MailSentPage ssr=SsrMode::Async />
                <Route path=path!("/confirm/:token") view=ConfirmPage ssr=SsrMode::Async />
                <Route path=path!("/confirm-email/:token") view=ConfirmEmailPage ssr=SsrMode::Async />
                <Route path=path!("/forgot") view=ForgotPage ssr=SsrMode::Async />
                <Route path=path!("/reset/:token") view=ResetPage ssr=SsrMode::Async />
                <Route path=path!("/account") view=AccountPage ssr=SsrMode::Async />
                <Route path=path!("/account/passkeys/:passkey") view=PasskeyPage ssr=SsrMode::Async />
                <Route path=path!("/dashboard") view=DashboardPage ssr=SsrMode::Async />
                <Route path=path!("/dashboard/:slug/orders") view=BoardPage ssr=SsrMode::Async />
                <Route path=path!("/dashboard/:slug/menu") view=MenuEditorPage ssr=SsrMode::Async />
                <Route path=path!("/dashboard/:slug/setup") view=SetupPage ssr=SsrMode::Async />
                <Route path=path!("/dashboard/:slug/settings/general") view=GeneralPage ssr=SsrMode::Async />
                <Route path=path!("/dashboard/:slug/settings/hours") view=HoursPage ssr=SsrMode::Async />
                <Route path=path!("/dashboard/:slug/history") view=HistoryListPage ssr=SsrMode::Async />
                <Route path=path!("/dashboard/:slug/history/:order") view=PastOrderPage ssr=SsrMode::Async />
                <Route path=path!("/dashboard/:slug/history/:order/receipt") view=ReceiptPage ssr=SsrMode::Async />
                <Route path=path!("/dashboard/:slug/takings") view=TakingsPage ssr=SsrMode::Async />
                <Route path=path!("/dashboard/:slug/settings/privacy") view=PrivacyPage ssr=SsrMode::Async />
                <Route path=path!("/operator") view=OperatorPage ssr=SsrMode::Async />
                <Route path=path!("/operator/restaurants/:slug") view=OperatorRestaurantPage ssr=SsrMode::Async />
                <Route path=path!("/dashboard/:slug/settings/service") view=ServicePage ssr=SsrMode::Async />
                <Route path=path!("/dashboard/:slug/settings/delivery") view=DeliveryPage ssr=SsrMode::Async />
                <Route path=path!("/dashboard/:slug/settings/charges") view=ChargesPage ssr=SsrMode::Async />
                <Route path=path!("/dashboard/:slug/settings/tables") view=TablesPage ssr=SsrMode::Async />
                <Route path=path!("/dashboard/:slug/settings/tables/print") view=PrintedTablesPage ssr=SsrMode::Async />
                <Route path=path!("/dashboard/:slug/settings/tax") view=TaxPage ssr=SsrMode::Async />
                <Route path=path!("/dashboard/:slug/team") view=TeamPage ssr=SsrMode::Async />
                <Route path=path!("/dashboard/:slug/team/:member/remove") view=RemovalPage ssr=SsrMode::Async />
                <Route path=path!("/dashboard/:slug/log") view=LogPage ssr=SsrMode::Async />
                <Route path=path!("/dashboard/:slug/screens") view=ScreensPage ssr=SsrMode::Async />
                <Route path=path!("/dashboard/:slug/who") view=WhoPage ssr=SsrMode::Async />
                <Route path=path!("/dashboard/:slug/pin") view=PinPage ssr=SsrMode::Async />
                <Route path=path!("/invitation/:secret") view=InvitationPage ssr=SsrMode::Async />
            </FlatRoutes>
        </Router>
    }
}

/// The time in the page's query; as soon as possible without one.
pub fn asked_due() -> Due {
    let asked = use_query_map().read_untracked().get(fields::DUE);
    asked.and_then(|text| Due::from_field(&text)).unwrap_or_default()
}

/// The idempotency key of a page's forms: the one that was sent if the form is shown again, else a new one.
pub fn page_key() -> String {
    let sent = submission().value(fields::KEY).map(ToOwned::to_owned);
    sent.unwrap_or_else(|| Uuid::new_v4().to_string())
}

/// A parameter of the page's path.
pub fn param(name: &str) -> String {
    use_params_map().read_untracked().get(name).unwrap_or_default()
}

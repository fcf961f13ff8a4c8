//! Staff pages: sign-in, list of restaurants, orders board, menu editor.

mod board;
mod history;
mod home;
mod invitation;
mod layout;
mod log;
mod menu;
mod new_restaurant;
mod past_order;
mod pin;
mod receipt;
mod screens;
mod settings;
mod setup;
mod sign_in;
mod takings;
mod team;
mod who;

pub use board::BoardPage;
pub use history::HistoryListPage;
pub use home::DashboardPage;
pub use invitation::InvitationPage;
pub use layout::SignOut;
pub use log::LogPage;
pub use menu::MenuEditorPage;
pub use new_restaurant::NewRestaurantPage;
pub use past_order::PastOrderPage;
pub use pin::PinPage;
pub use receipt::ReceiptPage;
pub use screens::ScreensPage;
pub use settings::{
    ChargesPage, DeliveryPage, GeneralPage, HoursPage, PrintedTablesPage, PrivacyPage, ServicePage, TablesPage,
    TaxPage, settings_page,
};
pub use setup::SetupPage;
pub use sign_in::SignInPage;
pub use takings::TakingsPage;
pub use team::{RemovalPage, TeamPage};
pub use who::WhoPage;

use crate::{
    domain::error::AppError,
    forms::{fields, routes},
    pages::ErrorPage,
    services::{Staff, at_work},
};
use leptos::prelude::*;
use leptos_axum::ResponseOptions;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// A page of a restaurant for its staff, a redirect to the sign-in page, or the error page.
pub fn or_sign_in<V: IntoView + 'static>(page: Result<V, AppError>, here: &str) -> AnyView {
    match page {
        Ok(page) => page.into_any(),
        Err(error @ AppError::Unauthenticated) => {
            let notice = view! { <ErrorPage error=error/> }.into_any();
            // After the error page, which sets its own status.
            see_other(&sign_in_address(here));
            notice
        }
        Err(error) => view! { <ErrorPage error=error/> }.into_any(),
    }
}

/// The signed-in person, or the one at this shared screen, when they work at this restaurant.
pub fn staff_of(slug: &str) -> Result<Staff, AppError> {
    let staff = at_work()?;
    staff.workplace(slug)?;
    Ok(staff)
}

/// Characters that are not percent-encoded in a query value.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// The sign-in page with a path to return to.
pub fn sign_in_address(here: &str) -> String {
    in_query(routes::SIGN_IN, here)
}

/// The page of a shared screen that asks who works there, with a path to return to.
pub fn who_address(slug: &str, next: &str) -> String {
    in_query(&routes::who(slug), next)
}

/// An address with a path to go to afterwards.
fn in_query(address: &str, next: &str) -> String {
    format!("{address}?{}={}", fields::NEXT, utf8_percent_encode(next, PLAIN))
}

/// Redirects with 303, so that the browser follows with GET.
pub fn see_other(address: &str) {
    let Some(response) = use_context::<ResponseOptions>() else { return };
    let Ok(location) = http::HeaderValue::from_str(address) else { return };
    response.set_status(http::StatusCode::SEE_OTHER);
    response.insert_header(http::header::LOCATION, location);
}

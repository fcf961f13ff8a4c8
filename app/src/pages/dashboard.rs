//! The restaurant's own screens: signing in, choosing a restaurant, the orders board, the menu.

mod board;
mod home;
mod layout;
mod menu;
mod sign_in;

pub use board::BoardPage;
pub use home::DashboardPage;
pub use menu::MenuEditorPage;
pub use sign_in::SignInPage;

use crate::{
    domain::error::AppError,
    forms::{fields, routes},
    pages::Notice,
    services::{Staff, staff},
};
use leptos::prelude::*;
use leptos_axum::ResponseOptions;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// The page of a person's restaurant, the way to the sign-in page, or the notice that says why not.
pub fn or_sign_in<V: IntoView + 'static>(page: Result<V, AppError>, here: &str) -> AnyView {
    match page {
        Ok(page) => page.into_any(),
        Err(error @ AppError::Unauthenticated) => {
            let notice = view! { <Notice error=error/> }.into_any();
            // After the notice, which sets its own status.
            see_other(&sign_in_address(here));
            notice
        }
        Err(error) => view! { <Notice error=error/> }.into_any(),
    }
}

/// The signed-in person, when they work at this restaurant.
pub fn staff_of(slug: &str) -> Result<Staff, AppError> {
    let staff = staff()?;
    staff.workplace(slug)?;
    Ok(staff)
}

/// What stays as it is in the value of a query.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// The sign-in page that leads back to an address of ours.
pub fn sign_in_address(here: &str) -> String {
    format!("{}?{}={}", routes::SIGN_IN, fields::NEXT, utf8_percent_encode(here, PLAIN))
}

/// Sends the browser on with a GET, whatever it asked with.
pub fn see_other(address: &str) {
    let Some(response) = use_context::<ResponseOptions>() else { return };
    let Ok(location) = http::HeaderValue::from_str(address) else { return };
    response.set_status(http::StatusCode::SEE_OTHER);
    response.insert_header(http::header::LOCATION, location);
}

//! The restaurant's own screens: signing in, choosing a restaurant, the orders board, the menu.

mod board;
mod frame;
mod home;
mod menu;
mod sign_in;

pub use board::BoardPage;
pub use home::DashboardPage;
pub use menu::MenuEditorPage;
pub use sign_in::SignInPage;

use crate::{
    api::{field, path},
    backend::{Staff, staff},
    error::AppError,
    pages::Notice,
};
use leptos::prelude::*;
use leptos_axum::ResponseOptions;

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

/// The sign-in page that leads back to an address of ours.
fn sign_in_address(here: &str) -> String {
    format!("{}?{}={here}", path::SIGN_IN, field::NEXT)
}

/// Sends the browser on with a GET, whatever it asked with.
pub fn see_other(address: &str) {
    let Some(response) = use_context::<ResponseOptions>() else { return };
    let Ok(location) = http::HeaderValue::from_str(address) else { return };
    response.set_status(http::StatusCode::SEE_OTHER);
    response.insert_header(http::header::LOCATION, location);
}

/// An address of ours that signing in may lead on to; the dashboard for anything that could leave the site.
pub fn way_on(next: Option<&str>) -> String {
    let ours = |next: &&str| {
        next.starts_with('/')
            && !next.starts_with("//")
            && !next.contains(['\\', '\r', '\n', '\t'])
            && next.len() <= 500
    };
    next.filter(ours).unwrap_or(path::DASHBOARD).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leads_on_within_the_site_only() {
        assert_eq!(way_on(Some("/dashboard/a/orders")), "/dashboard/a/orders");
        for elsewhere in ["//evil.example", "https://evil.example", "/\\evil.example", "", "/\t/evil.example"] {
            assert_eq!(way_on(Some(elsewhere)), path::DASHBOARD, "{elsewhere:?}");
        }
        assert_eq!(way_on(None), path::DASHBOARD);
    }
}

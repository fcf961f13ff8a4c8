//! The name of what a form asks for: sent again, because its answer got lost, it is done once.

use leptos::prelude::*;

/// A hidden key, made with the page. Never on a page that is kept for many guests or visits: two wishes would have one
/// name. Islands name each press by themselves, so that what they show needs none.
#[component]
pub fn KeyField() -> impl IntoView {
    hidden()
}

/// The key that was sent, on a page that says why it was not done or not known; else a new one.
#[cfg(feature = "ssr")]
fn hidden() -> impl IntoView {
    use crate::{api::field, backend::submission};
    let sent = submission().value(field::KEY).map(ToOwned::to_owned);
    let key = sent.unwrap_or_else(|| uuid::Uuid::new_v4().to_string());
    view! { <input type="hidden" name=field::KEY value=key /> }
}

#[cfg(not(feature = "ssr"))]
const fn hidden() {}

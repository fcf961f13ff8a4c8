//! The name of what a form asks for: sent again, because its answer got lost, it is done once.

use crate::api::field;
use leptos::prelude::*;

/// A hidden key, made with the page. Never on a page that is kept for many guests or visits: two wishes would have one
/// name. Islands name each press by themselves.
#[component]
pub fn KeyField() -> impl IntoView {
    key().map(|key| view! { <input type="hidden" name=field::KEY value=key /> })
}

/// The key that was sent, on a page that says why it was not done or not known.
#[cfg(feature = "ssr")]
fn key() -> Option<String> {
    let sent = crate::backend::submission().value(field::KEY).map(ToOwned::to_owned);
    Some(sent.unwrap_or_else(|| uuid::Uuid::new_v4().to_string()))
}

#[cfg(not(feature = "ssr"))]
const fn key() -> Option<String> {
    None
}

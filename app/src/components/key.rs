//! The idempotency key of a form: a request that is sent again takes effect once.

use crate::forms::fields;
use leptos::prelude::*;

/// A hidden field with the key, made with the page. Not on a page that is cached for several guests or visits: two
/// requests would share the key. Islands make a key for each press, so the forms that they render have none.
#[component]
pub fn KeyField(
    /// The idempotency key.
    key: Option<String>,
) -> impl IntoView {
    key.map(|key| view! { <input type="hidden" name=fields::KEY value=key /> })
}

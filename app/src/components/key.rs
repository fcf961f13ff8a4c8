//! The name of what a form asks for: sent again, because its answer got lost, it is done once.

use crate::forms::fields;
use leptos::prelude::*;

/// A hidden key, made with the page. Never on a page that is kept for many guests or visits: two wishes would have one
/// name. Islands name each press by themselves, so that what they show has none.
#[component]
pub fn KeyField(
    /// The key.
    key: Option<String>,
) -> impl IntoView {
    key.map(|key| view! { <input type="hidden" name=fields::KEY value=key /> })
}

//! The menu page in the browser: item dialog, adding to the cart, section links and search.

use leptos::prelude::*;

#[cfg(feature = "hydrate")]
mod add_to_cart;
#[cfg(feature = "hydrate")]
mod item_dialog;
#[cfg(feature = "hydrate")]
mod item_form;
#[cfg(feature = "hydrate")]
mod menu_nav;

/// Enhances the menu page and the item page. Their lists stay plain HTML.
#[island]
pub fn Shop() -> impl IntoView {
    #[cfg(feature = "hydrate")]
    add_to_cart::begin();
    view! { <span hidden></span> }
}

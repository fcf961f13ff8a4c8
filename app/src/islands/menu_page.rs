//! The menu that answers in place: a dish opens above it, adding changes the cart, sections and search follow.

use leptos::prelude::*;

#[cfg(feature = "hydrate")]
mod add_to_cart;
#[cfg(feature = "hydrate")]
mod item_dialog;
#[cfg(feature = "hydrate")]
mod item_form;
#[cfg(feature = "hydrate")]
mod menu_nav;

/// Makes the menu, or the page of one dish, answer at once. The lists around it stay plain HTML.
#[island]
pub fn Shop() -> impl IntoView {
    #[cfg(feature = "hydrate")]
    add_to_cart::begin();
    view! { <span hidden></span> }
}

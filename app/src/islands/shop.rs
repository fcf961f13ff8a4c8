//! The menu that answers in place: a dish opens above it, adding changes the cart, sections and search follow.

use leptos::prelude::*;

#[cfg(feature = "hydrate")]
mod adding;
#[cfg(feature = "hydrate")]
mod counting;
#[cfg(feature = "hydrate")]
mod reading;
#[cfg(feature = "hydrate")]
mod sheet;

/// Makes the menu, or the page of one dish, answer at once. The lists around it stay plain HTML.
#[island]
pub fn Shop() -> impl IntoView {
    #[cfg(feature = "hydrate")]
    adding::begin();
    view! { <span hidden></span> }
}

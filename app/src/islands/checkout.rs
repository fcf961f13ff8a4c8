//! x
use leptos::prelude::*;

/// x
#[island]
pub fn Checkout() -> impl IntoView {
    view! { <span hidden></span> }
}

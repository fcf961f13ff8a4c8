//! x
use leptos::prelude::*;

/// x
#[island]
pub fn Shop() -> impl IntoView {
    view! { <span hidden></span> }
}

//! x
use leptos::prelude::*;

/// x
#[island]
pub fn Search() -> impl IntoView {
    view! { <span hidden></span> }
}

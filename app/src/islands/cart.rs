//! x
use leptos::prelude::*;

/// x
#[island]
pub fn Cart() -> impl IntoView {
    view! { <span hidden></span> }
}

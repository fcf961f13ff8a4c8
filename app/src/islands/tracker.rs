//! x
use leptos::prelude::*;

/// x
#[island]
pub fn OrderTracker(token: String) -> impl IntoView {
    view! { <span hidden data-t=token></span> }
}

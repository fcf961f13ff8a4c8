//! Who works at a shared screen, with the way to switch.

use crate::{components::button::QUIET_CLASS, domain::board::DutyUpdate, forms::routes};
use leptos::prelude::*;

/// The line above the content of a shared screen.
#[component]
pub fn DutyLine(slug: String, on_duty: Signal<DutyUpdate>) -> impl IntoView {
    let name = move || on_duty.with(|on_duty| on_duty.name.clone());
    let is_empty = move || name().is_none();
    view! {
        <div class="flex min-h-11 flex-wrap items-center justify-between gap-x-3 gap-y-1 py-1">
            <p role="status" class="min-w-0 break-words">
                {move || if is_empty() { "No one works here now." } else { "Working: " }}
                <bdi class="font-semibold">{move || name().unwrap_or_default()}</bdi>
            </p>
            <a href=routes::who(&slug) class=QUIET_CLASS>
                {move || if is_empty() { "Say who you are" } else { "Switch" }}
            </a>
        </div>
    }
}

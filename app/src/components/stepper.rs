//! A number field; with scripts, between two buttons.
//!
//! The field is of text with the keyboard for numbers: browsers' own number fields take no digits but ASCII's (an Arabic
//! keyboard writes nothing into Chromium's, and Firefox sends an empty value).

use crate::components::{
    button::ROUND_CLASS,
    icon::{self, Icon},
};
use leptos::prelude::*;

/// The number field with its buttons.
#[component]
pub fn Stepper(
    #[prop(into)] name: String,
    #[prop(into)] id: String,
    /// Name of the thing counted, for screen readers.
    #[prop(into)]
    label: String,
    value: u32,
    min: u32,
    max: u32,
    #[prop(optional)] disabled: bool,
    /// Ids of elements for `aria-describedby`.
    #[prop(optional_no_strip)]
    described_by: Option<String>,
) -> impl IntoView {
    view! {
        <div data-stepper class="inline-flex items-center gap-1">
            <button
                type="button"
                hidden
                data-step="-1"
                class=ROUND_CLASS
                disabled=disabled
                aria-label=format!("One less: {label}")
            >
                <Icon path=icon::MINUS />
            </button>
            <input
                class="w-16 text-center tabular-nums"
                type="text"
                autocomplete="off"
                inputmode="numeric"
                name=name
                id=id
                value=value.to_string()
                data-least=min.to_string()
                data-most=max.to_string()
                disabled=disabled
                aria-label=label.clone()
                aria-describedby=described_by
            />
            <button
                type="button"
                hidden
                data-step="1"
                class=ROUND_CLASS
                disabled=disabled
                aria-label=format!("One more: {label}")
            >
                <Icon path=icon::PLUS />
            </button>
        </div>
    }
}

//! Icons as SVG paths. Each is used together with text or a label.

use leptos::prelude::*;

/// An icon of 20 pixels in the colour of the text.
#[component]
pub fn Icon(
    /// One of the paths below.
    path: &'static str,
) -> impl IntoView {
    view! {
        <svg
            class="size-5 shrink-0"
            viewBox="0 0 20 20"
            fill="none"
            stroke="currentColor"
            stroke-width="1.75"
            stroke-linecap="round"
            stroke-linejoin="round"
            aria-hidden="true"
        >
            <path d=path></path>
        </svg>
    }
}

pub const PLUS: &str = "M10 4v12M4 10h12";
pub const MINUS: &str = "M4 10h12";
pub const CROSS: &str = "M5 5l10 10M15 5L5 15";
pub const BACK: &str = "M12 4l-6 6 6 6";
pub const SEARCH: &str = "M9 15A6 6 0 1 0 9 3a6 6 0 0 0 0 12zM13.5 13.5L17 17";
pub const CLOCK: &str = "M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM10 6v4l2.5 2";
pub const PIN: &str = "M10 17s5.5-4.7 5.5-9A5.5 5.5 0 0 0 4.5 8c0 4.3 5.5 9 5.5 9zM10 10a2 2 0 1 0 0-4 2 2 0 0 0 0 4z";
pub const BAG: &str = "M5 7h10l1 10H4L5 7zM7.5 7V6a2.5 2.5 0 0 1 5 0v1";
pub const CHECK: &str = "M4 10.5l4 4 8-9";
/// Half disc: light or dark theme.
pub const THEME: &str = "M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM10 3v14";

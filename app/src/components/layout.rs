//! Page layout for guests: skip link, header with theme switch, footer.

use crate::{
    components::icon::{self, Icon},
    forms::routes,
};
use leptos::prelude::*;

/// Header, content and footer.
#[component]
pub fn Frame(
    /// Text next to the name in the header.
    children: Children,
) -> impl IntoView {
    view! {
        <a class="skip-link" href="#main">"Skip to content"</a>
        <header class="mx-auto flex w-full max-w-page items-center justify-between gap-4 px-4 py-2 print:hidden">
            <a
                class="inline-flex min-h-11 items-center gap-2 text-lg font-bold hover:text-brand"
                href=routes::HOME
                aria-label="Toast, home"
            >
                <Logo />
                "Toast"
            </a>
            <ThemeSwitch />
        </header>
        <main id="main" tabindex="-1" class="mx-auto w-full max-w-page flex-1 px-4 pb-24 outline-none">
            {children()}
        </main>
        <footer class="border-t border-line print:hidden">
            <div class="mx-auto flex w-full max-w-page flex-wrap items-center justify-between gap-x-6 px-4 py-4 text-sm text-muted">
                <p>"Order straight from the kitchen."</p>
                <a class="inline-flex min-h-11 items-center underline hover:text-ink" href=routes::SIGN_IN>
                    "For restaurants"
                </a>
            </div>
        </footer>
    }
}

/// Switches between light and dark; `boot.js` shows it and stores the choice.
#[component]
pub fn ThemeSwitch() -> impl IntoView {
    view! {
        <button
            type="button"
            hidden
            data-theme-switch
            class="inline-flex size-11 items-center justify-center rounded-full text-muted hover:bg-brand-tint hover:text-brand"
            aria-label="Switch between light and dark"
        >
            <Icon path=icon::THEME />
        </button>
    }
}

/// The logo: a slice of toast.
#[component]
fn Logo() -> impl IntoView {
    view! {
        <svg class="size-7 shrink-0 text-brand" viewBox="0 0 32 32" aria-hidden="true">
            <path
                fill="currentColor"
                d="M9 4h14a6 6 0 0 1 3 11.2V25a3 3 0 0 1-3 3H9a3 3 0 0 1-3-3v-9.8A6 6 0 0 1 9 4z"
            ></path>
            <path fill="none" stroke="var(--color-card)" stroke-width="2.5" stroke-linecap="round" d="M12 12v8M16 12v8M20 12v8"></path>
        </svg>
    }
}

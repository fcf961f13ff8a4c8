//! What stands around the restaurant's screens: whose they are, where else to go, the way out.

use crate::{
    components::{button::QUIET_CLASS, layout::ThemeSwitch},
    forms::routes,
};
use leptos::prelude::*;

/// Which screen of a restaurant this is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Screen {
    /// The orders board.
    Orders,
    /// The menu.
    Menu,
}

/// Header and content of a restaurant's screen; as wide as the screen, for a board on a wall.
#[component]
pub fn StaffFrame(
    /// The restaurant's slug.
    slug: String,
    /// The restaurant's name.
    name: String,
    /// Where we are.
    screen: Screen,
    /// The screen.
    children: Children,
) -> impl IntoView {
    let link = |target: Screen, address: String, words: &'static str| {
        let current = (target == screen).then_some("page");
        view! {
            <a
                href=address
                aria-current=current
                class="inline-flex min-h-11 items-center rounded-control px-3 font-medium hover:bg-brand-tint aria-[current=page]:bg-brand-tint aria-[current=page]:text-brand"
            >
                {words}
            </a>
        }
    };
    view! {
        <a class="skip-link" href="#main">"Skip to content"</a>
        <header class="flex flex-wrap items-center gap-x-4 border-b border-line bg-card px-3 print:hidden">
            <h1 class="min-w-0 grow py-1 text-lg font-bold leading-tight md:grow-0">
                <bdi>{name}</bdi>
                <span class="sr-only">{if screen == Screen::Orders { ": orders" } else { ": menu" }}</span>
            </h1>
            <nav aria-label="Restaurant" class="order-3 flex grow gap-1 max-md:w-full md:order-none">
                {link(Screen::Orders, routes::board(&slug), "Orders")}
                {link(Screen::Menu, routes::menu_editor(&slug), "Menu")}
                <a
                    href=routes::DASHBOARD
                    class="inline-flex min-h-11 items-center rounded-control px-3 text-muted hover:bg-brand-tint"
                >
                    "All restaurants"
                </a>
            </nav>
            <ThemeSwitch/>
            <SignOut/>
        </header>
        <main id="main" tabindex="-1" class="flex-1 px-3 pb-16 outline-none">{children()}</main>
    }
}

/// Ends the session.
#[component]
pub fn SignOut() -> impl IntoView {
    view! {
        <form method="post" action=routes::SIGN_OUT class="py-1">
            <button type="submit" class=QUIET_CLASS>"Sign out"</button>
        </form>
    }
}

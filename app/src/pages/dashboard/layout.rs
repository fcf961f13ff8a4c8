//! Page layout for staff: restaurant, navigation, sign-out.

use crate::{
    components::{
        board::layout::{FOLDED_CLASS, FOLDING_CLASS, UNFOLDED_CLASS},
        button::QUIET_CLASS,
        layout::ThemeSwitch,
    },
    domain::role::Permission,
    forms::routes,
    services::staff,
};
use leptos::prelude::*;

/// The pages of a restaurant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Screen {
    Orders,
    Menu,
    Setup,
    Settings,
}

impl Screen {
    /// After the restaurant's name, for screen readers.
    const fn words(self) -> &'static str {
        match self {
            Self::Orders => ": orders",
            Self::Menu => ": menu",
            Self::Setup => ": set-up",
            Self::Settings => ": settings",
        }
    }
}

/// Header and content of a staff page; as wide as the screen, for a board on a wall.
#[component]
pub fn StaffFrame(slug: String, name: String, screen: Screen, children: Children) -> impl IntoView {
    let link = |target: Screen, address: String, words: &'static str| {
        let current = (target == screen).then_some("page");
        view! {
            <a
                href=address
                aria-current=current
                class="inline-flex min-h-11 items-center rounded-control px-2 font-medium hover:bg-brand-tint md:px-3 aria-[current=page]:bg-brand-tint aria-[current=page]:text-brand"
            >
                {words}
            </a>
        }
    };
    let may_edit = staff().is_ok_and(|staff| staff.allowed(&slug, Permission::EditSettings).is_ok());
    view! {
        <a class="skip-link" href="#main">"Skip to content"</a>
        <header class="flex flex-wrap items-center justify-end gap-x-2 border-b border-line bg-card px-3 print:hidden">
            <h1 class="min-w-0 grow basis-32 py-1 leading-tight font-bold break-words md:text-lg">
                <bdi>{name}</bdi>
                <span class="sr-only">{screen.words()}</span>
            </h1>
            <nav aria-label="Restaurant" class="flex gap-1">
                {link(Screen::Orders, routes::board(&slug), "Orders")}
                {link(Screen::Menu, routes::menu_editor(&slug), "Menu")}
                {may_edit.then(|| link(Screen::Settings, routes::settings(&slug, "general"), "Settings"))}
            </nav>
            <details class=FOLDING_CLASS>
                <summary class=FOLDED_CLASS>
                    "More" <span aria-hidden="true">"▾"</span>
                </summary>
                <div class=UNFOLDED_CLASS>
                    {may_edit
                        .then(|| {
                            view! {
                                <a
                                    href=routes::setup(&slug)
                                    class="inline-flex min-h-11 items-center rounded-control px-3 font-medium hover:bg-brand-tint"
                                >
                                    "Set-up"
                                </a>
                            }
                        })}
                    <a
                        href=routes::DASHBOARD
                        class="inline-flex min-h-11 items-center rounded-control px-3 font-medium hover:bg-brand-tint"
                    >
                        "All restaurants"
                    </a>
                    <a
                        href=routes::ACCOUNT
                        class="inline-flex min-h-11 items-center rounded-control px-3 font-medium hover:bg-brand-tint"
                    >
                        "Your account"
                    </a>
                    <SignOut/>
                    <ThemeSwitch/>
                </div>
            </details>
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

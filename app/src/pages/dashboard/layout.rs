//! Page layout for staff: restaurant, navigation, sign-out.

use crate::{
    components::{
        board::layout::{FOLDED_CLASS, FOLDING_CLASS, UNFOLDED_CLASS},
        button::QUIET_CLASS,
        layout::ThemeSwitch,
        on_duty::DutyLine,
    },
    domain::{board::DutyUpdate, role::Permission},
    forms::routes,
    services::{at_work, viewer},
};
use leptos::prelude::*;

/// The pages of a restaurant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Screen {
    Orders,
    Menu,
    Setup,
    Settings,
    History,
    Takings,
    Team,
    SharedScreens,
    Log,
    Who,
    Pin,
}

impl Screen {
    /// After the restaurant's name, for screen readers.
    const fn words(self) -> &'static str {
        match self {
            Self::Orders => ": orders",
            Self::Menu => ": menu",
            Self::Setup => ": set-up",
            Self::Settings => ": settings",
            Self::History => ": history",
            Self::Takings => ": takings",
            Self::Team => ": team",
            Self::SharedScreens => ": shared screens",
            Self::Log => ": log of changes",
            Self::Who => ": who works here",
            Self::Pin => ": your PIN",
        }
    }
}

/// A link of the navigation.
struct Link {
    screen: Screen,
    label: &'static str,
    address: fn(&str) -> String,
    /// Shown to roles that have it.
    needs: Permission,
    /// Always visible, or folded into "More".
    folded: bool,
}

const LINKS: &[Link] = &[
    link(Screen::Orders, "Orders", routes::board, Permission::WorkOrders),
    link(Screen::Menu, "Menu", routes::menu_editor, Permission::MarkSoldOut),
    folded(Screen::Settings, "Settings", routes::first_settings, Permission::EditSettings),
    folded(Screen::History, "History", routes::history, Permission::ReadHistory),
    folded(Screen::Takings, "Takings", routes::takings, Permission::ReadTakings),
    folded(Screen::Setup, "Set-up", routes::setup, Permission::EditSettings),
    folded(Screen::Team, "Team", routes::team, Permission::ManageTeam),
    folded(Screen::SharedScreens, "Shared screens", routes::screens, Permission::ManageScreens),
    folded(Screen::Log, "Log of changes", routes::audit_log, Permission::ReadAuditLog),
];

const fn link(screen: Screen, label: &'static str, address: fn(&str) -> String, needs: Permission) -> Link {
    Link { screen, label, address, needs, folded: false }
}

const fn folded(screen: Screen, label: &'static str, address: fn(&str) -> String, needs: Permission) -> Link {
    Link { screen, label, address, needs, folded: true }
}

/// Header and content of a staff page; as wide as the screen, for a board on a wall.
#[component]
pub fn StaffFrame(slug: String, name: String, screen: Screen, children: Children) -> impl IntoView {
    let at = viewer().screen;
    let role = at_work().ok().and_then(|staff| staff.workplace(&slug).ok().map(|place| place.role));
    let links = |in_fold: bool| {
        let allowed = LINKS.iter().filter(|link| link.folded == in_fold);
        let allowed = allowed.filter(|link| role.is_some_and(|role| role.may(link.needs)));
        allowed.map(|link| view! { <NavigationLink link=link slug=slug.clone() screen=screen/> }).collect_view()
    };
    let (shown, in_fold) = (links(false), links(true));
    // The board has a line of its own, which follows changes; the page that asks who works says it itself.
    let on_duty = at.clone().filter(|_| !matches!(screen, Screen::Orders | Screen::Who)).map(|at| {
        let on_duty = Signal::stored(DutyUpdate { name: at.on_duty.map(|on_duty| on_duty.name) });
        view! { <DutyLine slug=slug.clone() on_duty=on_duty/> }
    });
    view! {
        <a class="skip-link" href="#main">"Skip to content"</a>
        <header class="flex flex-wrap items-center justify-end gap-x-2 border-b border-line bg-card px-3 print:hidden">
            <h1 class="min-w-0 grow basis-32 py-1 leading-tight font-bold break-words md:text-lg">
                <bdi>{name}</bdi>
                <span class="sr-only">{screen.words()}</span>
            </h1>
            <nav aria-label="Restaurant" class="flex gap-1">{shown}</nav>
            <details class=FOLDING_CLASS>
                <summary class=FOLDED_CLASS>
                    "More" <span aria-hidden="true">"▾"</span>
                </summary>
                <div class=UNFOLDED_CLASS>
                    {in_fold}
                    {at.is_none().then(|| view! { <OwnLinks slug=slug.clone()/> })}
                    <ThemeSwitch/>
                </div>
            </details>
        </header>
        <main id="main" tabindex="-1" class="flex-1 px-3 pb-16 outline-none">
            {on_duty}
            {children()}
        </main>
    }
}

/// Links of a person's own session.
#[component]
fn OwnLinks(slug: String) -> impl IntoView {
    let links = [
        (routes::DASHBOARD.to_owned(), "All restaurants"),
        (routes::pin(&slug), "Your PIN"),
        (routes::ACCOUNT.to_owned(), "Your account"),
    ];
    let links = links.map(|(address, label)| {
        view! {
            <a
                href=address
                class="inline-flex min-h-11 items-center rounded-control px-3 font-medium hover:bg-brand-tint"
            >
                {label}
            </a>
        }
    });
    view! {
        {links.collect_view()}
        <SignOut/>
    }
}

#[component]
fn NavigationLink(link: &'static Link, slug: String, screen: Screen) -> impl IntoView {
    let current = (link.screen == screen).then_some("page");
    view! {
        <a
            href=(link.address)(&slug)
            aria-current=current
            class="inline-flex min-h-11 items-center rounded-control px-2 font-medium hover:bg-brand-tint md:px-3 aria-[current=page]:bg-brand-tint aria-[current=page]:text-brand"
        >
            {link.label}
        </a>
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

//! The menu page. It contains nothing personal, so that the same bytes are cached for all guests.

mod about;
mod at_table;
mod legend;
mod linked_data;

use crate::{
    components::{
        button::MAIN_CLASS,
        cart::CartProblem,
        dish::DishRow,
        icon::{self, Icon},
        layout::Frame,
        mode::{ModeNotes, ModeSwitch},
        problem::ProblemSummary,
        team_notice::TeamNotice,
        when::{TimeChoice, TimeGone},
    },
    domain::{
        error::AppError,
        menu::{Menu, Section},
        order::Due,
        restaurant::RestaurantPage as Shown,
        terms::ServiceMode,
    },
    forms::{fields, routes},
    pages::{
        asked_due, or_error_page, param,
        parts::{self, Part},
        restaurant::{
            about::About,
            at_table::{AtTable, serves},
            legend::Legend,
            linked_data::linked_data,
        },
        set_status,
        title::PageTitle,
    },
    services::{assets, in_full, services, submission},
};
use leptos::prelude::*;
use leptos_meta::{Link, Meta};
use leptos_router::hooks::use_query_map;

/// The page of the restaurant in the address.
#[component]
pub fn RestaurantPage() -> impl IntoView {
    let (slug, due) = (param("slug"), asked_due());
    let table = use_query_map().read_untracked().get(fields::TABLE).filter(|table| !table.is_empty());
    Suspend::new(async move { or_error_page(page(slug, due, table).await) })
}

async fn page(slug: String, due: Due, table: Option<String>) -> Result<impl IntoView, AppError> {
    let shown = services()?.menus.restaurant_for(&slug, due).await?;
    let base = assets().base;
    let Shown { restaurant, state, menu, time, .. } = &shown;
    let address = in_full(&routes::restaurant(&slug));
    let problem = submission().error.map(|error| {
        set_status(&error);
        view! { <ProblemSummary error=error /> }
    });
    let description = format!("{} {}", restaurant.tagline, restaurant.description);
    let when = time.at.as_ref().map_or("now", |time| &time.text);
    let part = Part::Sections(time.due, when.to_owned());
    let sections = parts::place(menu, part, || {
        let sections = menu.sections.iter();
        let sections = sections.map(
            |section| view! { <MenuSection slug=&slug menu=menu due=time.due when=when section=section base=&base /> },
        );
        let sections = sections.collect_view();
        view! { <MenuSearch /> {sections} <Legend menu=menu /> }.to_html()
    });
    let modes = restaurant.terms.modes.iter().map(|terms| terms.mode).collect();
    let current = table.as_ref().filter(|table| serves(&restaurant.terms, table)).map(|_| ServiceMode::DineIn);
    let content = view! {
        <script type="application/ld+json" inner_html=linked_data(&shown, &address)></script>
        <article data-shop=slug.clone() data-due=time.due.field()>
            <TeamNotice restaurant=restaurant />
            {problem.is_none().then(|| view! { <AtTable terms=&restaurant.terms table=table /> })}
            {problem}
            <About restaurant=restaurant state=state base=&base />
            <div class="flex flex-col gap-3">
                <ModeSwitch
                    slug=&slug
                    modes=modes
                    state=state
                    current=current
                    next=routes::wanted(routes::restaurant(&slug), time.due)
                />
                <ModeNotes terms=&restaurant.terms locale=&restaurant.locale />
                <TimeGone time=time />
                <TimeChoice shown=&shown time=time />
            </div>
            <div class="pt-4 lg:grid lg:grid-cols-[11rem_minmax(0,1fr)_20rem] lg:gap-8">
                <SectionLinks menu=menu />
                <div class="flex flex-col gap-8" inner_html=sections></div>
                <CartColumn slug=&slug />
            </div>
            <DishSheet />
            <CartBar slug=&slug />
        </article>
    };
    Ok(view! {
        <PageTitle text=format!("{} · Menu and order · Toast", restaurant.name) />
        <Meta name="description" content=description />
        <Link rel="canonical" href=address />
        <Frame>{content}</Frame>
    })
}

/// Sticky links to the sections.
#[component]
fn SectionLinks<'a>(menu: &'a Menu) -> impl IntoView + use<> {
    let links = menu.sections.iter().map(|section| {
        view! {
            <li class="shrink-0">
                <a
                    href=format!("#s-{}", section.id)
                    class="inline-flex min-h-11 items-center rounded-full px-4 font-medium whitespace-nowrap transition-colors hover:bg-brand-tint aria-[current=true]:bg-brand-tint aria-[current=true]:text-brand lg:rounded-control lg:whitespace-normal"
                    lang=menu.locale.tag().to_owned()
                    dir="auto"
                >
                    {section.name.clone()}
                </a>
            </li>
        }
    });
    let links = links.collect_view();
    view! {
        <nav
            aria-label="Sections of the menu"
            data-sections
            class="sticky top-0 z-20 -mx-4 mb-4 overflow-x-auto border-b border-line bg-page px-4 py-1 [scrollbar-width:none] lg:top-4 lg:mx-0 lg:max-h-dvh lg:self-start lg:overflow-y-auto lg:border-0 lg:px-0"
        >
            <ul class="flex gap-1 lg:flex-col">{links}</ul>
        </nav>
    }
}

/// Search of the menu; hidden until hydration.
#[component]
fn MenuSearch() -> impl IntoView {
    view! {
        <div hidden data-menu-search class="flex flex-col gap-2">
            <div class="relative">
                <span class="pointer-events-none absolute inset-y-0 start-3 flex items-center text-muted">
                    <Icon path=icon::SEARCH />
                </span>
                <input
                    class="w-full rounded-full ps-10"
                    type="search"
                    placeholder="Search this menu"
                    aria-label="Search this menu"
                    autocomplete="off"
                />
            </div>
            <p role="status" class="text-muted empty:hidden"></p>
        </div>
    }
}

#[component]
fn MenuSection<'a>(
    slug: &'a str,
    menu: &'a Menu,
    due: Due,
    when: &'a str,
    section: &'a Section,
    base: &'a str,
) -> impl IntoView + use<> {
    let rows = section.items.iter().map(|item| {
        view! { <DishRow slug=slug section=section item=item locale=&menu.locale picture_base=base due=due /> }
    });
    let not_served = format!("Not served {when}, only ");
    let rows = rows.collect_view();
    let lang = menu.locale.tag().to_owned();
    let hours = section.hours.clone();
    view! {
        <section id=format!("s-{}", section.id) aria-labelledby=format!("h-{}", section.id) dir=menu.locale.direction() class="scroll-mt-16">
            <h2 id=format!("h-{}", section.id) class="text-xl font-bold break-words" lang=lang.clone() dir="auto">
                {section.name.clone()}
            </h2>
            {(!section.description.is_empty())
                .then(|| {
                    view! {
                        <p class="max-w-text text-muted break-words" lang=lang dir="auto">{section.description.clone()}</p>
                    }
                })}
            {hours
                .map(|hours| {
                    let words = if section.available { "Served ".to_owned() } else { not_served };
                    view! { <p class="pt-1 text-sm text-sky">{words} {hours}</p> }
                })}
            <ul class="grid grid-cols-1 gap-3 pt-3 md:grid-cols-2 lg:grid-cols-1">{rows}</ul>
        </section>
    }
}

/// The cart's column on wide screens; filled after hydration, since the page is cached for all guests.
#[component]
fn CartColumn<'a>(slug: &'a str) -> impl IntoView + use<> {
    view! {
        <aside
            aria-label="Your order"
            data-cart-column
            class="hidden lg:sticky lg:top-4 lg:block lg:max-h-dvh lg:self-start lg:overflow-y-auto lg:rounded-card lg:border lg:border-line lg:bg-card lg:p-4"
        >
            <h2 class="pb-3 text-lg font-semibold">"Your order"</h2>
            <a class=MAIN_CLASS href=routes::cart(slug)>"View cart"</a>
        </aside>
    }
}

/// Link to the cart at the bottom of narrow screens.
#[component]
fn CartBar<'a>(slug: &'a str) -> impl IntoView + use<> {
    view! {
        <div
            data-cart-bar
            class="fixed inset-x-0 bottom-0 z-30 border-t border-line bg-page p-3 lg:hidden print:hidden"
        >
            <a class=MAIN_CLASS href=routes::cart(slug)>
                <Icon path=icon::BAG />
                <span data-cart-words class="tabular-nums">"View cart"</span>
            </a>
        </div>
        <CartProblem class="fixed inset-x-4 bottom-20 z-40 mx-auto max-w-xl shadow-float lg:bottom-4" />
        <p data-cart-status role="status" class="sr-only"></p>
    }
}

/// The item dialog, filled by its island.
#[component]
fn DishSheet() -> impl IntoView {
    view! {
        <dialog
            data-dish-sheet
            class="mt-auto mb-0 max-h-[92dvh] w-full max-w-none animate-rise scroll-pt-16 scroll-pb-24 overflow-y-auto rounded-b-none p-0 md:m-auto md:max-w-xl md:rounded-card"
        ></dialog>
    }
}

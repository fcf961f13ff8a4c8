//! The home page: search for restaurants by name, dish or cuisine.

mod filter;
mod query;

use crate::{
    components::{button::QUIET_CLASS, card::Card, layout::Frame},
    domain::{
        error::AppError,
        id::VisitorId,
        restaurant::{HomePage as Found, HomeQuery, RestaurantCard},
    },
    forms::routes,
    pages::{
        home::{
            filter::Filters,
            query::{address_of_page, is_plain, query_of},
        },
        or_error_page,
        title::PageTitle,
    },
    services::{RecentOrder, Services, assets, services, viewer},
};
use leptos::prelude::*;
use leptos_meta::Meta;
use leptos_router::hooks::use_query_map;

/// The restaurants that match the query.
#[component]
pub fn HomePage() -> impl IntoView {
    let query = query_of(&use_query_map().read_untracked());
    Suspend::new(async move { or_error_page(page(query).await) })
}

async fn page(query: HomeQuery) -> Result<impl IntoView, AppError> {
    let services = services()?;
    let found = services.menus.home(&query).await?;
    let recent = recent_orders(&services, viewer().visitor).await;
    Ok(view! {
        <PageTitle text="Toast · Order from restaurants near you" />
        <Meta name="description" content="Find a restaurant by name, dish or cuisine, and order straight from its kitchen." />
        <Frame>
            <h1 class="pt-4 pb-1 text-2xl font-bold md:text-3xl">"What are you hungry for?"</h1>
            <p class="pb-4 text-muted">"Order straight from the kitchen. No account needed."</p>
            <Filters query=query.clone() cuisines=found.cuisines.clone() />
            <p id="found-status" role="status" class="sr-only"></p>
            <RecentOrders orders=recent />
            <Results found=found query=query />
        </Frame>
    })
}

/// The visitor's latest orders. If they cannot be read, home is shown without them.
async fn recent_orders(services: &Services, visitor: Option<VisitorId>) -> Vec<RecentOrder> {
    match visitor {
        Some(visitor) => services.ordering.recent_orders(visitor).await.unwrap_or_default(),
        None => Vec::new(),
    }
}

#[component]
fn RecentOrders(orders: Vec<RecentOrder>) -> impl IntoView {
    let entries = orders.into_iter().take(4).map(|order| {
        view! {
            <li class="shrink-0">
                <a
                    class="flex min-h-11 items-center gap-2 rounded-control border border-line bg-card px-4 py-2 hover:bg-brand-tint"
                    href=routes::order(&order.token)
                >
                    <span class="font-semibold" dir="auto">{order.restaurant_name}</span>
                    <span class="text-sm text-muted tabular-nums">"No. " {order.number} " · " {order.placed.text}</span>
                </a>
            </li>
        }
    });
    let entries = entries.collect_view();
    (!entries.is_empty()).then(|| {
        view! {
            <section aria-labelledby="recent" class="pb-6">
                <h2 id="recent" class="pb-2 text-lg font-semibold">"Your latest orders"</h2>
                <ul class="-mx-4 flex gap-3 overflow-x-auto px-4 pb-1">{entries}</ul>
            </section>
        }
    })
}

/// The cards, or what to do when there are none.
#[component]
fn Results(found: Found, query: HomeQuery) -> impl IntoView {
    let heading = heading(&found, &query);
    let pages = (found.page, found.pages);
    let base = assets().base;
    let body = if found.restaurants.is_empty() {
        view! { <Nothing query=query.clone() /> }.into_any()
    } else {
        let card = |(position, card): (usize, RestaurantCard)| {
            view! { <Card card=card picture_base=base.clone() first={position < 2} /> }
        };
        let cards = found.restaurants.into_iter().enumerate().map(card).collect_view();
        view! { <ul class="grid grid-cols-1 gap-4 md:grid-cols-2 lg:grid-cols-3">{cards}</ul> }.into_any()
    };
    view! {
        <section id="results" aria-labelledby="found">
            <h2 id="found" class="pb-3 text-lg font-semibold">{heading}</h2>
            {found
                .no_words
                .then(|| {
                    view! {
                        <p class="mb-4 rounded-control bg-saffron/10 p-3 text-saffron">
                            "Enter at least two letters of a name, a dish, a cuisine or a place."
                        </p>
                    }
                })}
            {found
                .partial
                .then(|| {
                    view! {
                        <p class="mb-4 rounded-control bg-saffron/10 p-3 text-saffron">
                            "Some restaurants may be missing right now, and some entries may be a little old."
                        </p>
                    }
                })}
            {body}
            <Pages query=query page=pages.0 pages=pages.1 />
        </section>
    }
}

/// Links to the pages before and after this one.
#[component]
fn Pages(query: HomeQuery, page: u32, pages: u32) -> impl IntoView {
    let link = |page: u32, rel: &'static str, words: &'static str| {
        view! { <a class=QUIET_CLASS rel=rel href=address_of_page(&query, page)>{words}</a> }
    };
    let before = page.checked_sub(1).map(|before| link(before, "prev", "Previous page"));
    let after = (page + 1 < pages).then(|| link(page + 1, "next", "Next page"));
    (pages > 1).then(|| {
        view! {
            <nav class="flex flex-wrap items-center gap-3 pt-6" aria-label="Pages of restaurants">
                {before}
                <p class="text-muted tabular-nums">{format!("Page {} of {pages}", page + 1)}</p>
                {after}
            </nav>
        }
    })
}

#[component]
fn Nothing(query: HomeQuery) -> impl IntoView {
    let advice = if query.text.is_empty() {
        "No restaurants match. Remove a filter."
    } else {
        "Try another word, a dish such as “pizza”, or take a filter away."
    };
    view! {
        <div class="flex flex-col items-start gap-4 rounded-card border border-line bg-card p-6">
            <p>{advice}</p>
            <a class=QUIET_CLASS href=routes::HOME>"Show all restaurants"</a>
        </div>
    }
}

fn heading(found: &Found, query: &HomeQuery) -> String {
    let count = found.total;
    let noun = if count == 1 { "restaurant" } else { "restaurants" };
    if !query.text.is_empty() && !found.no_words {
        return format!("{count} {noun} for “{}”", query.text);
    }
    if is_plain(query) { "All restaurants".to_owned() } else { format!("{count} {noun}") }
}

//! Pages of operators: look restaurants up, approve, suspend and readmit them.

mod restaurant;

pub use restaurant::OperatorRestaurantPage;

use crate::{
    components::{button::PRIMARY_CLASS, layout::Frame},
    forms::{fields, routes},
    pages::{or_error_page, title::PageTitle},
    services::{FoundRestaurants, ListedRestaurant, services, staff},
};
use leptos::prelude::*;
use leptos_meta::Meta;
use leptos_router::hooks::use_query_map;

/// The search for restaurants, and those that wait for approval.
#[component]
pub fn OperatorPage() -> impl IntoView {
    let asked = staff().and_then(|staff| Ok((staff, services()?)));
    let text = use_query_map().read_untracked().get(fields::SEARCH).unwrap_or_default();
    Suspend::new(async move {
        let found = async {
            let (staff, services) = asked?;
            services.operators.find(&staff, &text).await
        };
        or_error_page(found.await.map(|found| view! { <Restaurants text=text found=found/> }))
    })
}

#[component]
fn Restaurants(text: String, found: FoundRestaurants) -> impl IntoView {
    let is_search = !text.trim().is_empty();
    let result = if !is_search {
        ().into_any()
    } else if found.found.is_empty() {
        view! { <p>"No restaurant matches. Search for part of its name, its whole slug, or the e-mail address of an owner."</p> }
            .into_any()
    } else {
        view! { <List restaurants=found.found/> }.into_any()
    };
    let waiting = if found.waiting.is_empty() {
        view! { <p class="text-muted">"No restaurant waits for approval."</p> }.into_any()
    } else {
        view! { <List restaurants=found.waiting/> }.into_any()
    };
    view! {
        <PageTitle text="Restaurants · Operator · Toast"/>
        <Meta name="robots" content="noindex"/>
        <Frame>
            <div class="mx-auto flex max-w-4xl flex-col gap-6 pt-4">
                <h1 class="text-2xl font-bold">"Restaurants"</h1>
                <form role="search" method="get" action=routes::OPERATOR class="flex flex-wrap items-end gap-3">
                    <div class="flex min-w-0 grow flex-col gap-1">
                        <label for=fields::SEARCH class="font-medium">"Name, slug, or e-mail of an owner"</label>
                        <input
                            class="w-full"
                            type="search"
                            id=fields::SEARCH
                            name=fields::SEARCH
                            value=text
                            maxlength="254"
                            autocomplete="off"
                        />
                    </div>
                    <button class=PRIMARY_CLASS>"Search"</button>
                </form>
                {result}
                {found.more.then(|| view! { <p role="status">"More restaurants match. Enter more of the name."</p> })}
                <section aria-labelledby="waiting" class="flex flex-col gap-3">
                    <h2 id="waiting" class="text-lg font-semibold">"Waiting for approval"</h2>
                    {waiting}
                </section>
            </div>
        </Frame>
    }
}

#[component]
fn List(restaurants: Vec<ListedRestaurant>) -> impl IntoView {
    let rows = restaurants.into_iter().map(|restaurant| {
        let state = restaurant.listing.label();
        let address = routes::operator_restaurant(&restaurant.slug);
        view! {
            <li>
                <a
                    href=address
                    class="flex flex-wrap items-baseline gap-x-4 px-4 py-3 hover:bg-brand-tint"
                >
                    <span class="min-w-0 grow font-medium break-words"><bdi>{restaurant.name}</bdi></span>
                    <span class="font-semibold">{state}</span>
                    <span class="w-full text-sm break-words text-muted">{restaurant.slug} " · " <bdi>{restaurant.address}</bdi></span>
                </a>
            </li>
        }
    });
    view! { <ul class="divide-y divide-line rounded-card border border-line bg-card">{rows.collect_view()}</ul> }
}

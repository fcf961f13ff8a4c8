//! The cart page.

use crate::{
    components::{
        bill::BillRows,
        button::{LINK_CLASS, MAIN_CLASS, QUIET_CLASS},
        cart::{CartLines, CartProblem, items_word},
        icon::{self, Icon},
        layout::Frame,
        mode::ModeSwitch,
        problem::ProblemSummary,
        team_notice::TeamNotice,
        when::{TimeChoice, TimeGone},
    },
    domain::{cart::CartView, error::AppError, pricing::below_minimum, restaurant::Restaurant, terms::ServiceMode},
    forms::{fields, routes},
    pages::{or_error_page, page_key, param, set_status, title::PageTitle},
    services::{CartShown, LeftOut, RecentOrder, Services, services, submission, viewer},
};
use leptos::prelude::*;
use leptos_meta::Meta;
use leptos_router::hooks::use_query_map;

/// The visitor's cart at the restaurant in the address.
#[component]
pub fn CartPage() -> impl IntoView {
    let slug = param("slug");
    let again = use_query_map().read_untracked().get(fields::AGAIN);
    Suspend::new(async move { or_error_page(page(slug, again).await) })
}

async fn page(slug: String, again: Option<String>) -> Result<impl IntoView, AppError> {
    let services = services()?;
    let cart = services.ordering.cart(&slug, viewer().visitor).await?;
    let shown = services.menus.restaurant_in(&slug, cart.mode).await?;
    if !cart.lines.is_empty()
        && let Some(shown) = use_context::<CartShown>()
    {
        shown.mark();
    }
    let latest = if cart.lines.is_empty() { latest_order(&services).await } else { None };
    let left_out = match &again {
        // The cart is shown also when the earlier order cannot be read.
        Some(token) => services.ordering.left_out(&slug, token, viewer().visitor).await.unwrap_or_default(),
        None => Vec::new(),
    };
    let restaurant = &shown.restaurant;
    let (error, key) = (submission().error, page_key());
    let prefix = if error.is_some() { "Problem: " } else { "" };
    let modes = restaurant.terms.modes.iter().map(|terms| terms.mode).collect();
    let content = view! {
        <div class="mx-auto max-w-2xl">
            <TeamNotice restaurant=restaurant />
            <a class=LINK_CLASS href=routes::wanted(routes::restaurant(&slug), cart.time.due)>
                <Icon path=icon::BACK />
                <span dir="auto">{restaurant.name.clone()}</span>
            </a>
            <h1 class="pb-4 text-2xl font-bold">"Your order"</h1>
            {error.map(|error| {
                set_status(&error);
                view! { <ProblemSummary error=error /> }
            })}
            <NotAgain left_out=left_out />
            <CartProblem class="sticky top-2 z-30 mb-4" />
            <div class="flex flex-col gap-3 pb-4">
                <ModeSwitch
                    slug=&slug
                    modes=modes
                    state=&shown.state
                    current=Some(cart.mode)
                    next=routes::cart(&slug)
                    key=Some(key.clone())
                />
                <TimeChoice shown=&shown time=&cart.time mode=cart.mode next=routes::cart(&slug) key=Some(key.clone()) />
            </div>
            <Contents slug=&slug cart=&cart restaurant=restaurant key=&key />
            <LatestOrder order=latest />
            <p data-cart-status role="status" class="sr-only"></p>
        </div>
    };
    Ok(view! {
        <PageTitle text=format!("{prefix}Your order at {} · Toast", restaurant.name) />
        <Meta name="robots" content="noindex" />
        <Frame>{content}</Frame>
    })
}

/// The items of an earlier order that could not be added again.
#[component]
fn NotAgain(left_out: Vec<LeftOut>) -> impl IntoView {
    let dishes = left_out.into_iter().map(|dish| {
        view! { <li><bdi>{dish.name}</bdi>{format!(": {}", dish.why)}</li> }
    });
    let dishes = dishes.collect_view();
    (!dishes.is_empty()).then(|| {
        view! {
            <div role="alert" class="mb-6 rounded-card border-2 border-saffron bg-saffron/10 p-4 text-saffron">
                <h2 class="mb-1 text-lg font-semibold">"Left out: these cannot be ordered now"</h2>
                <ul class="list-disc space-y-1 ps-5">{dishes}</ul>
            </div>
        }
    })
}

/// Lines, bill and the link to the checkout: the part that islands replace, here and on the menu page.
#[component]
fn Contents<'a>(slug: &'a str, cart: &'a CartView, restaurant: &'a Restaurant, key: &'a str) -> impl IntoView + use<> {
    let body = if cart.lines.is_empty() {
        view! { <Empty menu=routes::wanted(routes::restaurant(slug), cart.time.due) /> }.into_any()
    } else {
        view! { <Filled slug=slug cart=cart restaurant=restaurant key=key /> }.into_any()
    };
    let total = cart.bill.total.text(&cart.locale);
    view! {
        <div
            id="cart"
            data-slug=slug.to_owned()
            data-count=cart.count.to_string()
            data-mode=cart.mode.code()
            data-due=cart.time.due.field()
            data-words=format!("{} · {total}", items_word(cart.count))
        >
            <TimeGone time=&cart.time />
            {body}
        </div>
    }
}

#[component]
fn Empty(menu: String) -> impl IntoView {
    view! {
        <div class="flex flex-col items-start gap-4 py-4">
            <p class="text-muted">"Your cart is empty. Items stay here if you close the page."</p>
            <a class=QUIET_CLASS href=menu data-only-cart-page>"See the menu"</a>
        </div>
    }
}

/// The visitor's newest order: if its response was lost, the cart is empty and the order is placed.
pub(super) async fn latest_order(services: &Services) -> Option<RecentOrder> {
    let orders = services.ordering.recent_orders(viewer().visitor?).await;
    orders.unwrap_or_default().into_iter().next()
}

/// Link to an order that was just placed, so that it is not placed twice.
#[component]
pub(super) fn LatestOrder(order: Option<RecentOrder>) -> impl IntoView {
    order.map(|order| {
        let words = format!("Order {} of {}", order.number, order.placed.text);
        view! {
            <p class="py-4">
                "Already ordered? "
                <a class="text-brand underline" href=routes::order(&order.token)>{words}</a>
                " at "
                <bdi>{order.restaurant_name}</bdi>
            </p>
        }
    })
}

#[component]
fn Filled<'a>(slug: &'a str, cart: &'a CartView, restaurant: &'a Restaurant, key: &'a str) -> impl IntoView + use<> {
    let blocked = cart.lines.iter().any(|line| line.problem.is_some());
    view! {
        <CartLines slug=slug cart=cart key=key />
        <div class="flex flex-col gap-4 border-t border-line pt-4">
            <BillRows bill=cart.bill.clone() locale=cart.locale.clone() total_label="Total so far" />
            <ModeNote cart=cart restaurant=restaurant />
            <DeliveryNote cart=cart restaurant=restaurant />
            {blocked
                .then(|| {
                    view! {
                        <p class="text-sm font-medium text-beet">
                            "Some dishes cannot be ordered as they are. Change them or take them out to go on."
                        </p>
                    }
                })}
            <a class=MAIN_CLASS href=routes::checkout(slug)>"Go to checkout"</a>
            <a class=QUIET_CLASS href=routes::wanted(routes::restaurant(slug), cart.time.due) data-only-cart-page>"Add more dishes"</a>
        </div>
    }
}

/// The table, and what is missing for the minimum of the mode.
#[component]
fn ModeNote<'a>(cart: &'a CartView, restaurant: &'a Restaurant) -> impl IntoView + use<> {
    let table = (cart.mode == ServiceMode::DineIn && !cart.table.is_empty()).then(|| cart.table.clone());
    let terms = restaurant.terms.mode(cart.mode);
    let below = terms.and_then(|terms| below_minimum(terms, cart.bill.subtotal, &cart.locale));
    view! {
        {table.map(|table| view! { <p>"To table " <bdi>{table}</bdi></p> })}
        {below.map(|below| view! { <p class="font-medium text-saffron">{below.to_string()}</p> })}
    }
}

/// The delivery fees by zone, since the address is not known.
#[component]
fn DeliveryNote<'a>(cart: &'a CartView, restaurant: &'a Restaurant) -> impl IntoView + use<> {
    let zones = restaurant.terms.zones.iter().map(|zone| {
        let fee = if zone.fee.is_zero() { "free".to_owned() } else { zone.fee.text(&cart.locale) };
        let minimum = format!("from {} of dishes", zone.minimum.text(&cart.locale));
        let free = zone.free_from.map(|free| format!(", free from {}", free.text(&cart.locale)));
        view! {
            <li class="break-words">
                <span dir="auto">{zone.name.clone()}</span> ", " <bdi>{zone.extent_words()}</bdi> ": " {fee} " (" {minimum} {free} ")"
            </li>
        }
    });
    let zones = zones.collect_view();
    (cart.mode == ServiceMode::Delivery && !zones.is_empty()).then(|| {
        view! {
            <div class="text-sm text-muted">
                <p>{if restaurant.terms.has_shapes() { "Delivery fee by where you are:" } else { "Delivery fee by postcode:" }}</p>
                <ul class="list-disc ps-5">{zones}</ul>
            </div>
        }
    })
}

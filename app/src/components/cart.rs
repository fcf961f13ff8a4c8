//! The lines of a cart, with their quantities and problems.

use crate::{
    components::{
        button::{LINK_CLASS, ROUND_CLASS},
        icon::{self, Icon},
        key::KeyField,
    },
    domain::{
        cart::{CartLineView, CartView, MAX_QUANTITY},
        locale::Locale,
    },
    forms::{fields, routes},
};
use leptos::prelude::*;

/// The lines of a cart, each with its own small forms.
#[component]
pub fn CartLines<'a>(
    slug: &'a str,
    cart: &'a CartView,
    /// The key of the page's forms.
    key: &'a str,
) -> impl IntoView + use<> {
    let lines = cart.lines.iter().map(|line| view! { <Line slug=slug line=line locale=&cart.locale key=key /> });
    let lines = lines.collect_view();
    view! { <ul class="divide-y divide-line">{lines}</ul> }
}

/// One line.
#[component]
fn Line<'a>(slug: &'a str, line: &'a CartLineView, locale: &'a Locale, key: &'a str) -> impl IntoView + use<> {
    let request = &line.line.request;
    let details = line.details.join(", ");
    let edit = format!("{}?{}={}", routes::item(slug, request.item), fields::LINE, line.line.id);
    let total = line.total.map(|total| total.text(locale));
    let problem = line.problem.clone();
    view! {
        <li class="flex flex-col gap-2 py-4" id=format!("line-{}", line.line.id)>
            <div class="flex items-start justify-between gap-4">
                <div class="min-w-0 break-words">
                    <h2 class="font-semibold" lang=locale.tag().to_owned() dir="auto">{line.name.clone()}</h2>
                    {(!details.is_empty()).then(|| view! { <p class="text-sm text-muted" dir="auto">{details}</p> })}
                    {(!request.note.is_empty())
                        .then(|| view! { <p class="text-sm text-muted italic" dir="auto">{request.note.clone()}</p> })}
                </div>
                <p class="shrink-0 font-semibold tabular-nums">{total}</p>
            </div>
            {problem
                .map(|problem| {
                    view! {
                        <p class="rounded-control bg-beet/10 px-3 py-2 text-sm font-medium text-beet">{problem}</p>
                    }
                })}
            <div class="flex flex-wrap items-center gap-x-3 gap-y-1">
                {line
                    .can_change
                    .then(|| {
                        view! {
                            <QuantityForm slug=slug line=line key=key.to_owned() />
                            <a class=LINK_CLASS href=edit>"Change"<span class="sr-only">" "{line.name.clone()}</span></a>
                        }
                    })}
                <RemoveForm slug=slug line=line key=key.to_owned() />
            </div>
        </li>
    }
}

/// Buttons for one less and one more, and a number field for large quantities without scripts.
#[component]
fn QuantityForm<'a>(slug: &'a str, line: &'a CartLineView, key: String) -> impl IntoView + use<> {
    let id = line.line.id.to_string();
    let quantity = line.line.request.quantity;
    let name = line.name.clone();
    view! {
        <form method="post" action=routes::cart(slug) data-cart-form class="inline-flex items-center gap-0.5">
            <input type="hidden" name=fields::ACTION value=fields::CART_QUANTITY />
            <KeyField key=Some(key.clone()) />
            <input type="hidden" name=fields::LINE value=id.clone() />
            <button
                class=ROUND_CLASS
                id=format!("less-{id}")
                name=fields::QUANTITY
                value=quantity.saturating_sub(1).to_string()
                aria-label=format!("One less: {name}")
            >
                <Icon path=icon::MINUS />
            </button>
            <span class="w-8 text-center font-semibold tabular-nums" data-quantity>
                <span class="sr-only">"Quantity "</span>
                <span data-number>{quantity}</span>
            </span>
            <button
                class=ROUND_CLASS
                id=format!("more-{id}")
                name=fields::QUANTITY
                value=quantity.saturating_add(1).min(MAX_QUANTITY).to_string()
                disabled={quantity >= MAX_QUANTITY}
                aria-label=format!("One more: {name}")
            >
                <Icon path=icon::PLUS />
            </button>
        </form>
        <noscript>
            <form method="post" action=routes::cart(slug) class="inline-flex items-center gap-2">
                <input type="hidden" name=fields::ACTION value=fields::CART_QUANTITY />
                <KeyField key=Some(key.clone()) />
                <input type="hidden" name=fields::LINE value=id.clone() />
                <input
                    class="w-20"
                    type="text"
                    autocomplete="off"
                    inputmode="numeric"
                    name=fields::QUANTITY
                    value=quantity.to_string()
                    aria-label=format!("Quantity of {name}")
                />
                <button class=LINK_CLASS>"Set"<span class="sr-only">" quantity of "{name.clone()}</span></button>
            </form>
        </noscript>
    }
}

#[component]
fn RemoveForm<'a>(slug: &'a str, line: &'a CartLineView, key: String) -> impl IntoView + use<> {
    view! {
        <form method="post" action=routes::cart(slug) data-cart-form>
            <input type="hidden" name=fields::ACTION value=fields::CART_QUANTITY />
            <KeyField key=Some(key) />
            <input type="hidden" name=fields::LINE value=line.line.id.to_string() />
            <input type="hidden" name=fields::QUANTITY value="0" />
            <button class=LINK_CLASS>"Remove"<span class="sr-only">" "{line.name.clone()}</span></button>
        </form>
    }
}

/// The region in which islands show why the cart was not changed.
#[component]
pub fn CartProblem(
    /// Classes of its position on the page.
    class: &'static str,
) -> impl IntoView {
    view! {
        <p
            data-cart-problem
            role="alert"
            class=format!("rounded-card border-2 border-beet bg-card p-3 font-medium text-beet empty:hidden {class}")
        ></p>
    }
}

/// `1 item`, `3 items`.
pub fn items_word(count: u32) -> String {
    if count == 1 { "1 item".to_owned() } else { format!("{count} items") }
}

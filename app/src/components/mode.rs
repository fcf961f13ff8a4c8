//! The switch between service modes, and texts about them.

use crate::{
    components::key::KeyField,
    domain::{
        locale::Locale,
        restaurant::ServiceState,
        terms::{ModeTerms, ServiceMode, Terms},
    },
    forms::{fields, routes},
};
use leptos::prelude::*;

/// One button per mode. The chosen one is known from the cart, so a cached page marks none.
#[component]
pub fn ModeSwitch<'a>(
    slug: &'a str,
    modes: Vec<ServiceMode>,
    /// The earliest time of each mode.
    state: &'a ServiceState,
    /// The mode of the cart.
    #[prop(optional_no_strip)]
    current: Option<ServiceMode>,
    /// Address to redirect to afterwards.
    next: String,
    /// The idempotency key, on a page that is made for one guest.
    #[prop(optional_no_strip)]
    key: Option<String>,
) -> impl IntoView + use<> {
    let buttons = modes.into_iter().map(|mode| {
        let pressed = current.map(|current| if current == mode { "true" } else { "false" });
        view! {
            <button
                name=fields::MODE
                value=mode.code()
                aria-pressed=pressed
                class="flex min-h-12 flex-1 flex-col items-center justify-center rounded-control px-3 py-1 leading-tight transition-colors hover:bg-brand-tint aria-pressed:bg-brand! aria-pressed:text-on-brand"
            >
                <span class="font-semibold">{mode.label()}</span>
                <span class="text-sm tabular-nums">{when(state, mode)}</span>
            </button>
        }
    });
    let buttons = buttons.collect_view();
    view! {
        <form
            method="post"
            action=routes::cart(slug)
            data-mode-form
            aria-label="How to get the food"
            class="flex w-full max-w-xl gap-1 rounded-card border border-edge bg-card p-1"
        >
            <input type="hidden" name=fields::ACTION value=fields::CART_MODE />
            <input type="hidden" name=fields::NEXT value=next />
            <KeyField key=key />
            {buttons}
        </form>
    }
}

/// `15 min`, or that only later times can be chosen.
pub fn when(state: &ServiceState, mode: ServiceMode) -> String {
    let earliest = state.earliest.iter().find(|earliest| earliest.mode == mode);
    earliest.map_or_else(|| "for later".to_owned(), |earliest| format!("{} min", earliest.minutes))
}

/// Minimum orders and own hours of the modes; nothing where all have neither.
#[component]
pub fn ModeNotes<'a>(terms: &'a Terms, locale: &'a Locale) -> impl IntoView + use<> {
    let notes = terms.modes.iter().filter_map(|terms| note(terms, locale));
    let notes = notes.map(|note| view! { <li>{note}</li> }).collect_view();
    (!notes.is_empty()).then(|| view! { <ul class="text-sm text-muted">{notes}</ul> })
}

/// `Delivery: Mon–Fri 18:00–21:00, from €15.00 of dishes`
fn note(terms: &ModeTerms, locale: &Locale) -> Option<String> {
    let minimum = (!terms.minimum.is_zero()).then(|| format!("from {} of dishes", terms.minimum.text(locale)));
    let parts: Vec<_> = [terms.hours.clone(), minimum].into_iter().flatten().collect();
    (!parts.is_empty()).then(|| format!("{}: {}", terms.mode.label(), parts.join(", ")))
}

/// How a guest pays in this mode, as a sentence.
pub const fn payment_sentence(mode: ServiceMode) -> &'static str {
    match mode {
        ServiceMode::Pickup => "You pay when you pick up.",
        ServiceMode::Delivery => "You pay at the door.",
        ServiceMode::DineIn => "You pay at your table.",
    }
}

/// Label of the lead time of a mode.
pub const fn ready_word(mode: ServiceMode) -> &'static str {
    match mode {
        ServiceMode::Pickup => "ready",
        ServiceMode::Delivery => "at your door",
        ServiceMode::DineIn => "served",
    }
}

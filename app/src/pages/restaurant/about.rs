//! The head of the menu page: name, opening state, address, hours.

use crate::{
    components::{
        card::{cuisine_words, state_class},
        mode::ready_word,
    },
    domain::{
        restaurant::{Restaurant, ServiceState},
        typed::dialled,
    },
};
use leptos::prelude::*;

/// Picture, name, opening state, and folded details.
#[component]
pub fn About<'a>(restaurant: &'a Restaurant, state: &'a ServiceState, base: &'a str) -> impl IntoView + use<> {
    let picture = restaurant.picture.as_ref().map(|picture| format!("{base}{picture}"));
    let lang = restaurant.locale.tag().to_owned();
    let soonest = state.earliest.first();
    let soonest = soonest.map(|earliest| format!("{} from {}", ready_word(earliest.mode), earliest.time.text));
    view! {
        <header class="flex flex-col gap-2 pb-4">
            {picture
                .map(|address| {
                    view! {
                        <img
                            class="-mx-4 mb-2 aspect-[2/1] max-h-56 w-[calc(100%+2rem)] max-w-none bg-brand-tint object-cover md:mx-0 md:aspect-[3/1] md:max-h-56 md:w-full md:rounded-card"
                            src=address
                            alt=""
                            width="1200"
                            height="400"
                            fetchpriority="high"
                        />
                    }
                })}
            <h1 class="text-2xl font-bold break-words md:text-3xl" lang=lang dir="auto">{restaurant.name.clone()}</h1>
            <p class="max-w-text text-muted break-words" dir="auto">
                {cuisine_words(&restaurant.cuisines)} " · " {restaurant.tagline.clone()}
            </p>
            <p class="flex flex-wrap items-center gap-x-3 gap-y-1">
                <span class=state_class(state.open)>{state.text.clone()}</span>
                {soonest.map(|soonest| view! { <span class="tabular-nums">{capital(&soonest)}</span> })}
            </p>
            <Details restaurant=restaurant />
        </header>
    }
}

#[component]
fn Details<'a>(restaurant: &'a Restaurant) -> impl IntoView + use<> {
    let hours = restaurant.hours.iter().map(|line| {
        view! {
            <div class="flex justify-between gap-4">
                <dt>{line.days.clone()}</dt>
                <dd class="tabular-nums">{line.times.clone()}</dd>
            </div>
        }
    });
    let hours = hours.collect_view();
    let call = dialled(&restaurant.phone);
    view! {
        <details class="max-w-text">
            <summary class="inline-flex min-h-11 cursor-pointer items-center font-medium text-brand underline">
                "Address, hours and phone"
            </summary>
            <div class="grid gap-4 pb-2 md:grid-cols-2">
                <div class="flex flex-col gap-2">
                    <p class="break-words" dir="auto">{restaurant.description.clone()}</p>
                    <address class="not-italic">
                        <span class="block break-words" dir="auto">{restaurant.address.clone()}</span>
                        <a class="inline-flex min-h-11 items-center text-brand underline" href=call dir="ltr">
                            {restaurant.phone.clone()}
                        </a>
                    </address>
                </div>
                <dl class="flex flex-col gap-1">{hours}</dl>
            </div>
        </details>
    }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

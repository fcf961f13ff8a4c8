//! The search form with its filters.

use crate::{
    components::{
        button::{CHIP_CLASS, LINK_CLASS, PRIMARY_CLASS},
        card::cuisine_words,
        icon::{self, Icon},
    },
    domain::{
        diet::{Allergen, Diet},
        restaurant::HomeQuery,
    },
    forms::routes,
    pages::home::query::{CUISINE, DIET, FREE_OF, NEAR, OPEN, TEXT, is_plain},
};
use leptos::prelude::*;

/// The search field and all filters.
#[component]
pub fn Filters(query: HomeQuery, cuisines: Vec<String>) -> impl IntoView {
    let plain = is_plain(&query);
    let near = query.near.map(|(north, east)| format!("{north},{east}"));
    view! {
        <form
            id="search"
            role="search"
            method="get"
            action=routes::HOME
            class="flex flex-col gap-3 pb-6"
        >
            <div class="flex flex-wrap gap-2">
                <div class="relative min-w-0 flex-1 basis-40">
                    <span class="pointer-events-none absolute inset-y-0 start-3 flex items-center text-muted">
                        <Icon path=icon::SEARCH />
                    </span>
                    <input
                        class="min-h-12 w-full rounded-full ps-10"
                        type="search"
                        id="q"
                        name=TEXT
                        value=query.text.clone()
                        maxlength="80"
                        placeholder="Restaurant, dish or cuisine"
                        aria-label="Search for a restaurant, a dish or a cuisine"
                        autocomplete="off"
                        enterkeyhint="search"
                    />
                </div>
                <button class=PRIMARY_CLASS>"Search"</button>
            </div>
            <div class="-mx-4 flex gap-2 overflow-x-auto px-4 py-1 [scrollbar-width:none] md:[scrollbar-width:thin]">
                <label class=CHIP_CLASS>
                    <input class="sr-only" type="checkbox" name=OPEN value="1" checked=query.open />
                    "Open now"
                </label>
                <button type="button" hidden data-near class=CHIP_CLASS>
                    <Icon path=icon::PIN />
                    "Near me"
                </button>
                {near.map(|near| view! { <input type="hidden" name=NEAR value=near /> })}
                <CuisineChips cuisines=cuisines chosen=query.cuisine.clone() />
            </div>
            <p data-near-problem role="status" class="text-sm text-beet empty:hidden"></p>
            <Food query=query />
            <p id="clear-search" class="empty:hidden">
                {(!plain).then(|| view! { <a class=LINK_CLASS href=routes::HOME>"Clear search and filters"</a> })}
            </p>
        </form>
    }
}

#[component]
fn CuisineChips(cuisines: Vec<String>, chosen: Option<String>) -> impl IntoView {
    let any = chosen.is_none();
    let chips = cuisines.into_iter().map(|cuisine| {
        let checked = chosen.as_ref() == Some(&cuisine);
        let words = cuisine_words(std::slice::from_ref(&cuisine));
        view! {
            <label class=CHIP_CLASS>
                <input class="sr-only" type="radio" name=CUISINE value=cuisine checked=checked />
                {words}
            </label>
        }
    });
    let chips = chips.collect_view();
    view! {
        <fieldset class="flex gap-2">
            <legend class="sr-only">"Cuisine"</legend>
            <label class=CHIP_CLASS>
                <input class="sr-only" type="radio" name=CUISINE value="" checked=any />
                "All cuisines"
            </label>
            {chips}
        </fieldset>
    }
}

/// Diets and allergens, folded unless one is chosen.
#[component]
fn Food(query: HomeQuery) -> impl IntoView {
    let count = query.diets.len() + query.free_of.len();
    let diets = Diet::ALL.iter().map(|diet| {
        let checked = query.diets.contains(diet);
        view! { <Tick name=DIET value=diet.code() label=diet.label().to_owned() checked=checked /> }
    });
    let diets = diets.collect_view();
    let allergens = Allergen::ALL.iter().map(|allergen| {
        let checked = query.free_of.contains(allergen);
        view! { <Tick name=FREE_OF value=allergen.code() label=allergen.label().to_owned() checked=checked /> }
    });
    let allergens = allergens.collect_view();
    view! {
        <details class="rounded-card border border-line bg-card" open={count > 0}>
            <summary class="min-h-11 cursor-pointer px-4 py-2.5 font-medium">
                "Diet and allergens"
                {(count > 0).then(|| view! { <span class="text-brand">" · " {count} " chosen"</span> })}
            </summary>
            <div class="flex flex-col gap-4 border-t border-line p-4">
                <fieldset>
                    <legend class="pb-2 font-semibold">"I eat"</legend>
                    <div class="flex flex-wrap gap-2">{diets}</div>
                </fieldset>
                <fieldset>
                    <legend class="pb-2 font-semibold">"Free of"</legend>
                    <p class="pb-2 text-sm text-muted">
                        "Shows restaurants that have dishes without these allergens or traces of them. Always confirm with the restaurant."
                    </p>
                    <div class="flex flex-wrap gap-2">{allergens}</div>
                </fieldset>
            </div>
        </details>
    }
}

#[component]
fn Tick(name: &'static str, value: &'static str, label: String, checked: bool) -> impl IntoView {
    view! {
        <label class=CHIP_CLASS>
            <input class="sr-only" type="checkbox" name=name value=value checked=checked />
            {label}
        </label>
    }
}

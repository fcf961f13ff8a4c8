//! An item's row on the menu, with a link to its page and, where nothing must be chosen, an "Add" button.

use crate::{
    components::icon::{self, Icon},
    domain::{
        diet::Allergen,
        locale::Locale,
        menu::{Item, Section},
        order::Due,
    },
    forms::{fields, routes},
};
use leptos::prelude::*;

/// A row of the menu.
#[component]
pub fn DishRow<'a>(
    slug: &'a str,
    section: &'a Section,
    item: &'a Item,
    locale: &'a Locale,
    /// URL prefix of pictures: the CDN, or empty for the origin.
    picture_base: &'a str,
    /// The time that was chosen for the menu.
    due: Due,
) -> impl IntoView + use<> {
    let offered = section.offers(item);
    let address = routes::wanted(routes::item(slug, item.id), due);
    let picture = item.picture.as_ref().map(|picture| format!("{picture_base}{picture}"));
    let description = (!item.description.is_empty()).then(|| item.description.clone());
    let lang = locale.tag().to_owned();
    let action = offered.then(|| {
        if item.is_simple() {
            view! { <AddForm address=routes::item(slug, item.id) due=due item=item.id.to_string() name=item.name.clone() /> }.into_any()
        } else {
            view! {
                <span class="inline-flex min-h-11 items-center gap-1 text-sm font-semibold text-brand" aria-hidden="true">
                    "Choose"
                    <Icon path=icon::PLUS />
                </span>
            }
            .into_any()
        }
    });
    view! {
        <li
            data-dish=item.id.to_string()
            data-sold-out=(!offered).then_some("true")
            class="group/dish relative flex gap-4 rounded-card border border-line bg-card p-3 transition-shadow hover:shadow-float has-[:focus-visible]:ring-2 has-[:focus-visible]:ring-brand data-[sold-out=true]:bg-page"
        >
            <div class="flex min-w-0 flex-1 flex-col gap-1">
                <h3 class="font-semibold break-words" lang=lang.clone() dir="auto">
                    <a
                        class="after:absolute after:inset-0 group-hover/dish:text-brand group-data-[sold-out=true]/dish:text-muted"
                        href=address
                        data-open-dish=item.id.to_string()
                    >
                        {item.name.clone()}
                    </a>
                </h3>
                {item.name_en.clone().map(|name| view! { <p class="text-sm text-muted"><span lang="en" dir="ltr">{name}</span></p> })}
                {description
                    .map(|text| {
                        view! {
                            <p class="line-clamp-2 text-sm text-muted break-words" lang=lang dir="auto">{text}</p>
                        }
                    })}
                <DishFacts item=item />
                <div class="mt-auto flex min-h-11 flex-wrap items-center justify-between gap-x-3">
                    <PriceOrState item=item section=section locale=locale />
                    {action}
                </div>
            </div>
            {picture
                .map(|address| {
                    view! {
                        <img
                            class="size-24 shrink-0 rounded-control bg-brand-tint object-cover group-data-[sold-out=true]/dish:opacity-60"
                            src=address
                            alt=""
                            width="96"
                            height="96"
                            loading="lazy"
                            decoding="async"
                        />
                    }
                })}
        </li>
    }
}

/// Adds one of a dish that needs no choices.
#[component]
fn AddForm(address: String, due: Due, item: String, name: String) -> impl IntoView {
    view! {
        <form method="post" action=address data-add-simple class="relative">
            <input type="hidden" name=fields::ACTION value=fields::CART_ADD />
            <input type="hidden" name=fields::ITEM value=item />
            <input type="hidden" name=fields::QUANTITY value="1" />
            <WantedField due=due />
            <button class="inline-flex min-h-11 items-center justify-center gap-1 rounded-full border border-brand px-4 text-sm font-semibold text-brand transition-colors hover:bg-brand-tint">
                "Add"
                <span class="sr-only">" "{name}</span>
                <Icon path=icon::PLUS />
            </button>
        </form>
    }
}

/// The time that the menu is for, as a hidden field: availability depends on it.
#[component]
pub fn WantedField(
    /// Nothing for as soon as possible, which keeps the cart's time.
    due: Due,
) -> impl IntoView {
    (due != Due::Asap).then(|| view! { <input type="hidden" name=fields::DUE value=due.field() /> })
}

/// The price, and a mark when it is not available.
#[component]
fn PriceOrState<'a>(item: &'a Item, section: &'a Section, locale: &'a Locale) -> impl IntoView + use<> {
    let price = item.price_from().map(|price| price.text(locale));
    let price = price.map(|price| if item.has_sizes() { format!("from {price}") } else { price });
    let state = unavailable(section, item);
    view! {
        <p class="flex flex-wrap items-center gap-2">
            <span class="font-semibold tabular-nums">{price}</span>
            {state
                .map(|words| {
                    view! { <span class="rounded-full bg-beet/10 px-2 text-sm font-medium text-beet">{words}</span> }
                })}
        </p>
    }
}

/// Diets, allergens, energy and minimum age, in the letters of the legend.
#[component]
pub fn DishFacts<'a>(item: &'a Item) -> impl IntoView + use<> {
    let diets = item.diets.iter().map(|diet| {
        view! { <span class="rounded-sm bg-basil/10 px-1.5 font-medium text-basil">{diet.label()}</span> }
    });
    let diets = diets.collect_view();
    let age = item.min_age.map(|age| {
        view! { <span class="rounded-sm bg-saffron/10 px-1.5 font-medium text-saffron">"from age "{age}</span> }
    });
    let energy = item.kcal.map(|kcal| view! { <span class="text-muted tabular-nums">{kcal}" kcal"</span> });
    let allergens = (!item.allergens.is_empty()).then(|| {
        let words = labels(&item.allergens);
        view! {
            <abbr class="text-muted no-underline" title=format!("Contains {words}")>
                <span aria-hidden="true">{letters(&item.allergens)}</span>
                <span class="sr-only">"Contains "{words.clone()}</span>
            </abbr>
        }
    });
    let any = !item.diets.is_empty() || age.is_some() || energy.is_some() || allergens.is_some();
    any.then(|| view! { <p class="flex flex-wrap items-center gap-x-2 gap-y-1 text-xs">{diets} {age} {energy} {allergens}</p> })
}

/// Why the item cannot be ordered, as text.
pub fn unavailable(section: &Section, item: &Item) -> Option<String> {
    let hours = || section.hours.clone().map_or_else(|| "Not now".to_owned(), |hours| format!("Only {hours}"));
    item.sold_out.clone().or_else(|| (!section.available).then(hours))
}

/// Names of allergens, joined for a sentence.
pub fn labels(allergens: &[Allergen]) -> String {
    allergens.iter().map(|allergen| allergen.label().to_ascii_lowercase()).collect::<Vec<_>>().join(", ")
}

fn letters(allergens: &[Allergen]) -> String {
    allergens.iter().map(|allergen| allergen.short()).collect::<Vec<_>>().join(" ")
}

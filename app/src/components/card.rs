//! The card of a restaurant in a list.

use crate::{
    domain::{restaurant::RestaurantCard, terms::ServiceMode},
    forms::routes,
};
use leptos::prelude::*;

/// A restaurant with cuisines, opening state, lead time and delivery fee.
#[component]
pub fn Card(
    card: RestaurantCard,
    /// URL prefix of pictures: the CDN, or empty for the origin.
    picture_base: String,
    /// Whether the picture is loaded eagerly, as for the first cards.
    first: bool,
) -> impl IntoView {
    let lang = card.locale.tag().to_owned();
    let closed = (!card.open).then_some("true");
    let facts = facts(&card);
    view! {
        <li
            data-closed=closed
            class="group/card relative flex flex-col overflow-hidden rounded-card border border-line bg-card transition-shadow hover:shadow-float has-[:focus-visible]:ring-2 has-[:focus-visible]:ring-brand"
        >
            <Picture address=card.picture base=picture_base first=first />
            <div class="flex flex-1 flex-col gap-1 p-4">
                <h3 class="text-lg leading-snug font-semibold break-words" lang=lang dir="auto">
                    <a class="after:absolute after:inset-0 group-hover/card:text-brand" href=routes::restaurant(&card.slug)>
                        {card.name}
                    </a>
                </h3>
                <p class="text-sm text-muted">{cuisine_words(&card.cuisines)}</p>
                <p class="text-sm break-words" dir="auto">{card.tagline}</p>
                <p class="mt-auto flex flex-wrap items-center gap-x-2 gap-y-1 pt-2 text-sm">
                    <span class=state_class(card.open)>{card.state}</span>
                    {facts.map(|facts| view! { <span class="text-muted tabular-nums">{facts}</span> })}
                </p>
                {(!card.dishes.is_empty())
                    .then(|| {
                        view! {
                            <p class="mt-1 border-t border-line pt-2 text-sm break-words">
                                <span class="text-muted">"On the menu: "</span>
                                <span dir="auto">{card.dishes.join(" · ")}</span>
                            </p>
                        }
                    })}
            </div>
        </li>
    }
}

/// The picture of a card, or a placeholder of the same size.
#[component]
fn Picture(address: Option<String>, base: String, first: bool) -> impl IntoView {
    match address {
        Some(address) => view! {
            <img
                class="aspect-video w-full bg-brand-tint object-cover group-data-[closed=true]/card:opacity-70"
                src=format!("{base}{address}")
                alt=""
                width="640"
                height="360"
                loading=if first { "eager" } else { "lazy" }
                decoding="async"
            />
        }
        .into_any(),
        None => view! { <div class="aspect-video w-full bg-brand-tint"></div> }.into_any(),
    }
}

/// Time, fee and distance in one line.
fn facts(card: &RestaurantCard) -> Option<String> {
    let time = card
        .lead_minutes
        .map(|(least, most)| if least == most { format!("{least} min") } else { format!("{least}–{most} min") });
    let fee = card.delivery_from.map(|fee| {
        if fee.is_zero() { "free delivery".to_owned() } else { format!("delivery from {}", fee.text(&card.locale)) }
    });
    let fee = fee.or_else(|| (!card.modes.contains(&ServiceMode::Delivery)).then(|| "no delivery".to_owned()));
    let distance = card.distance_km.map(|far| format!("{far:.1} km"));
    let facts: Vec<_> = [time, fee, distance].into_iter().flatten().collect();
    (!facts.is_empty()).then(|| facts.join(" · "))
}

/// Cuisines as a line starting with a capital.
pub fn cuisine_words(cuisines: &[String]) -> String {
    let line = cuisines.join(" · ");
    let mut letters = line.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// Classes of the opening state. Colour supports the text and is not needed to understand it.
pub fn state_class(open: bool) -> &'static str {
    if open {
        "rounded-full bg-basil/10 px-2 py-0.5 font-medium text-basil"
    } else {
        "rounded-full bg-beet/10 px-2 py-0.5 font-medium text-beet"
    }
}

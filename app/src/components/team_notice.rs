//! The notice on guests' pages of a restaurant that is not published.

use crate::{
    domain::{listing::ListingStatus, restaurant::Restaurant},
    forms::routes,
};
use leptos::prelude::*;

/// Shown to the team, who alone can open the page; nothing for a published restaurant.
#[component]
pub fn TeamNotice<'a>(restaurant: &'a Restaurant) -> impl IntoView + use<> {
    let words = match restaurant.listing {
        ListingStatus::Published => None,
        ListingStatus::Draft => Some("Guests see it when you publish the restaurant."),
        ListingStatus::Review => Some("Guests see it when the operator of this site has approved the restaurant."),
        ListingStatus::Suspended => Some("The operator of this site has suspended the restaurant."),
    };
    let setup = routes::setup(&restaurant.slug);
    words.map(|words| {
        view! {
            <p class="mb-4 rounded-card border-2 border-sky bg-sky/10 p-4 text-sky print:hidden">
                <strong>"Only your team sees this page. "</strong>
                {words}
                " "
                <a class="underline" href=setup>"To the set-up"</a>
            </p>
        }
    })
}

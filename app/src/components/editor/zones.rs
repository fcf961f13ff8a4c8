//! The delivery zones in the menu editor.

use crate::domain::restaurant::Restaurant;
use leptos::prelude::*;

/// The zones with their areas; nothing where the restaurant does not deliver.
#[component]
pub fn ZoneRows<'a>(restaurant: &'a Restaurant) -> impl IntoView + use<> {
    let zones = restaurant.terms.zones.iter().map(|zone| {
        view! {
            <li class="break-words">
                <bdi class="font-medium">{zone.name.clone()}</bdi> ": " <bdi>{zone.extent_words()}</bdi>
            </li>
        }
    });
    let zones = zones.collect_view();
    (!zones.is_empty()).then(|| {
        view! {
            <section aria-labelledby="zones" class="flex flex-col gap-2">
                <h2 id="zones" class="text-xl font-bold">"Delivery zones"</h2>
                <p class="text-muted">
                    "A postcode that stands alone is meant as it is: 10435 takes 10435, and E1 takes the district E1 with E1W, \
                     not E10 to E20. 104… takes all that begin with 104, 10115–10119 all from the first to the last. Where \
                     several zones take a postcode, the closest description counts."
                </p>
                <ul class="list-disc ps-5">{zones}</ul>
            </section>
        }
    })
}

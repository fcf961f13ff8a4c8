//! The legend of diet and allergen letters.

use crate::domain::{diet::Allergen, menu::Menu};
use leptos::prelude::*;

/// The allergens of this menu, with their letters.
#[component]
pub fn Legend<'a>(menu: &'a Menu) -> impl IntoView + use<> {
    let items = || menu.sections.iter().flat_map(|section| &section.items);
    let used = |allergen: &Allergen| items().any(|item| item.allergens.contains(allergen));
    let entries = Allergen::ALL.iter().filter(|allergen| used(allergen)).map(|allergen| {
        view! {
            <div class="flex gap-1.5">
                <dt class="font-semibold">{allergen.short()}</dt>
                <dd>{allergen.label()}</dd>
            </div>
        }
    });
    let entries = entries.collect_view();
    view! {
        <section aria-labelledby="allergens" class="border-t border-line pt-4 text-sm text-muted">
            <h2 id="allergens" class="pb-2 font-semibold text-ink">"Allergens"</h2>
            <dl class="flex flex-wrap gap-x-4 gap-y-1">{entries}</dl>
            <p class="max-w-text pt-2">
                "Traces of others cannot be ruled out in a shared kitchen. With an allergy, call the restaurant before you order."
            </p>
        </section>
    }
}

//! The sizes of a dish.

use crate::{
    domain::{
        locale::Locale,
        menu::{Item, Variant},
    },
    forms::fields,
};
use leptos::prelude::*;

/// One of the sizes must be chosen.
#[component]
pub fn SizeChoices<'a>(
    item: &'a Item,
    /// How amounts are written, and the language of the names.
    locale: &'a Locale,
    chosen: Option<&'a Variant>,
) -> impl IntoView + use<> {
    let sizes = item.variants.iter().map(|variant| {
        let checked = chosen.is_some_and(|chosen| chosen.id == variant.id);
        view! {
            <label class=ROW_CLASS>
                <input type="radio" name=fields::VARIANT value=variant.id.to_string() checked=checked required />
                <span class="min-w-0 flex-1 break-words" lang=locale.tag().to_owned() dir="auto">{variant.name.clone()}</span>
                <span class="tabular-nums">{variant.price.text(locale)}</span>
            </label>
        }
    });
    let sizes = sizes.collect_view();
    view! {
        <fieldset class="flex flex-col gap-2">
            <legend class="mb-2 flex w-full flex-wrap items-baseline justify-between gap-2">
                <span class="font-semibold">"Size"</span>
                <span class=RULE_CLASS>"Choose 1"</span>
            </legend>
            {sizes}
        </fieldset>
    }
}

/// Classes of a choice whose whole row can be tapped.
pub const ROW_CLASS: &str = "flex min-h-11 cursor-pointer items-center gap-3 rounded-control border border-line bg-card px-3 py-2 transition-colors hover:bg-brand-tint has-checked:border-brand has-checked:bg-brand-tint has-disabled:cursor-default has-disabled:text-muted has-disabled:hover:bg-card";
/// Classes of a group's rule.
pub const RULE_CLASS: &str = "rounded-full bg-sky/10 px-2 text-sm font-medium text-sky";

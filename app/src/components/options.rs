//! The form of an item's options, used by its page and by the dialog on the menu page.

use crate::{
    components::{
        button::MAIN_CLASS,
        dish::WantedField,
        field::textarea_content,
        key::KeyField,
        options::{choice::GroupChoices, size::SizeChoices},
        stepper::Stepper,
    },
    domain::{
        cart::{LineRequest, MAX_NOTE, MAX_QUANTITY},
        id::CartLineId,
        menu::{Item, Menu, Modifier, Section, Variant},
        order::Due,
    },
    forms::{fields, line_item::count_of, routes},
};
use leptos::prelude::*;

pub mod choice;
mod size;

/// The form of an item. Required groups come first; each states how many choices it needs.
#[component]
pub fn OptionsForm<'a>(
    slug: &'a str,
    menu: &'a Menu,
    section: &'a Section,
    item: &'a Item,
    selection: &'a LineRequest,
    /// The cart line that is being changed.
    line: Option<CartLineId>,
    /// The time that the menu is for.
    due: Due,
    /// The idempotency key, on the item's own page.
    key: Option<String>,
) -> impl IntoView + use<> {
    let variant = chosen_variant(item, selection);
    let sizes = item.has_sizes().then(|| view! { <SizeChoices item=item locale=&menu.locale chosen=variant /> });
    let required = menu.groups_of(item).filter(|(usage, _)| usage.min > 0);
    let groups = required.chain(menu.groups_of(item).filter(|(usage, _)| usage.min == 0));
    let groups = groups.map(|(usage, group)| {
        view! { <GroupChoices usage=usage group=group menu=menu variant=variant selection=selection /> }
    });
    let groups = groups.collect_view();
    let offered = section.offers(item);
    let hidden_line = line.map(|line| view! { <input type="hidden" name=fields::LINE value=line.to_string() /> });
    let (action, verb) = if line.is_some() { (fields::CART_REPLACE, "Update") } else { (fields::CART_ADD, "Add") };
    view! {
        <form
            method="post"
            action=routes::item(slug, item.id)
            data-options=item.id.to_string()
            class="flex flex-col gap-6"
        >
            <input type="hidden" name=fields::ACTION value=action />
            <input type="hidden" name=fields::ITEM value=item.id.to_string() />
            <KeyField key=key />
            {hidden_line}
            <WantedField due=due />
            {sizes}
            {groups}
            <NoteField note=selection.note.clone() />
            <div class="sticky bottom-0 z-10 -mx-4 flex flex-wrap items-center gap-3 border-t border-line bg-card px-4 py-3">
                <Stepper
                    name=fields::QUANTITY
                    id="dish-quantity"
                    label="How many"
                    value=selection.quantity.clamp(1, MAX_QUANTITY)
                    min=1
                    max=MAX_QUANTITY
                />
                <div class="min-w-40 flex-1">
                    <button class=MAIN_CLASS disabled=!offered>
                        <span>{if offered { verb } else { "Not available" }}</span>
                        {offered.then(|| view! { <span data-live-price class="tabular-nums"></span> })}
                    </button>
                </div>
            </div>
        </form>
    }
}

/// Note to the kitchen.
#[component]
fn NoteField(note: String) -> impl IntoView {
    view! {
        <div class="flex flex-col gap-1">
            <label for="dish-note" class="font-semibold">
                "Special instructions"
                <span class="font-normal text-muted">" (optional)"</span>
            </label>
            <p id="dish-note-hint" class="text-sm text-muted">
                "The kitchen reads it, but may not be able to follow it. With an allergy, call the restaurant first."
            </p>
            <textarea
                id="dish-note"
                name=fields::NOTE
                class="w-full"
                rows="2"
                dir="auto"
                maxlength=MAX_NOTE.to_string()
                aria-describedby="dish-note-hint"
            >
                {textarea_content(note)}
            </textarea>
        </div>
    }
}

/// The selected variant, or the first.
fn chosen_variant<'a>(item: &'a Item, selection: &LineRequest) -> Option<&'a Variant> {
    selection.variant.and_then(|id| item.variant(id)).or_else(|| item.variants.first())
}

/// The chosen quantity of a modifier; 0 when it is sold out.
fn chosen(selection: &LineRequest, modifier: &Modifier) -> u32 {
    if modifier.sold_out { 0 } else { count_of(selection, modifier.id) }
}

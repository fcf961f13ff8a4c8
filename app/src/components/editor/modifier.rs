//! The choices that several dishes share: their prices, and whether they can be had.

use crate::{
    components::editor::{
        Editing,
        availability::Availability,
        row::{PriceRow, Row},
    },
    types::menu::{Modifier, ModifierGroup},
};
use leptos::prelude::*;
use std::sync::Arc;

/// One group with its choices.
#[component]
pub fn GroupRows(
    /// What all rows share.
    editing: Arc<Editing>,
    /// The group.
    group: ModifierGroup,
) -> impl IntoView {
    let heading = format!("group-{}", group.id);
    let label = heading.clone();
    let rows = group
        .modifiers
        .into_iter()
        .map(|modifier| view! { <ModifierRow editing=editing.clone() modifier=modifier/> })
        .collect_view();
    view! {
        <section aria-labelledby=label class="flex flex-col gap-2">
            <h3 id=heading class="text-lg font-semibold"><bdi>{group.name}</bdi></h3>
            <ul class="flex flex-col gap-2">{rows}</ul>
        </section>
    }
}

#[component]
fn ModifierRow(editing: Arc<Editing>, modifier: Modifier) -> impl IntoView {
    let id = modifier.id.to_string();
    let anchor = format!("modifier-{id}");
    let row = |change: &'static str| Row { change, target: id.clone(), anchor: anchor.clone() };
    let tried = editing.tried(std::iter::once(id.clone()));
    let price = modifier.price.text(&editing.locale);
    let sizes = modifier
        .size_prices
        .iter()
        .map(|(size, price)| format!("{size} {}", price.text(&editing.locale)))
        .collect::<Vec<_>>()
        .join(" · ");
    let name = modifier.name.clone();
    view! {
        <li>
            <details id=format!("row-{id}") open=tried class="group/item rounded-card border border-line bg-card">
                <summary class="flex min-h-11 cursor-pointer items-center gap-3 px-4 py-2">
                    <bdi class="min-w-0 grow font-medium">{modifier.name}</bdi>
                    {modifier
                        .sold_out
                        .then(|| {
                            view! {
                                <span class="rounded-full bg-beet/10 px-2 text-sm font-medium text-beet">"Sold out"</span>
                            }
                        })}
                    <span class="tabular-nums">{price}</span>
                    <span aria-hidden="true" class="text-muted transition-transform group-open/item:rotate-180">"▾"</span>
                </summary>
                <div id=anchor.clone() class="flex scroll-mt-24 flex-col gap-4 border-t border-line p-4">
                    <Availability editing=editing.clone() row=row("modifier_sold_out") of=name.clone() sold_out=modifier.sold_out/>
                    {editing
                        .role
                        .edits_menu()
                        .then(|| {
                            view! {
                                <PriceRow editing=editing row=row("modifier_price") label="Price".to_owned() of=name price=modifier.price/>
                            }
                        })}
                    {(!sizes.is_empty())
                        .then(|| view! { <p class="text-sm text-muted">"Other prices by size: "<bdi>{sizes}</bdi></p> })}
                </div>
            </details>
        </li>
    }
}

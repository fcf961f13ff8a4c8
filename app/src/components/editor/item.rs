//! An item in the editor: closed as on the menu, open with its forms.

use crate::{
    components::editor::{
        Editing,
        addition::DeleteItem,
        availability::Availability,
        row::{Mover, PriceRow, Row, TextRow},
        tax_class::TaxClassRow,
    },
    domain::{menu::Item, role::Permission},
};
use leptos::prelude::*;
use std::sync::Arc;

#[component]
pub fn ItemRow(
    editing: Arc<Editing>,
    item: Item,
    /// Whether it is marked as sold out; one that lacks choices is not.
    marked: bool,
    first: bool,
    last: bool,
) -> impl IntoView {
    let id = item.id.to_string();
    let anchor = format!("item-{id}");
    let row = |change: &'static str| Row { change, target: id.clone(), anchor: anchor.clone() };
    let tried =
        editing.tried(std::iter::once(id.clone()).chain(item.variants.iter().map(|variant| variant.id.to_string())));
    let prices = item
        .variants
        .iter()
        .map(|variant| {
            let label = if variant.name.is_empty() { "Price".to_owned() } else { format!("Price, {}", variant.name) };
            let row = Row { change: "price", target: variant.id.to_string(), anchor: anchor.clone() };
            view! { <PriceRow editing=editing.clone() row=row label=label of=item.name.clone() price=variant.price/> }
        })
        .collect_view();
    let name = item.name.clone();
    view! {
        <li>
            <details id=format!("row-{id}") open=tried class="group/item rounded-card border border-line bg-card">
                <summary class="flex min-h-14 cursor-pointer items-center gap-3 px-4 py-2">
                    <ItemAsSeen editing=editing.clone() item=item.clone()/>
                    <span aria-hidden="true" class="text-muted transition-transform group-open/item:rotate-180">"▾"</span>
                </summary>
                <div id=anchor.clone() class="flex scroll-mt-24 flex-col gap-4 border-t border-line p-4">
                    <Availability editing=editing.clone() row=row("item_sold_out") of=name.clone() sold_out=marked/>
                    {editing
                        .role
                        .may(Permission::EditMenu)
                        .then(|| {
                            view! {
                                <div class="flex flex-wrap gap-x-6 gap-y-3">{prices}</div>
                                <TextRow editing=editing.clone() row=row("rename_item") label="Name" of=name.clone() value=item.name/>
                                <TextRow editing=editing.clone() row=row("describe_item") label="Description" of=name.clone() value=item.description long=true/>
                                <TaxClassRow editing=editing.clone() row=row("item_tax_class") of=name.clone() class=item.tax_class inherited="That of its section"/>
                                <Mover editing=editing.clone() row=row("move_item") of=name.clone() first=first last=last/>
                                <DeleteItem editing=editing row=row("delete_item") of=name/>
                            }
                        })}
                </div>
            </details>
        </li>
    }
}

/// The item as on the menu; inside a `<summary>`, which may not contain block elements.
#[component]
fn ItemAsSeen(editing: Arc<Editing>, item: Item) -> impl IntoView {
    let from = if item.has_sizes() { "from " } else { "" };
    let price = item.price_from().map(|price| price.text(&editing.locale));
    let letters = item.allergens.iter().map(|allergen| allergen.short()).collect::<Vec<_>>().join(" ");
    let sold_out = item.sold_out.is_some();
    view! {
        <span lang=editing.locale.tag().to_owned() class="block min-w-0 grow" class=("text-muted", sold_out)>
            <span class="flex flex-wrap items-baseline gap-x-2">
                <bdi class="font-semibold">{item.name}</bdi>
                <span class="text-sm text-muted">{letters}</span>
            </span>
            <span dir="auto" class="line-clamp-1 text-sm text-muted">{item.description}</span>
        </span>
        <span class="flex shrink-0 flex-col items-end gap-1">
            <span class="tabular-nums">{from}{price}</span>
            {item
                .sold_out
                .map(|words| {
                    view! { <span class="rounded-full bg-beet/10 px-2 text-sm font-medium text-beet">{words}</span> }
                })}
        </span>
    }
}

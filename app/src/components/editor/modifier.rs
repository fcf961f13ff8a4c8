//! A modifier group in the editor: prices and availability.

use crate::{
    components::editor::{
        Editing,
        availability::Availability,
        row::{PriceRow, Row},
        tax_class::TaxClassRow,
    },
    domain::{
        menu::{Modifier, ModifierGroup, Variant},
        role::Permission,
    },
};
use leptos::prelude::*;
use std::sync::Arc;

#[component]
pub fn GroupRows(
    editing: Arc<Editing>,
    group: ModifierGroup,
    /// One variant for each size of the dishes that ask for it.
    sizes: Vec<Variant>,
) -> impl IntoView {
    let heading = format!("group-{}", group.id);
    let label = heading.clone();
    let rows = group
        .modifiers
        .into_iter()
        .map(|modifier| view! { <ModifierRow editing=editing.clone() modifier=modifier sizes=&sizes/> })
        .collect_view();
    view! {
        <section aria-labelledby=label class="flex flex-col gap-2">
            <h3 id=heading class="text-lg font-semibold"><bdi>{group.name}</bdi></h3>
            <ul class="flex flex-col gap-2">{rows}</ul>
        </section>
    }
}

#[component]
fn ModifierRow<'a>(editing: Arc<Editing>, modifier: Modifier, sizes: &'a [Variant]) -> impl IntoView + use<> {
    let id = modifier.id.to_string();
    let anchor = format!("modifier-{id}");
    let row = |change: &'static str| Row { change, target: id.clone(), anchor: anchor.clone() };
    let by_size = sizes.iter().any(|variant| modifier.size_prices.contains_key(&variant.size));
    let targets = sizes.iter().map(|variant| target(&id, variant));
    let tried = editing.tried(std::iter::once(id.clone()).chain(targets));
    let prices = if by_size {
        let prices = sizes.iter().map(|variant| modifier.price_on(variant).text(&editing.locale));
        prices.collect::<Vec<_>>().join(" · ")
    } else {
        modifier.price.text(&editing.locale)
    };
    let name = modifier.name.clone();
    let (class_row, of) = (row("modifier_tax_class"), name.clone());
    let fields = if by_size {
        let fields = sizes.iter().map(|variant| {
            let row = Row { change: "modifier_size_price", target: target(&id, variant), anchor: anchor.clone() };
            let label = format!("Price, {}", size_words(variant));
            view! { <PriceRow editing=editing.clone() row=row label=label of=name.clone() price=modifier.price_on(variant)/> }
        });
        fields.collect_view().into_any()
    } else {
        let (row, of) = (row("modifier_price"), name.clone());
        view! { <PriceRow editing=editing.clone() row=row label="Price".to_owned() of=of price=modifier.price/> }
            .into_any()
    };
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
                    <span class="tabular-nums">{prices}</span>
                    <span aria-hidden="true" class="text-muted transition-transform group-open/item:rotate-180">"▾"</span>
                </summary>
                <div id=anchor.clone() class="flex scroll-mt-24 flex-col gap-4 border-t border-line p-4">
                    <Availability editing=editing.clone() row=row("modifier_sold_out") of=name sold_out=modifier.sold_out/>
                    {editing
                        .role
                        .may(Permission::EditMenu)
                        .then(|| {
                            view! {
                                <div class="flex flex-wrap gap-x-6 gap-y-3">{fields}</div>
                                <TaxClassRow editing=editing row=class_row of=of class=modifier.tax_class inherited="That of the dish"/>
                            }
                        })}
                </div>
            </details>
        </li>
    }
}

/// Names a choice on a size.
fn target(modifier: &str, variant: &Variant) -> String {
    format!("{modifier}:{}", variant.size)
}

/// The size as printed on menus; items of one size have no name for it.
fn size_words(variant: &Variant) -> String {
    if variant.name.is_empty() { "dishes of one size".to_owned() } else { variant.name.clone() }
}

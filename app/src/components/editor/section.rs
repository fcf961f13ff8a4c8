//! A section of the menu in the editor.

use crate::{
    components::editor::{
        Editing,
        addition::AddItem,
        item::ItemRow,
        row::{Mover, Row, TextRow},
        tax_class::TaxClassRow,
    },
    domain::{id::ItemId, menu::Section, money::Currency, role::Permission},
};
use leptos::prelude::*;
use std::sync::Arc;

/// One section with its dishes.
#[component]
pub fn SectionRows(
    editing: Arc<Editing>,
    section: Section,
    /// The items that cannot be ordered because a required group has too few modifiers left.
    lacking: Vec<ItemId>,
    currency: Currency,
    first: bool,
    last: bool,
) -> impl IntoView {
    let id = section.id.to_string();
    let anchor = format!("section-{id}");
    let row = |change: &'static str| Row { change, target: id.clone(), anchor: anchor.clone() };
    let tried = editing.tried(std::iter::once(id.clone()));
    let heading = format!("heading-{id}");
    let label = heading.clone();
    let count = section.items.len();
    let items = section
        .items
        .into_iter()
        .enumerate()
        .map(|(position, item)| {
            let marked = item.sold_out.is_some() && !lacking.contains(&item.id);
            view! { <ItemRow editing=editing.clone() item=item marked=marked first=position == 0 last=position + 1 == count/> }
        })
        .collect_view();
    let name = section.name.clone();
    let add = editing.role.may(Permission::EditMenu).then(|| {
        let section = Some((id.clone(), name.clone()));
        view! { <AddItem editing=editing.clone() currency=currency section=section/> }
    });
    view! {
        <section id=anchor.clone() aria-labelledby=label class="flex scroll-mt-20 flex-col gap-3">
            <div class="flex flex-wrap items-center justify-between gap-x-4">
                <h2 id=heading class="text-xl font-bold"><bdi>{section.name.clone()}</bdi></h2>
                {section.hours.map(|hours| view! { <p class="text-sm text-muted">{hours}</p> })}
            </div>
            {editing
                .role
                .may(Permission::EditMenu)
                .then(|| {
                    view! {
                        <details id=format!("row-{id}") open=tried>
                            <summary class="inline-flex min-h-11 cursor-pointer items-center text-sm font-medium text-brand underline">
                                "Change or move"<span class="sr-only">" section "<bdi>{name.clone()}</bdi></span>
                            </summary>
                            <div class="flex flex-wrap items-end gap-4 pb-2">
                                <TextRow editing=editing.clone() row=row("rename_section") label="Name" of=name.clone() value=section.name/>
                                <TaxClassRow editing=editing.clone() row=row("section_tax_class") of=name.clone() class=section.tax_class inherited="The usual one"/>
                                <Mover editing=editing row=row("move_section") of=name first=first last=last/>
                            </div>
                        </details>
                    }
                })}
            <ul class="flex flex-col gap-2">{items}</ul>
            {add}
        </section>
    }
}

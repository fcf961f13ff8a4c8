//! The forms that add an item to a section of the menu, or with a new section, and that delete one.

use crate::{
    components::{
        button::QUIET_CLASS,
        editor::{
            Editing,
            row::{Row, RowForm, problem_id},
        },
        key::KeyField,
    },
    domain::money::Currency,
    forms::fields,
};
use leptos::prelude::*;
use std::sync::Arc;

/// The target of the form with a new section, which has no id yet.
pub const NEW: &str = "new";

/// Name and price of a new item; without a section also the name of a new one.
#[component]
pub fn AddItem(
    editing: Arc<Editing>,
    currency: Currency,
    /// Id and name of the section; none for a new one.
    section: Option<(String, String)>,
    /// Whether it is unfolded before it is used.
    #[prop(optional)]
    unfolded: bool,
) -> impl IntoView {
    let is_new = section.is_none();
    let (target, of) = section.unwrap_or_else(|| (NEW.to_owned(), String::new()));
    let change = if is_new { "add_section" } else { "add_item" };
    let attempt = editing.attempt_at(change, &target).cloned().unwrap_or_default();
    let open = unfolded || !attempt.change.is_empty();
    let row = Row { change, target: target.clone(), anchor: format!("add-{target}") };
    let (id, described) = (format!("{change}-{target}"), problem_id(&row, None));
    let invalid = (!attempt.change.is_empty()).then_some("true");
    let tag = editing.locale.tag().to_owned();
    let keyboard = if currency.exponent() == 0 { "numeric" } else { "decimal" };
    let text = |name: &'static str, label: &'static str, value: String| {
        let id = format!("{id}-{name}");
        view! {
            <div class="flex min-w-0 grow basis-40 flex-col gap-1">
                <label for=id.clone() class="text-sm font-medium">{label}</label>
                <input id=id type="text" name=name value=value required=true maxlength="120" lang=tag.clone() dir="auto" autocomplete="off" class="w-full" aria-invalid=invalid aria-describedby=described.clone()/>
            </div>
        }
    };
    let section_field = is_new.then(|| text(fields::SECTION, "Name of the new section", attempt.section.clone()));
    let name_field = text(fields::NAME, "Name of the dish", attempt.name.clone());
    let (price_id, described) = (format!("{id}-price"), described.clone());
    let price = attempt.value;
    let key = Some(editing.key.clone());
    let words = if is_new { "Add a section with its first dish" } else { "Add a dish" };
    view! {
        <details id=format!("row-add-{target}") open=open class="rounded-card border border-dashed border-edge px-4">
            <summary class="inline-flex min-h-11 cursor-pointer items-center text-sm font-medium text-brand underline">
                {words}
                {(!is_new).then(|| view! { <span class="sr-only">" to "<bdi>{of}</bdi></span> })}
            </summary>
            <div id=row.anchor.clone() class="scroll-mt-24 pb-4">
                <RowForm editing=editing row=row.clone()>
                    <KeyField key=key/>
                    {section_field}
                    {name_field}
                    <div class="flex min-w-0 flex-col gap-1">
                        <label for=price_id.clone() class="text-sm font-medium">
                            "Price" <span class="font-normal text-muted">" in "{currency.code()}</span>
                        </label>
                        <input id=price_id type="text" inputmode=keyboard name=fields::VALUE value=price required=true maxlength="20" autocomplete="off" class="w-32 tabular-nums" aria-invalid=invalid aria-describedby=described/>
                    </div>
                    <button type="submit" class=QUIET_CLASS>"Add"</button>
                </RowForm>
            </div>
        </details>
    }
}

/// Deletes an item, after a second press.
#[component]
pub fn DeleteItem(editing: Arc<Editing>, row: Row, of: String) -> impl IntoView {
    view! {
        <details>
            <summary class="inline-flex min-h-11 cursor-pointer items-center text-sm font-medium text-beet underline">
                "Delete this dish"<span class="sr-only">": "<bdi>{of.clone()}</bdi></span>
            </summary>
            <p class="pb-2 text-sm text-muted">
                "It leaves the menu and all carts. Orders keep it. For a while only, mark it as sold out instead."
            </p>
            <RowForm editing=editing row=row>
                <button type="submit" class=QUIET_CLASS>"Delete "<bdi>{of}</bdi></button>
            </RowForm>
        </details>
    }
}

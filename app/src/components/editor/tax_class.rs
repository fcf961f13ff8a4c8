//! The tax class of a section, an item or a modifier in the editor.

use crate::{
    components::{
        button::QUIET_CLASS,
        editor::{
            Editing,
            row::{Row, RowForm, problem_id},
        },
    },
    forms::fields,
};
use leptos::prelude::*;
use std::sync::Arc;

/// A choice of the tax class; nothing at a restaurant without classes.
#[component]
pub fn TaxClassRow(
    editing: Arc<Editing>,
    row: Row,
    /// Name of the thing, for screen readers.
    of: String,
    /// Its own class.
    class: Option<String>,
    /// The words for no class of its own.
    inherited: &'static str,
) -> impl IntoView {
    let attempt = editing.attempt_at(row.change, &row.target).map(|attempt| attempt.value.clone());
    let invalid = attempt.is_some().then_some("true");
    let chosen = attempt.or(class).unwrap_or_default();
    let id = format!("{}-{}", row.change, row.target);
    let described = problem_id(&row, None);
    let options = editing.tax_classes.iter().map(|class| {
        view! { <option value=class.code.clone() selected={class.code == chosen}>{class.name.clone()}</option> }
    });
    let options = options.collect_view();
    (!editing.tax_classes.is_empty()).then(|| {
        view! {
            <RowForm editing=editing row=row>
                <div class="flex min-w-0 flex-col gap-1">
                    <label for=id.clone() class="text-sm font-medium">
                        "Tax class" <span class="sr-only">" of "<bdi>{of.clone()}</bdi></span>
                    </label>
                    <select id=id.clone() name=fields::VALUE aria-invalid=invalid aria-describedby=described>
                        <option value="">{inherited}</option>
                        {options}
                    </select>
                </div>
                <button id=format!("{id}-save") type="submit" class=QUIET_CLASS>
                    "Save" <span class="sr-only">" tax class of "<bdi>{of}</bdi></span>
                </button>
            </RowForm>
        }
    })
}

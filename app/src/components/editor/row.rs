//! The forms of editor rows: text, price, position.

use crate::{
    components::{button::QUIET_CLASS, editor::Editing, field::textarea_content},
    domain::{money::Money, text::MAX_DESCRIPTION},
    forms::{fields, routes},
};
use leptos::prelude::*;
use std::sync::Arc;

/// The change of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    pub change: &'static str,
    pub target: String,
    /// The anchor to come back to.
    pub anchor: String,
}

/// The form of one change, with the reason of a rejection.
#[component]
pub fn RowForm(
    editing: Arc<Editing>,
    row: Row,
    /// The only value that this form sends, where the row has several forms.
    #[prop(optional)]
    only: Option<&'static str>,
    /// The value that another form of the row sends.
    #[prop(optional)]
    never: Option<&'static str>,
    children: Children,
) -> impl IntoView {
    let attempt = editing.attempt_at(row.change, &row.target);
    let attempt = attempt.filter(|attempt| only.is_none_or(|only| only == attempt.value));
    let attempt = attempt.filter(|attempt| never.is_none_or(|never| never != attempt.value));
    let problem = attempt.map(|attempt| attempt.message.clone());
    let address = routes::menu_editor(&editing.slug);
    let back = format!("{address}#{}", row.anchor);
    let problem_id = problem_id(&row, only);
    view! {
        <form method="post" action=address class="flex flex-col gap-1">
            <input type="hidden" name=fields::CHANGE value=row.change/>
            <input type="hidden" name=fields::TARGET value=row.target/>
            <input type="hidden" name=fields::NEXT value=back/>
            <div class="flex flex-wrap items-end gap-2">{children()}</div>
            <p id=problem_id data-problem class="text-sm font-medium text-beet empty:hidden" role="alert">{problem}</p>
        </form>
    }
}

/// A line or a paragraph of text.
#[component]
pub fn TextRow(
    editing: Arc<Editing>,
    row: Row,
    label: &'static str,
    /// Name of the thing, for screen readers.
    of: String,
    value: String,
    /// Whether it may run over several lines.
    #[prop(optional)]
    long: bool,
) -> impl IntoView {
    let attempt = editing.attempt_at(row.change, &row.target).cloned();
    let invalid = attempt.is_some().then_some("true");
    let value = attempt.map_or(value, |attempt| attempt.value);
    let id = format!("{}-{}", row.change, row.target);
    let (described, save_id) = (problem_id(&row, None), format!("{id}-save"));
    let tag = editing.locale.tag().to_owned();
    let input = if long {
        view! {
            <textarea id=id.clone() name=fields::VALUE rows="3" maxlength=MAX_DESCRIPTION.to_string() lang=tag dir="auto" class="w-full" aria-invalid=invalid aria-describedby=described>
                {textarea_content(value)}
            </textarea>
        }
        .into_any()
    } else {
        view! {
            <input id=id.clone() type="text" name=fields::VALUE value=value required=true maxlength="120" lang=tag dir="auto" autocomplete="off" class="w-full" aria-invalid=invalid aria-describedby=described/>
        }
        .into_any()
    };
    view! {
        <RowForm editing=editing row=row>
            <div class="flex min-w-0 grow basis-56 flex-col gap-1">
                <label for=id class="text-sm font-medium">{label}<span class="sr-only">" of "<bdi>{of.clone()}</bdi></span></label>
                {input}
            </div>
            <Save id=save_id what=label of=of/>
        </RowForm>
    }
}

/// A price in major units, as people type it.
#[component]
pub fn PriceRow(
    editing: Arc<Editing>,
    row: Row,
    label: String,
    /// Name of the thing, for screen readers.
    of: String,
    price: Money,
) -> impl IntoView {
    let attempt = editing.attempt_at(row.change, &row.target).cloned();
    let invalid = attempt.is_some().then_some("true");
    let value = attempt.map_or_else(|| price.typed(&editing.locale), |attempt| attempt.value);
    let id = format!("{}-{}", row.change, row.target);
    let (described, save_id) = (problem_id(&row, None), format!("{id}-save"));
    let keyboard = if price.currency().exponent() == 0 { "numeric" } else { "decimal" };
    view! {
        <RowForm editing=editing row=row>
            <div class="flex min-w-0 flex-col gap-1">
                <label for=id.clone() class="text-sm font-medium">
                    {label}
                    <span class="sr-only">" of "<bdi>{of.clone()}</bdi></span>
                    <span class="font-normal text-muted">" in "{price.currency().code()}</span>
                </label>
                <input id=id type="text" inputmode=keyboard name=fields::VALUE value=value required=true maxlength="20" autocomplete="off" class="w-32 tabular-nums" aria-invalid=invalid aria-describedby=described/>
            </div>
            <Save id=save_id what="price" of=of/>
        </RowForm>
    }
}

#[component]
fn Save(id: String, what: &'static str, of: String) -> impl IntoView {
    view! {
        <button id=id type="submit" class=QUIET_CLASS>
            "Save" <span class="sr-only">" "{what.to_lowercase()}" of "<bdi>{of}</bdi></span>
        </button>
    }
}

/// Buttons that move an item or section up or down.
#[component]
pub fn Mover(
    editing: Arc<Editing>,
    row: Row,
    /// Name of the thing that moves.
    of: String,
    first: bool,
    last: bool,
) -> impl IntoView {
    let id = format!("{}-{}", row.change, row.target);
    let button = move |value: &'static str, arrow: &'static str, words: String, off: bool| {
        let id = format!("{id}{value}");
        view! {
            <button
                id=id
                type="submit"
                name=fields::VALUE
                value=value
                disabled=off
                class="inline-flex size-11 items-center justify-center rounded-control border border-edge bg-card text-lg hover:bg-brand-tint disabled:opacity-40"
            >
                <span aria-hidden="true">{arrow}</span>
                <span class="sr-only">{words}</span>
            </button>
        }
    };
    view! {
        <RowForm editing=editing row=row>
            {button("-1", "↑", format!("Move {of} up"), first)}
            {button("1", "↓", format!("Move {of} down"), last)}
        </RowForm>
    }
}

/// The id of a row's problem, for its field; `only` is the value of this form where the row has several.
pub fn problem_id(row: &Row, only: Option<&str>) -> String {
    let only = only.map(|only| format!("-{only}")).unwrap_or_default();
    // A size may contain spaces, which separate ids in `aria-describedby`.
    format!("{}-{}{only}-problem", row.change, row.target.replace(char::is_whitespace, "_"))
}

//! The forms that rows are made of: a text, a price, a place in the order.

use crate::{
    components::{button::QUIET_CLASS, editor::Editing, field::textarea_content},
    domain::{money::Money, text::MAX_DESCRIPTION},
    forms::{fields, routes},
};
use leptos::prelude::*;
use std::sync::Arc;

/// What a row changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The kind of change, as the server knows it.
    pub change: &'static str,
    /// The id of what is changed.
    pub target: String,
    /// The anchor to come back to.
    pub anchor: String,
}

/// A form that changes one thing, with the reason when it could not be done.
#[component]
pub fn RowForm(
    /// What all rows share.
    editing: Arc<Editing>,
    /// What it changes.
    row: Row,
    /// The one value that it sends, where another form of the row sends the others.
    #[prop(optional)]
    only: Option<&'static str>,
    /// The value that it never sends, where another form of the row does.
    #[prop(optional)]
    never: Option<&'static str>,
    /// Its fields and buttons.
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
    /// What all rows share.
    editing: Arc<Editing>,
    /// What it changes.
    row: Row,
    /// What the text is.
    label: &'static str,
    /// Of what, for those who hear one field at a time.
    of: String,
    /// The text now.
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
    /// What all rows share.
    editing: Arc<Editing>,
    /// What it changes.
    row: Row,
    /// What costs that.
    label: String,
    /// Of what, for those who hear one field at a time.
    of: String,
    /// The price now.
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

/// Up and down in the order in which guests see it.
#[component]
pub fn Mover(
    /// What all rows share.
    editing: Arc<Editing>,
    /// What it changes.
    row: Row,
    /// What moves.
    of: String,
    /// Whether nothing stands before it.
    first: bool,
    /// Whether nothing stands after it.
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

/// The id of a row's problem, for the field that it is about; `only` is the value of a form beside the row's other one.
pub fn problem_id(row: &Row, only: Option<&str>) -> String {
    let only = only.map(|only| format!("-{only}")).unwrap_or_default();
    // A size may be a word with blanks, which part the ids of a list.
    format!("{}-{}{only}-problem", row.change, row.target.replace(char::is_whitespace, "_"))
}

//! Marks an item or modifier as available or sold out: four buttons.

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

/// The value that comes with a time.
const UNTIL: &str = "until";

/// Marks an item or modifier as sold out or available.
#[component]
pub fn Availability(
    editing: Arc<Editing>,
    row: Row,
    /// The name of the thing, for screen readers.
    of: String,
    sold_out: bool,
) -> impl IntoView {
    let until = editing.attempt_at(row.change, &row.target).map(|attempt| attempt.until.clone()).unwrap_or_default();
    let answer = |value: &'static str, words: &'static str| {
        view! {
            <button type="submit" name=fields::VALUE value=value class=QUIET_CLASS>
                {words} <span class="sr-only">": "<bdi>{of.clone()}</bdi></span>
            </button>
        }
    };
    let at_once = if sold_out {
        answer("no", "Available again").into_any()
    } else {
        view! {
            {answer("today", "Sold out today")}
            {answer("until_stocked", "Sold out until restocked")}
        }
        .into_any()
    };
    let id = format!("until-{}", row.target);
    let described = problem_id(&row, Some(UNTIL));
    view! {
        <div class="flex flex-col gap-2">
            <RowForm editing=editing.clone() row=row.clone() never=UNTIL>{at_once}</RowForm>
            <RowForm editing=editing row=Row { change: row.change, ..row } only=UNTIL>
                <input type="hidden" name=fields::VALUE value=UNTIL/>
                <div class="flex flex-col gap-1">
                    <label for=id.clone() class="text-sm font-medium">
                        "Sold out until"<span class="sr-only">": "<bdi>{of.clone()}</bdi></span>
                    </label>
                    <input id=id type="time" name=fields::UNTIL value=until required=true class="w-36" aria-describedby=described/>
                </div>
                <button type="submit" class=QUIET_CLASS>
                    "Set time" <span class="sr-only">": "<bdi>{of}</bdi></span>
                </button>
            </RowForm>
        </div>
    }
}

//! Fields of settings forms.

use crate::{
    components::{
        button::QUIET_CLASS,
        field::{Hint, described_by, textarea_content},
        problem::FieldProblem,
    },
    domain::money::Currency,
    forms::settings::STEP,
    pages::dashboard::settings::entered::Entered,
};
use leptos::prelude::*;

/// A field below its label, its hint and its problem.
#[component]
fn Labelled(
    name: String,
    label: String,
    #[prop(into)] hint: String,
    #[prop(optional_no_strip)] problem: Option<String>,
    children: Children,
) -> impl IntoView {
    view! {
        <div class="flex min-w-0 flex-col gap-1">
            <label for=name.clone() class="font-medium">{label}</label>
            <Hint field=name.clone() text=hint/>
            <FieldProblem field=name message=problem/>
            {children()}
        </div>
    }
}

/// A line of text or a number.
#[component]
pub fn Line<'a>(
    entered: &'a Entered,
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    #[prop(optional, into)] hint: String,
    /// `inputmode`, which decides the keyboard.
    #[prop(optional)]
    keyboard: Option<&'static str>,
    /// Characters that the browser accepts.
    #[prop(default = 120)]
    most: usize,
) -> impl IntoView + use<> {
    let problem = entered.problem(&name);
    let value = entered.text(&name);
    // A hint that is the sentence of the problem is not shown twice.
    let hint = if problem.as_ref() == Some(&hint) { String::new() } else { hint };
    let described = described_by(&name, !hint.is_empty(), problem.is_some());
    let invalid = problem.is_some().then_some("true");
    view! {
        <Labelled name=name.clone() label=label hint=hint problem=problem>
            <input
                class="w-full"
                id=name.clone()
                name=name.clone()
                type="text"
                value=value
                autocomplete="off"
                dir="auto"
                inputmode=keyboard
                maxlength=most.to_string()
                aria-invalid=invalid
                aria-describedby=described
            />
        </Labelled>
    }
}

/// A date.
#[component]
pub fn Day<'a>(
    entered: &'a Entered,
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    #[prop(into)] hint: String,
) -> impl IntoView + use<> {
    let problem = entered.problem(&name);
    let value = entered.text(&name);
    let described = described_by(&name, true, problem.is_some());
    let invalid = problem.is_some().then_some("true");
    view! {
        <Labelled name=name.clone() label=label hint=hint problem=problem>
            <input
                class="w-full"
                id=name.clone()
                name=name.clone()
                type="date"
                value=value
                aria-invalid=invalid
                aria-describedby=described
            />
        </Labelled>
    }
}

/// A choice from a list of values with their words. A value that is not among them is added, so that it is not lost.
#[component]
pub fn Choose<'a>(
    entered: &'a Entered,
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    choices: Vec<(String, String)>,
) -> impl IntoView + use<> {
    let problem = entered.problem(&name);
    let described = described_by(&name, false, problem.is_some());
    let invalid = problem.is_some().then_some("true");
    let chosen = entered.text(&name);
    let is_known = chosen.is_empty() || choices.iter().any(|(value, _)| *value == chosen);
    let other = (!is_known).then(|| view! { <option value=chosen.clone() selected=true>{chosen.clone()}</option> });
    let options = choices.into_iter().map(|(value, words)| {
        let selected = value == chosen;
        view! { <option value=value selected=selected>{words}</option> }
    });
    let options = options.collect_view();
    view! {
        <Labelled name=name.clone() label=label hint="" problem=problem>
            <select class="w-full" id=name.clone() name=name.clone() aria-invalid=invalid aria-describedby=described>
                {other}
                {options}
            </select>
        </Labelled>
    }
}

/// Several lines of text.
#[component]
pub fn Lines<'a>(
    entered: &'a Entered,
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    #[prop(into)] hint: String,
    rows: u8,
) -> impl IntoView + use<> {
    let problem = entered.problem(&name);
    let value = entered.text(&name);
    let described = described_by(&name, true, problem.is_some());
    let invalid = problem.is_some().then_some("true");
    view! {
        <Labelled name=name.clone() label=label hint=hint problem=problem>
            <textarea
                class="w-full"
                id=name.clone()
                name=name.clone()
                rows=rows.to_string()
                dir="auto"
                aria-invalid=invalid
                aria-describedby=described
            >
                {textarea_content(value)}
            </textarea>
        </Labelled>
    }
}

/// A checkbox with its label.
#[component]
pub fn Check<'a>(
    entered: &'a Entered,
    #[prop(into)] name: String,
    #[prop(into)] value: String,
    #[prop(into)] label: String,
    /// Distinguishes checkboxes with the same name.
    #[prop(optional, into)]
    id: Option<String>,
    #[prop(default = "checkbox")] kind: &'static str,
) -> impl IntoView + use<> {
    let checked = entered.has(&name, &value);
    // Of several with one name, the group has the problem.
    let problem = id.is_none() && entered.problem(&name).is_some();
    let (described, invalid) = (described_by(&name, false, problem), problem.then_some("true"));
    view! {
        <label class="inline-flex min-h-11 cursor-pointer items-center gap-2">
            <input
                type=kind
                id=id.unwrap_or_else(|| name.clone())
                name=name.clone()
                value=value
                checked=checked
                aria-invalid=invalid
                aria-describedby=described
            />
            {label}
        </label>
    }
}

/// A button that changes the form without saving it.
#[component]
pub fn StepButton(
    #[prop(into)] value: String,
    words: &'static str,
    /// Of which entry, for screen readers.
    #[prop(optional, into)]
    of: String,
    #[prop(optional)] off: bool,
) -> impl IntoView {
    view! {
        <button type="submit" name=STEP value=value disabled=off class=QUIET_CLASS>
            {words}
            {(!of.is_empty()).then(|| view! { <span class="sr-only">" "<bdi>{of}</bdi></span> })}
        </button>
    }
}

/// The keyboard for amounts of a currency.
pub const fn money_keyboard(currency: Currency) -> &'static str {
    if currency.exponent() == 0 { "numeric" } else { "decimal" }
}

/// Classes of a group of fields.
pub const GROUP_CLASS: &str = "flex flex-col gap-4 rounded-card border border-line bg-card p-4";

//! A field for a PIN, which is never sent back: it must be typed again.

use crate::{
    components::{
        field::{Hint, described_by},
        problem::FieldProblem,
    },
    domain::pin::LONGEST,
};
use leptos::prelude::*;

/// A required PIN; touch screens show digits for it.
#[component]
pub fn PinField(
    name: &'static str,
    label: &'static str,
    #[prop(optional_no_strip)] problem: Option<String>,
    #[prop(optional, into)] hint: String,
    /// Whether it is what the page is for.
    #[prop(optional)]
    first: bool,
) -> impl IntoView {
    let described = described_by(name, !hint.is_empty(), problem.is_some());
    let invalid = problem.is_some().then_some("true");
    view! {
        <div class="flex flex-col gap-1">
            <label for=name class="font-medium">{label}</label>
            <Hint field=name.to_owned() text=hint/>
            <FieldProblem field=name.to_owned() message=problem/>
            <input
                class="min-h-14 w-full text-2xl"
                id=name
                name=name
                type="password"
                inputmode="numeric"
                autocomplete="off"
                maxlength=LONGEST.to_string()
                autofocus=first
                required=true
                aria-invalid=invalid
                aria-describedby=described
            />
        </div>
    }
}

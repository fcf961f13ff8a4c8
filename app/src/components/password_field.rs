//! A field for a password, which is never sent back: it must be entered again.

use crate::components::{
    field::{Hint, described_by},
    problem::FieldProblem,
};
use leptos::prelude::*;

/// A required password.
#[component]
pub fn PasswordField(
    name: &'static str,
    label: &'static str,
    #[prop(optional_no_strip)] problem: Option<String>,
    #[prop(optional, into)] hint: String,
    /// `current-password` or `new-password`, for password managers.
    #[prop(default = "current-password")]
    autocomplete: &'static str,
) -> impl IntoView {
    let described = described_by(name, !hint.is_empty(), problem.is_some());
    let invalid = problem.is_some().then_some("true");
    view! {
        <div class="flex flex-col gap-1">
            <label for=name class="font-medium">{label}</label>
            <Hint field=name.to_owned() text=hint/>
            <FieldProblem field=name.to_owned() message=problem/>
            <input
                class="w-full"
                id=name
                name=name
                type="password"
                autocomplete=autocomplete
                required=true
                aria-invalid=invalid
                aria-describedby=described
            />
        </div>
    }
}

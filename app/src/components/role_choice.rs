//! A choice of one role, with what each may do.

use crate::{components::problem::FieldProblem, domain::role::Role, forms::fields};
use leptos::prelude::*;

/// Radio buttons of roles. The ids of the buttons begin with `prefix`.
#[component]
pub fn RoleChoice(
    legend: &'static str,
    prefix: &'static str,
    roles: &'static [Role],
    chosen: Role,
    #[prop(optional_no_strip)] problem: Option<String>,
) -> impl IntoView {
    let described = problem.is_some().then(|| format!("{}-problem", fields::ROLE));
    let choices = roles.iter().map(|role| {
        let id = format!("{prefix}-{}", role.code());
        view! {
            <li class="flex items-start gap-2">
                <input
                    type="radio"
                    class="mt-1"
                    id=id.clone()
                    name=fields::ROLE
                    value=role.code()
                    checked=*role == chosen
                    required=true
                />
                <label for=id>
                    <span class="font-medium">{role.label()}</span>
                    <span class="text-muted">{format!(": {}", role.summary())}</span>
                </label>
            </li>
        }
    });
    view! {
        <fieldset id=fields::ROLE tabindex="-1" class="flex flex-col gap-1" aria-describedby=described>
            <legend class="font-medium">{legend}</legend>
            <FieldProblem field=fields::ROLE.to_owned() message=problem/>
            <ul class="flex flex-col gap-2">{choices.collect_view()}</ul>
        </fieldset>
    }
}

//! A choice from a list, with label, hint and problem.

use crate::components::{
    field::{Hint, described_by},
    problem::FieldProblem,
};
use leptos::prelude::*;

/// An option: its value, and its text.
pub type Choice = (String, String);

/// A select field. Without scripts a browser searches it by typing.
#[component]
pub fn SelectField(
    name: &'static str,
    #[prop(into)] label: String,
    /// The chosen value; one that is no option is added as one, so that it is not lost.
    #[prop(into)]
    value: String,
    /// Options by group; a group without a name is no group.
    groups: Vec<(&'static str, Vec<Choice>)>,
    /// The text of the option without a value; none where one is always chosen.
    #[prop(optional, into)]
    prompt: Option<&'static str>,
    #[prop(optional_no_strip)] problem: Option<String>,
    #[prop(optional, into)] hint: String,
) -> impl IntoView {
    let described = described_by(name, !hint.is_empty(), problem.is_some());
    let invalid = problem.is_some().then_some("true");
    let is_known = groups.iter().flat_map(|(_, choices)| choices).any(|(known, _)| *known == value);
    let other = (!is_known && !value.is_empty()).then(|| value.clone());
    let option = |(of, text): Choice| {
        let selected = of == value;
        view! { <option value=of selected=selected>{text}</option> }
    };
    let groups = groups.into_iter().map(|(group, choices)| {
        let options = choices.into_iter().map(option).collect_view();
        if group.is_empty() {
            options.into_any()
        } else {
            view! { <optgroup label=group>{options}</optgroup> }.into_any()
        }
    });
    let groups = groups.collect_view();
    let required = prompt.is_some();
    view! {
        <div class="flex flex-col gap-1">
            <label for=name class="font-medium">{label}</label>
            <Hint field=name.to_owned() text=hint/>
            <FieldProblem field=name.to_owned() message=problem/>
            <select class="w-full" id=name name=name required=required aria-invalid=invalid aria-describedby=described>
                {prompt.map(|prompt| view! { <option value="">{prompt}</option> })}
                {other.map(|other| view! { <option value=other.clone() selected=true>{other.clone()}</option> })}
                {groups}
            </select>
        </div>
    }
}

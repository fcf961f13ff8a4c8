//! A form field with label, hint and problem, which are also connected for screen readers.

use crate::components::problem::FieldProblem;
use leptos::prelude::*;

/// A text field.
#[component]
pub fn TextField(
    name: &'static str,
    #[prop(into)] label: String,
    #[prop(into)] value: String,
    #[prop(optional_no_strip)] problem: Option<String>,
    #[prop(optional, into)] hint: String,
    /// The input type, which decides the keyboard.
    #[prop(default = "text")]
    kind: &'static str,
    #[prop(default = "off")] autocomplete: &'static str,
    /// `inputmode`, where the type does not decide the keyboard.
    #[prop(optional)]
    inputmode: Option<&'static str>,
    #[prop(optional)] required: bool,
    /// The id of a sentence that states which of several fields are enough: this one alone is neither required nor
    /// optional.
    #[prop(optional)]
    one_of: Option<&'static str>,
) -> impl IntoView {
    let described = described_by(name, !hint.is_empty(), problem.is_some());
    let described = [described.as_deref(), one_of].into_iter().flatten().collect::<Vec<_>>().join(" ");
    let described = (!described.is_empty()).then_some(described);
    let optional = !required && one_of.is_none();
    let invalid = problem.is_some().then_some("true");
    view! {
        <div class="flex flex-col gap-1">
            <label for=name class="font-medium">
                {label}
                {optional.then(|| view! { <span class="font-normal text-muted">" (optional)"</span> })}
            </label>
            <Hint field=name.to_owned() text=hint />
            <FieldProblem field=name.to_owned() message=problem />
            <input
                class="w-full"
                id=name
                name=name
                type=kind
                value=value
                autocomplete=autocomplete
                inputmode=inputmode
                required=required
                aria-invalid=invalid
                aria-describedby=described
            />
        </div>
    }
}

/// The hint of a field.
#[component]
pub fn Hint(
    field: String,
    /// The text; nothing is shown when it is empty.
    text: String,
) -> impl IntoView {
    (!text.is_empty()).then(|| {
        view! {
            <p id=format!("{field}-hint") class="text-sm text-muted">
                {text}
            </p>
        }
    })
}

/// Text as the content of a `<textarea>`: HTML drops the first line break there, so one that is part of the text needs
/// another before it (HTML standard, 13.2.6.4.7 "A start tag whose tag name is textarea").
pub fn textarea_content(text: String) -> String {
    if text.starts_with(['\n', '\r']) { format!("\n{text}") } else { text }
}

/// The ids of what describes a field, for `aria-describedby`.
pub fn described_by(name: &str, hint: bool, problem: bool) -> Option<String> {
    let hint = hint.then(|| format!("{name}-hint"));
    let problem = problem.then(|| format!("{name}-problem"));
    match (problem, hint) {
        (Some(problem), Some(hint)) => Some(format!("{problem} {hint}")),
        (one, other) => one.or(other),
    }
}

//! Problems of a form.

use crate::{domain::error::AppError, forms::routes};
use leptos::prelude::*;

/// The list above a rejected form; each entry links to its field. The page opens with the focus on the first problem, also
/// without scripts.
#[component]
pub fn ProblemSummary(
    /// Why the form was rejected.
    error: AppError,
) -> impl IntoView {
    let problems = error.problems().to_vec();
    let first_link = problems.iter().position(|problem| anchor(&problem.field).is_some());
    let first_link = first_link.filter(|_| !matches!(error, AppError::AlreadyOrdered { .. } | AppError::KeyReused));
    let heading = match error {
        AppError::Unknown => "We do not know whether this went through",
        AppError::AlreadyOrdered { .. } => "Nothing was ordered again",
        AppError::Invalid { .. } => "Please fix the following",
        _ => "This could not be done",
    };
    let body = if let AppError::AlreadyOrdered { token, .. } = &error {
        view! {
            <p>
                {error.to_string()} " " <a class="underline" href=routes::order(token)>"See your order"</a>
            </p>
        }
        .into_any()
    } else if error == AppError::KeyReused {
        // The sentence for API clients mentions keys, which a guest does not know.
        view! { <p>"This form was sent before, with other choices. Look at what came of it before you try again."</p> }
            .into_any()
    } else if problems.is_empty() {
        view! { <p>{error.to_string()}</p> }.into_any()
    } else {
        let entries = problems.into_iter().enumerate().map(|(at, problem)| {
            let target = anchor(&problem.field);
            let autofocus = first_link == Some(at);
            view! {
                <li>
                    {match target {
                        Some(target) => {
                            view! { <a class="underline" href=target autofocus=autofocus>{problem.message}</a> }.into_any()
                        }
                        None => problem.message.into_any(),
                    }}
                </li>
            }
        });
        view! { <ul class="list-disc space-y-1 ps-5">{entries.collect_view()}</ul> }.into_any()
    };
    view! {
        <div
            id="problems"
            role="alert"
            tabindex="-1"
            autofocus=first_link.is_none()
            class="mb-6 rounded-card border-2 border-beet bg-beet/10 p-4 break-words text-beet"
        >
            <h2 class="mb-1 text-lg font-semibold">{heading}</h2>
            {body}
        </div>
    }
}

/// The message at a field, named by the field's `aria-describedby`.
#[component]
pub fn FieldProblem(field: String, message: Option<String>) -> impl IntoView {
    message.map(|message| {
        view! {
            <p id=format!("{field}-problem") class="text-sm font-medium text-beet">
                <span class="sr-only">"Problem: "</span>
                {message}
            </p>
        }
    })
}

/// Only names of fields have an element to link to; JSON paths and problems of the whole have none.
fn anchor(field: &str) -> Option<String> {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || letter == '_' || letter == '-';
    (!field.is_empty() && field.chars().all(plain)).then(|| format!("#{field}"))
}

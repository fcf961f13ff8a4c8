//! The sign-in page of staff.

use crate::{
    components::{
        button::MAIN_CLASS,
        field::TextField,
        layout::Frame,
        problem::{FieldProblem, ProblemSummary},
    },
    forms::{fields, routes},
    pages::{set_status, title::PageTitle},
    services::submission,
};
use leptos::prelude::*;
use leptos_meta::Meta;
use leptos_router::hooks::use_query_map;

/// The sign-in form.
#[component]
pub fn SignInPage() -> impl IntoView {
    let sent = submission();
    if let Some(error) = &sent.error {
        set_status(error);
    }
    let prefix = if sent.error.is_some() { "Problem: " } else { "" };
    let asked = use_query_map().read_untracked().get(fields::NEXT);
    let next = sent.value(fields::NEXT).or(asked.as_deref()).unwrap_or_default();
    let next = routes::own_or(next, routes::DASHBOARD).to_owned();
    view! {
        <PageTitle text=format!("{prefix}Sign in · Toast")/>
        <Meta name="robots" content="noindex"/>
        <Frame>
            <div class="mx-auto flex max-w-sm flex-col gap-6 py-8">
                <div>
                    <h1 class="text-2xl font-bold">"Sign in"</h1>
                    <p class="mt-1 text-muted">"For restaurants: your orders and your menu."</p>
                </div>
                {sent.error.clone().map(|error| view! { <ProblemSummary error=error/> })}
                <form method="post" action=routes::SIGN_IN class="flex flex-col gap-4">
                    <input type="hidden" name=fields::NEXT value=next/>
                    <TextField
                        name=fields::EMAIL
                        label="E-mail"
                        kind="email"
                        autocomplete="username"
                        required=true
                        value=sent.value(fields::EMAIL).unwrap_or_default()
                        problem=sent.problem(fields::EMAIL).map(str::to_owned)
                    />
                    <PasswordField problem=sent.problem(fields::PASSWORD).map(str::to_owned)/>
                    <button type="submit" class=MAIN_CLASS>"Sign in"</button>
                </form>
            </div>
        </Frame>
    }
}

/// The password is never sent back; it must be entered again.
#[component]
fn PasswordField(problem: Option<String>) -> impl IntoView {
    let invalid = problem.is_some().then_some("true");
    let described = problem.is_some().then(|| format!("{}-problem", fields::PASSWORD));
    view! {
        <div class="flex flex-col gap-1">
            <label for=fields::PASSWORD class="font-medium">"Password"</label>
            <FieldProblem field=fields::PASSWORD.to_owned() message=problem/>
            <input
                class="w-full"
                id=fields::PASSWORD
                name=fields::PASSWORD
                type="password"
                autocomplete="current-password"
                required=true
                aria-invalid=invalid
                aria-describedby=described
            />
        </div>
    }
}

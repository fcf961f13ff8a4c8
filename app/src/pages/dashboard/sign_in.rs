//! The sign-in page of staff.

use crate::{
    components::{
        button::{LINK_CLASS, MAIN_CLASS, QUIET_CLASS},
        field::TextField,
        layout::Frame,
        password_field::PasswordField,
        problem::ProblemSummary,
    },
    forms::{fields, routes},
    pages::{
        passkeys::{PasskeyButton, PasskeySupport},
        set_status,
        title::PageTitle,
    },
    services::{passkey_site, submission, viewer},
};
use leptos::prelude::*;
use leptos_meta::Meta;
use leptos_router::hooks::use_query_map;

/// The sign-in form, and a button for a passkey.
#[component]
pub fn SignInPage() -> impl IntoView {
    let (sent, at) = (submission(), viewer().screen);
    if let Some(error) = &sent.error {
        set_status(error);
    }
    let prefix = if sent.error.is_some() { "Problem: " } else { "" };
    let asked = use_query_map().read_untracked().get(fields::NEXT);
    let next = sent.value(fields::NEXT).or(asked.as_deref()).unwrap_or_default();
    let next = routes::own_or(next, routes::DASHBOARD).to_owned();
    let with_passkey = passkey_site().map(|_| {
        let next = next.clone();
        view! {
            <form method="post" action=routes::SIGN_IN_PASSKEY class="flex flex-col gap-4">
                <input type="hidden" name=fields::NEXT value=next/>
                <PasskeyButton
                    purposes=fields::PASSKEY_SIGN_IN
                    challenges=routes::PASSKEYS
                    label="Sign in with a passkey"
                    class=QUIET_CLASS
                />
            </form>
            <PasskeySupport/>
        }
    });
    view! {
        <PageTitle text=format!("{prefix}Sign in · Toast")/>
        <Meta name="robots" content="noindex"/>
        <Frame>
            <div class="mx-auto flex max-w-sm flex-col gap-6 py-8">
                <div>
                    <h1 class="text-2xl font-bold">"Sign in"</h1>
                    <p class="mt-1 text-muted">"For restaurants: your orders and your menu."</p>
                </div>
                {at.map(|at| {
                    let board = routes::board(&at.place.slug);
                    view! {
                        <p class="rounded-card border border-line bg-card p-4">
                            "This device is the shared screen " <bdi class="font-semibold">{at.name}</bdi> ". "
                            <a href=board class="underline">"To its orders"</a>
                        </p>
                    }
                })}
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
                    <PasswordField
                        name=fields::PASSWORD
                        label="Password"
                        problem=sent.problem(fields::PASSWORD).map(str::to_owned)
                    />
                    <button type="submit" class=MAIN_CLASS>"Sign in"</button>
                </form>
                {with_passkey}
                <div class="flex flex-wrap justify-between gap-x-6">
                    <a href=routes::FORGOT class=LINK_CLASS>"Forgot your password?"</a>
                    <a href=routes::REGISTER class=LINK_CLASS>"Open an account"</a>
                </div>
            </div>
        </Frame>
    }
}

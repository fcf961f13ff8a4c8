//! The page that asks for a link to choose a new password.

use crate::{
    components::{
        button::{LINK_CLASS, MAIN_CLASS},
        field::TextField,
    },
    forms::{fields, routes},
    pages::account::FormPage,
    services::submission,
};
use leptos::prelude::*;

/// The address of the account.
#[component]
pub fn ForgotPage() -> impl IntoView {
    let sent = submission();
    view! {
        <FormPage
            heading="Choose a new password"
            lead="Enter the address of your account. We send a link there.".into_any()
            sent=sent.clone()
        >
            <form method="post" action=routes::FORGOT novalidate class="flex flex-col gap-4">
                <TextField
                    name=fields::EMAIL
                    label="E-mail"
                    kind="email"
                    autocomplete="username"
                    required=true
                    value=sent.value(fields::EMAIL).unwrap_or_default()
                    problem=sent.problem(fields::EMAIL).map(str::to_owned)
                />
                <button type="submit" class=MAIN_CLASS>"Send the link"</button>
            </form>
            <p>
                "You know it again? " <a href=routes::SIGN_IN class=LINK_CLASS>"Sign in"</a>
            </p>
        </FormPage>
    }
}

//! The page that opens an account.

use crate::{
    components::{
        button::{LINK_CLASS, MAIN_CLASS, QUIET_CLASS},
        field::TextField,
        password_field::PasswordField,
    },
    forms::{fields, routes},
    pages::{
        account::{FormPage, PASSWORD_HINT},
        passkeys::{PasskeyButton, PasskeySupport},
    },
    services::submission,
};
use leptos::prelude::*;

/// Name, address, and a password or a passkey.
#[component]
pub fn RegisterPage() -> impl IntoView {
    let sent = submission();
    let entered = |field| (sent.value(field).unwrap_or_default().to_owned(), sent.problem(field).map(str::to_owned));
    let (name, email, password) = (entered(fields::NAME), entered(fields::EMAIL), entered(fields::PASSWORD));
    view! {
        <FormPage
            heading="Open an account"
            lead="For people who run a restaurant or work in one. Guests order without an account.".into_any()
            sent=sent.clone()
        >
            <form method="post" action=routes::REGISTER novalidate class="flex flex-col gap-4">
                <TextField
                    name=fields::NAME
                    label="Your name"
                    autocomplete="name"
                    required=true
                    value=name.0
                    problem=name.1
                />
                <TextField
                    name=fields::EMAIL
                    label="E-mail"
                    hint="We send a link there to confirm it."
                    kind="email"
                    autocomplete="username"
                    required=true
                    value=email.0
                    problem=email.1
                />
                <PasswordField
                    name=fields::PASSWORD
                    label="Password"
                    hint=PASSWORD_HINT
                    autocomplete="new-password"
                    problem=password.1
                />
                <button type="submit" class=MAIN_CLASS>"Open an account"</button>
                <PasskeyButton
                    purposes=fields::PASSKEY_REGISTER
                    challenges=routes::PASSKEYS
                    label="Use a passkey instead of a password"
                    class=QUIET_CLASS
                />
            </form>
            <PasskeySupport/>
            <p>
                "You have an account? " <a href=routes::SIGN_IN class=LINK_CLASS>"Sign in"</a>
            </p>
        </FormPage>
    }
}

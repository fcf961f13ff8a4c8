//! Forms of the account page.

use crate::{
    components::{button::PRIMARY_CLASS, field::TextField, password_field::PasswordField},
    forms::{fields, routes},
    pages::account::{
        PASSWORD_HINT,
        proof::{ConfirmButtons, CurrentPassword, Proofs},
    },
    services::Submission,
};
use leptos::prelude::*;

/// A section of the account page with one form.
#[component]
fn Section(heading: &'static str, action: &'static str, children: Children) -> impl IntoView {
    view! {
        <section class="rounded-card border border-line bg-card p-4">
            <h2 class="mb-3 text-lg font-semibold">{heading}</h2>
            <form method="post" action=routes::ACCOUNT novalidate class="flex flex-col gap-4">
                <input type="hidden" name=fields::ACTION value=action/>
                {children()}
            </form>
        </section>
    }
}

/// Whether a form is the one that was rejected.
fn of(sent: &Submission, action: &str) -> Submission {
    if sent.has(fields::ACTION, action) { sent.clone() } else { Submission::default() }
}

/// The name that colleagues see.
#[component]
pub fn NameForm(name: String, sent: Submission) -> impl IntoView {
    let sent = of(&sent, fields::ACCOUNT_NAME);
    view! {
        <Section heading="Name" action=fields::ACCOUNT_NAME>
            <TextField
                name=fields::NAME
                label="Your name"
                hint="As your colleagues know you."
                autocomplete="name"
                required=true
                value=sent.value(fields::NAME).unwrap_or(&name).to_owned()
                problem=sent.problem(fields::NAME).map(str::to_owned)
            />
            <div>
                <button type="submit" class=PRIMARY_CLASS>"Save the name"</button>
            </div>
        </Section>
    }
}

/// A new address.
#[component]
pub fn EmailForm(proofs: Proofs, sent: Submission) -> impl IntoView {
    let sent = of(&sent, fields::ACCOUNT_EMAIL);
    view! {
        <Section heading="E-mail" action=fields::ACCOUNT_EMAIL>
            <TextField
                name=fields::EMAIL
                label="New address"
                hint="We send a link there. Until you follow it, the address stays as it is."
                kind="email"
                autocomplete="email"
                required=true
                value=sent.value(fields::EMAIL).unwrap_or_default()
                problem=sent.problem(fields::EMAIL).map(str::to_owned)
            />
            <CurrentPassword
                proofs=proofs
                name=fields::EMAIL_PASSWORD
                problem=sent.problem(fields::EMAIL_PASSWORD).map(str::to_owned)
            />
            <ConfirmButtons proofs=proofs save="Change the address" with_passkey="Change it with a passkey"/>
        </Section>
    }
}

/// A new password.
#[component]
pub fn PasswordForm(proofs: Proofs, sent: Submission) -> impl IntoView {
    let sent = of(&sent, fields::ACCOUNT_PASSWORD);
    view! {
        <Section heading="Password" action=fields::ACCOUNT_PASSWORD>
            {(!proofs.password)
                .then(|| {
                    view! { <p class="text-muted">"You have none. With one you can sign in without a passkey as well."</p> }
                })}
            <CurrentPassword
                proofs=proofs
                name=fields::CURRENT_PASSWORD
                label="Current password"
                problem=sent.problem(fields::CURRENT_PASSWORD).map(str::to_owned)
            />
            <PasswordField
                name=fields::PASSWORD
                label="New password"
                hint=PASSWORD_HINT
                autocomplete="new-password"
                problem=sent.problem(fields::PASSWORD).map(str::to_owned)
            />
            <ConfirmButtons
                proofs=proofs
                save="Change the password"
                with_passkey=if proofs.password { "Change it with a passkey" } else { "Set the password with a passkey" }
            />
        </Section>
    }
}

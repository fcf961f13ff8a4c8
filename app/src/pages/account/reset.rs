//! The page of the link that sets a new password.

use crate::{
    components::{button::MAIN_CLASS, password_field::PasswordField},
    forms::{fields, routes},
    pages::account::{FormPage, PASSWORD_HINT, link},
    services::LinkPurpose,
};
use leptos::prelude::*;

/// A new password.
#[component]
pub fn ResetPage() -> impl IntoView {
    link::page(LinkPurpose::Reset, |link, token, sent| {
        let problem = sent.problem(fields::PASSWORD).map(str::to_owned);
        let lead =
            view! { "For the account of " <bdi>{link.email.clone()}</bdi> ". All other devices are signed out." };
        view! {
            <FormPage heading="Choose a new password" lead=lead.into_any() sent=sent>
                <form method="post" action=routes::reset(&token) novalidate class="flex flex-col gap-4">
                    // For password managers.
                    <input type="hidden" name=fields::EMAIL value=link.email autocomplete="username"/>
                    <PasswordField
                        name=fields::PASSWORD
                        label="New password"
                        hint=PASSWORD_HINT
                        autocomplete="new-password"
                        problem=problem
                    />
                    <button type="submit" class=MAIN_CLASS>"Save and sign in"</button>
                </form>
            </FormPage>
        }
    })
}

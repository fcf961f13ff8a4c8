//! Pages of the links that confirm an address. A button does it: programs that check mails follow links.

use crate::{
    components::{button::MAIN_CLASS, password_field::PasswordField},
    forms::{fields, routes},
    pages::{
        account::{FormPage, link},
        passkeys::{PasskeyButton, PasskeySupport},
    },
    services::{Asks, LinkPurpose},
};
use leptos::prelude::*;

/// Confirms a registration.
#[component]
pub fn ConfirmPage() -> impl IntoView {
    link::page(LinkPurpose::Register, |link, token, sent| {
        let problem = sent.problem(fields::PASSWORD).map(str::to_owned);
        let lead = view! { "Your account, " <bdi>{link.name}</bdi> ", will belong to " <bdi>{link.email}</bdi> "." };
        view! {
            <FormPage heading="Confirm your address" lead=lead.into_any() sent=sent>
                <form method="post" action=routes::confirm(&token) novalidate class="flex flex-col gap-4">
                    {match link.asks {
                        Asks::Nothing => confirm_button().into_any(),
                        Asks::Password => {
                            view! {
                                <PasswordField
                                    name=fields::PASSWORD
                                    label="Password"
                                    hint="The one that you chose when you opened the account: this is another browser."
                                    problem=problem
                                />
                                {confirm_button()}
                            }
                                .into_any()
                        }
                        Asks::Passkey => view! { <WithPasskey token=token.clone()/> }.into_any(),
                    }}
                </form>
                {(link.asks == Asks::Passkey).then(|| view! { <PasskeySupport/> })}
            </FormPage>
        }
    })
}

fn confirm_button() -> impl IntoView {
    view! { <button type="submit" class=MAIN_CLASS>"Confirm and sign in"</button> }
}

#[component]
fn WithPasskey(token: String) -> impl IntoView {
    view! {
        <p>
            "You chose a passkey when you opened the account in another browser. Open the link there, or use the passkey here."
        </p>
        <input type="hidden" name=fields::TOKEN value=token/>
        <PasskeyButton
            purposes=fields::PASSKEY_CONFIRM
            challenges=routes::PASSKEYS
            label="Confirm with the passkey"
            class=MAIN_CLASS
        />
    }
}

/// Confirms a new address of an account.
#[component]
pub fn ConfirmEmailPage() -> impl IntoView {
    link::page(LinkPurpose::ChangeEmail, |link, token, sent| {
        let lead = view! { "From now on you sign in with " <bdi>{link.email}</bdi> "." };
        view! {
            <FormPage heading="Confirm your new address" lead=lead.into_any() sent=sent>
                <form method="post" action=routes::confirm_email(&token)>
                    <button type="submit" class=MAIN_CLASS>"Confirm the address"</button>
                </form>
            </FormPage>
        }
    })
}

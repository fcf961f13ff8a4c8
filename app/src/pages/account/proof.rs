//! Fields and buttons that confirm a change of an account: by the current password, or by a passkey.

use crate::{
    components::{
        button::{LINK_CLASS, PRIMARY_CLASS, QUIET_CLASS},
        password_field::PasswordField,
    },
    forms::{fields, routes},
    pages::passkeys::PasskeyButton,
    services::{AccountView, passkey_site},
};
use leptos::prelude::*;

/// Ways in which a person can confirm a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Proofs {
    pub password: bool,
    pub passkey: bool,
}

impl Proofs {
    pub fn of(account: &AccountView) -> Self {
        Self { password: account.has_password, passkey: !account.passkeys.is_empty() && passkey_site().is_some() }
    }
}

/// The field of the current password, for a person who has one.
#[component]
pub fn CurrentPassword(
    proofs: Proofs,
    name: &'static str,
    #[prop(default = "Your password")] label: &'static str,
    #[prop(optional_no_strip)] problem: Option<String>,
) -> impl IntoView {
    proofs.password.then(|| view! { <PasswordField name=name label=label problem=problem/> })
}

/// The buttons of a form that is confirmed.
#[component]
pub fn ConfirmButtons(
    proofs: Proofs,
    /// Words on the button that sends the password.
    save: &'static str,
    /// Words on the button that uses a passkey.
    with_passkey: &'static str,
) -> impl IntoView {
    let look = if proofs.password { QUIET_CLASS } else { PRIMARY_CLASS };
    view! {
        <div class="flex flex-wrap items-center gap-3">
            {proofs.password.then(|| view! { <button type="submit" class=PRIMARY_CLASS>{save}</button> })}
            {proofs
                .passkey
                .then(|| {
                    view! {
                        <PasskeyButton
                            purposes=fields::PASSKEY_PROOF
                            challenges=routes::ACCOUNT_PASSKEYS
                            label=with_passkey
                            class={look}
                        />
                    }
                })}
        </div>
        {(!proofs.password && !proofs.passkey)
            .then(|| {
                view! {
                    <p class="text-muted">
                        "Your passkeys cannot be used at this address. "
                        <a href=routes::FORGOT class=LINK_CLASS>"Choose a password"</a>
                        " by mail to change this."
                    </p>
                }
            })}
    }
}

//! The passkeys of the signed-in person: their list, and the form that adds one.

use crate::{
    components::{
        button::{LINK_CLASS, PRIMARY_CLASS, QUIET_CLASS},
        field::TextField,
    },
    forms::{fields, routes},
    pages::{
        account::proof::{CurrentPassword, Proofs},
        passkeys::PasskeyButton,
    },
    services::{PasskeyView, Submission, passkey_site},
};
use leptos::prelude::*;

/// Purposes of challenges: a passkey that the person has, then the new one.
const PROOF_AND_ADD: &str = "proof add";

/// The list with the form; nothing for a person without passkeys where the site has none.
#[component]
pub fn Passkeys(passkeys: Vec<PasskeyView>, proofs: Proofs, sent: Submission) -> impl IntoView {
    let is_shown = !passkeys.is_empty() || passkey_site().is_some();
    let entries = passkeys.into_iter().map(|passkey| view! { <Entry passkey=passkey/> }).collect::<Vec<_>>();
    let list = (!entries.is_empty()).then(|| view! { <ul class="mb-4 flex flex-col gap-3">{entries}</ul> });
    is_shown.then(|| {
        view! {
            <section class="rounded-card border border-line bg-card p-4">
                <h2 class="mb-1 text-lg font-semibold">"Passkeys"</h2>
                <p class="mb-3 text-muted">
                    "A passkey signs you in with your fingerprint, your face or the PIN of your device. No one can guess it."
                </p>
                {list}
                {passkey_site().map(|_| view! { <AddForm proofs=proofs sent=sent/> })}
            </section>
        }
    })
}

#[component]
fn Entry(passkey: PasskeyView) -> impl IntoView {
    let PasskeyView { id, name, created, used } = passkey;
    view! {
        <li class="flex flex-wrap items-center justify-between gap-3 border-t border-line pt-3">
            <p class="min-w-0 break-words">
                <bdi class="font-medium">{name.clone()}</bdi>
                <span class="text-muted">", added " {created} ", " {last_use(used)}</span>
            </p>
            <a href=routes::passkey(&id) class=LINK_CLASS>
                "Rename or remove" <span class="sr-only">{format!(" {name}")}</span>
            </a>
        </li>
    }
}

/// In words, after a comma.
pub fn last_use(used: Option<String>) -> String {
    used.map_or_else(|| "not used yet".to_owned(), |used| format!("last used {used}"))
}

#[component]
fn AddForm(proofs: Proofs, sent: Submission) -> impl IntoView {
    let look = if proofs.password { QUIET_CLASS } else { PRIMARY_CLASS };
    view! {
        <form method="post" action=routes::ACCOUNT novalidate class="flex flex-col gap-4">
            <input type="hidden" name=fields::ACTION value=fields::ACCOUNT_ADD_PASSKEY/>
            <TextField
                name=fields::PASSKEY_NAME
                label="Name of a new passkey"
                hint="Such as the device it is on. All other devices are signed out when it is added."
                value=sent.value(fields::PASSKEY_NAME).unwrap_or_default()
                problem=sent.problem(fields::PASSKEY_NAME).map(str::to_owned)
            />
            <CurrentPassword
                proofs=proofs
                name=fields::PASSKEY_PASSWORD
                problem=sent.problem(fields::PASSKEY_PASSWORD).map(str::to_owned)
            />
            <div class="flex flex-wrap items-center gap-3">
                {proofs
                    .password
                    .then(|| {
                        view! {
                            <PasskeyButton
                                purposes=fields::PASSKEY_ADD
                                challenges=routes::ACCOUNT_PASSKEYS
                                label="Add a passkey"
                                class=PRIMARY_CLASS
                            />
                        }
                    })}
                {proofs
                    .passkey
                    .then(|| {
                        view! {
                            <PasskeyButton
                                purposes=PROOF_AND_ADD
                                challenges=routes::ACCOUNT_PASSKEYS
                                label="Add one with a passkey you have"
                                class={look}
                            />
                        }
                    })}
            </div>
        </form>
    }
}

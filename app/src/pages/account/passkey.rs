//! One passkey of the signed-in person: its name, and its removal.

use crate::{
    components::{
        button::{PRIMARY_CLASS, QUIET_CLASS},
        field::TextField,
        layout::Frame,
        problem::ProblemSummary,
    },
    domain::error::AppError,
    forms::{fields, routes},
    pages::{
        account::{
            passkeys::last_use,
            proof::{ConfirmButtons, CurrentPassword, Proofs},
        },
        dashboard::or_sign_in,
        param,
        passkeys::PasskeySupport,
        set_status,
        title::PageTitle,
    },
    services::{PasskeyView, Submission, services, staff, submission, viewer},
};
use leptos::prelude::*;
use leptos_meta::Meta;

/// Renames and removes a passkey.
#[component]
pub fn PasskeyPage() -> impl IntoView {
    let asked = staff().and_then(|staff| Ok((staff, services()?)));
    let (session, sent, id) = (viewer().secrets.session.unwrap_or_default(), submission(), param("passkey"));
    Suspend::new(async move {
        let found = async {
            let (staff, services) = asked?;
            let account = services.accounts.account(&staff, &session).await?;
            let (proofs, is_last_way) = (Proofs::of(&account), !account.has_password && account.passkeys.len() == 1);
            let passkey = account.passkeys.into_iter().find(|passkey| passkey.id == id);
            Ok((passkey.ok_or_else(|| AppError::not_found("passkey"))?, proofs, is_last_way))
        };
        let page = found.await.map(|(passkey, proofs, is_last_way)| {
            view! { <Passkey passkey=passkey proofs=proofs is_last_way=is_last_way sent=sent/> }
        });
        or_sign_in(page, routes::ACCOUNT)
    })
}

#[component]
fn Passkey(passkey: PasskeyView, proofs: Proofs, is_last_way: bool, sent: Submission) -> impl IntoView {
    let PasskeyView { id, name, created, used } = passkey;
    if let Some(error) = &sent.error {
        set_status(error);
    }
    let prefix = if sent.error.is_some() { "Problem: " } else { "" };
    view! {
        <PageTitle text=format!("{prefix}Passkey {name} · Toast")/>
        <Meta name="robots" content="noindex"/>
        <Frame>
            <div class="mx-auto flex max-w-text flex-col gap-6 py-4">
                <div class="flex flex-wrap items-center justify-between gap-3">
                    <div class="min-w-0">
                        <h1 class="text-2xl font-bold break-words">"Passkey " <bdi>{name.clone()}</bdi></h1>
                        <p class="text-muted">"Added " {created} ", " {last_use(used)} "."</p>
                    </div>
                    <a href=routes::ACCOUNT class=QUIET_CLASS>"Your account"</a>
                </div>
                {sent.error.clone().map(|error| view! { <ProblemSummary error=error/> })}
                <section class="rounded-card border border-line bg-card p-4">
                    <h2 class="mb-3 text-lg font-semibold">"Name"</h2>
                    <form method="post" action=routes::passkey(&id) novalidate class="flex flex-col gap-4">
                        <input type="hidden" name=fields::ACTION value=fields::ACCOUNT_RENAME_PASSKEY/>
                        <TextField
                            name=fields::PASSKEY_NAME
                            label="Name of the passkey"
                            required=true
                            value=sent.value(fields::PASSKEY_NAME).unwrap_or(&name).to_owned()
                            problem=sent.problem(fields::PASSKEY_NAME).map(str::to_owned)
                        />
                        <div>
                            <button type="submit" class=PRIMARY_CLASS>"Save the name"</button>
                        </div>
                    </form>
                </section>
                <section class="rounded-card border border-line bg-card p-4">
                    <h2 class="mb-3 text-lg font-semibold">"Remove"</h2>
                    {if is_last_way {
                        view! { <p>{LAST_WAY}</p> }.into_any()
                    } else {
                        view! { <RemovalForm id=id proofs=proofs sent=sent/> }.into_any()
                    }}
                </section>
                <PasskeySupport/>
            </div>
        </Frame>
    }
}

const LAST_WAY: &str = "This passkey is your only way to sign in, so it cannot be removed. Choose a password or add another \
                        passkey first.";

#[component]
fn RemovalForm(id: String, proofs: Proofs, sent: Submission) -> impl IntoView {
    view! {
        <form method="post" action=routes::passkey(&id) novalidate class="flex flex-col gap-4">
            <input type="hidden" name=fields::ACTION value=fields::ACCOUNT_REMOVE_PASSKEY/>
            <p class="text-muted">
                "It does not sign you in any more, and all other devices are signed out. Your device may still offer it until you delete it there."
            </p>
            <CurrentPassword
                proofs=proofs
                name=fields::PASSKEY_PASSWORD
                problem=sent.problem(fields::PASSKEY_PASSWORD).map(str::to_owned)
            />
            <ConfirmButtons
                proofs=proofs
                save="Remove the passkey"
                with_passkey=if proofs.password { "Remove it with a passkey" } else { "Confirm with a passkey and remove it" }
            />
        </form>
    }
}

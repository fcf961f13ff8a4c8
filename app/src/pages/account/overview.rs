//! The account of the signed-in person.

use crate::{
    components::{button::QUIET_CLASS, layout::Frame, problem::ProblemSummary},
    forms::{fields, routes},
    pages::{
        account::{
            forms::{EmailForm, NameForm, PasswordForm},
            passkeys::Passkeys,
            proof::Proofs,
            sessions::Sessions,
        },
        dashboard::{SignOut, or_sign_in},
        passkeys::PasskeySupport,
        set_status,
        title::PageTitle,
    },
    services::{AccountView, Submission, services, staff, submission, viewer},
};
use leptos::prelude::*;
use leptos_meta::Meta;
use leptos_router::hooks::use_query_map;

/// Name, address, password, passkeys and sessions.
#[component]
pub fn AccountPage() -> impl IntoView {
    let asked = staff().and_then(|staff| Ok((staff, services()?)));
    let (session, sent) = (viewer().secrets.session.unwrap_or_default(), submission());
    let done = use_query_map().read_untracked().get(fields::DONE);
    Suspend::new(async move {
        let account = async {
            let (staff, services) = asked?;
            services.accounts.account(&staff, &session).await
        };
        let account = account.await;
        or_sign_in(account.map(|account| view! { <Account account=account sent=sent done=done/> }), routes::ACCOUNT)
    })
}

#[component]
fn Account(account: AccountView, sent: Submission, done: Option<String>) -> impl IntoView {
    if let Some(error) = &sent.error {
        set_status(error);
    }
    let proofs = Proofs::of(&account);
    let prefix = if sent.error.is_some() { "Problem: " } else { "" };
    let done = done.as_deref().filter(|_| sent.error.is_none()).and_then(in_words);
    view! {
        <PageTitle text=format!("{prefix}Your account · Toast")/>
        <Meta name="robots" content="noindex"/>
        <Frame>
            <div class="mx-auto flex max-w-text flex-col gap-6 py-4">
                <div class="flex flex-wrap items-center justify-between gap-3">
                    <div>
                        <h1 class="text-2xl font-bold">"Your account"</h1>
                        <p class="break-words text-muted">"You sign in with " <bdi>{account.email}</bdi></p>
                    </div>
                    <div class="flex flex-wrap items-center gap-3">
                        <a href=routes::DASHBOARD class=QUIET_CLASS>"Your restaurants"</a>
                        <SignOut/>
                    </div>
                </div>
                {done
                    .map(|words| {
                        view! {
                            <p role="status" class="rounded-card border border-basil bg-card p-4 font-medium text-basil">
                                {words}
                            </p>
                        }
                    })}
                {sent.error.clone().map(|error| view! { <ProblemSummary error=error/> })}
                <NameForm name=account.name sent=sent.clone()/>
                <EmailForm proofs=proofs sent=sent.clone()/>
                <PasswordForm proofs=proofs sent=sent.clone()/>
                <Passkeys passkeys=account.passkeys proofs=proofs sent=sent/>
                <PasskeySupport/>
                <Sessions sessions=account.sessions/>
            </div>
        </Frame>
    }
}

/// The result of an action.
fn in_words(done: &str) -> Option<&'static str> {
    match done {
        fields::ACCOUNT_NAME => Some("Your name is saved."),
        fields::ACCOUNT_EMAIL => Some("We sent a mail to the new address. It counts when you follow the link in it."),
        "email_confirmed" => Some("You sign in with your new address now."),
        fields::ACCOUNT_PASSWORD => Some("Your password is changed. All other devices are signed out."),
        fields::ACCOUNT_ADD_PASSKEY => Some("Your passkey is added. All other devices are signed out."),
        fields::ACCOUNT_RENAME_PASSKEY => Some("The name of the passkey is saved."),
        fields::ACCOUNT_REMOVE_PASSKEY => Some("The passkey is removed. All other devices are signed out."),
        fields::ACCOUNT_END_SESSION => Some("That device is signed out."),
        fields::ACCOUNT_END_OTHERS => Some("All other devices are signed out."),
        _ => None,
    }
}

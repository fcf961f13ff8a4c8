//! Pages about a person's account: registration, links of mails, password, passkeys, sessions.

mod confirm;
mod forgot;
mod forms;
mod link;
mod overview;
mod passkey;
mod passkeys;
mod proof;
mod register;
mod reset;
mod sent;
mod sessions;

pub use confirm::{ConfirmEmailPage, ConfirmPage};
pub use forgot::ForgotPage;
pub use overview::AccountPage;
pub use passkey::PasskeyPage;
pub use register::RegisterPage;
pub use reset::ResetPage;
pub use sent::MailSentPage;

use crate::{
    components::{layout::Frame, problem::ProblemSummary},
    pages::{set_status, title::PageTitle},
    services::Submission,
};
use leptos::prelude::*;
use leptos_meta::Meta;

/// Of new passwords.
const PASSWORD_HINT: &str = "At least 10 characters. Several words are easy to remember.";

/// A page with one form; above it, why the form was rejected.
#[component]
fn FormPage(
    heading: &'static str,
    /// A sentence below the heading.
    lead: AnyView,
    sent: Submission,
    children: Children,
) -> impl IntoView {
    let prefix = if sent.error.is_some() { "Problem: " } else { "" };
    if let Some(error) = &sent.error {
        set_status(error);
    }
    view! {
        <PageTitle text=format!("{prefix}{heading} · Toast")/>
        <Meta name="robots" content="noindex"/>
        <Frame>
            <div class="mx-auto flex max-w-sm flex-col gap-6 py-8">
                <div>
                    <h1 class="text-2xl font-bold">{heading}</h1>
                    <p class="mt-1 text-muted">{lead}</p>
                </div>
                {sent.error.map(|error| view! { <ProblemSummary error=error/> })}
                {children()}
            </div>
        </Frame>
    }
}

//! Links of mails: read for their page, or a page that says why one does not work and how to go on.

use crate::{
    components::{
        button::{PRIMARY_CLASS, QUIET_CLASS},
        layout::Frame,
    },
    domain::error::AppError,
    forms::routes,
    pages::{ErrorPage, param, set_status, title::PageTitle},
    services::{LinkPurpose, LinkView, Submission, services, submission, viewer},
};
use leptos::prelude::*;
use leptos_meta::Meta;

/// The page of a link that works, or the page of one that does not.
pub fn page<V: IntoView + 'static>(
    purpose: LinkPurpose,
    form: impl FnOnce(LinkView, String, Submission) -> V + Send + 'static,
) -> impl IntoView {
    let (token, sent, services) = (param("token"), submission(), services());
    let registration = viewer().secrets.registration;
    Suspend::new(async move {
        let link = async { services?.accounts.link(purpose, &token, registration.as_deref()).await };
        match link.await {
            Ok(link) => form(link, token, sent).into_any(),
            Err(error @ (AppError::Conflict { .. } | AppError::NotFound { .. })) => {
                // The rejected form knows more than the link, which is used by now.
                let known = sent.error.filter(|error| matches!(error, AppError::Conflict { .. }));
                view! { <DeadLink purpose=purpose error=known.unwrap_or(error)/> }.into_any()
            }
            Err(error) => view! { <ErrorPage error=error/> }.into_any(),
        }
    })
}

/// Why a link does not work, and the way on.
#[component]
fn DeadLink(purpose: LinkPurpose, error: AppError) -> impl IntoView {
    set_status(&error);
    let sentence = match error {
        AppError::NotFound { .. } => {
            "The link is not complete, or it belongs to another page. Open it from the mail, or copy it as a whole."
                .to_owned()
        }
        error => error.to_string(),
    };
    let (again, words) = match purpose {
        LinkPurpose::Register => (routes::REGISTER, "Start again"),
        LinkPurpose::Reset => (routes::FORGOT, "Ask for a new link"),
        LinkPurpose::ChangeEmail => (routes::ACCOUNT, "Your account"),
    };
    view! {
        <PageTitle text="This link does not work · Toast"/>
        <Meta name="robots" content="noindex"/>
        <Frame>
            <div class="mx-auto flex max-w-sm flex-col items-start gap-4 py-8">
                <h1 class="text-2xl font-bold">"This link does not work"</h1>
                <p>{sentence}</p>
                <div class="flex flex-wrap gap-3">
                    <a href=again class=PRIMARY_CLASS>{words}</a>
                    <a href=routes::SIGN_IN class=QUIET_CLASS>"Sign in"</a>
                </div>
            </div>
        </Frame>
    }
}

//! The page after a mail was sent; the same whether the address is known or not.

use crate::{
    components::{button::QUIET_CLASS, layout::Frame},
    forms::routes,
    pages::title::PageTitle,
    services::viewer,
};
use leptos::prelude::*;
use leptos_meta::Meta;

/// Says where to look for the mail.
#[component]
pub fn MailSentPage() -> impl IntoView {
    let address = viewer().secrets.mailed_to.unwrap_or_else(|| "the address you entered".to_owned());
    view! {
        <PageTitle text="We sent a mail · Toast"/>
        <Meta name="robots" content="noindex"/>
        <Frame>
            <div class="mx-auto flex max-w-sm flex-col items-start gap-4 py-8">
                <h1 class="text-2xl font-bold">"Look into your mail"</h1>
                <p class="max-w-full break-words">"We sent a mail to " <bdi>{address}</bdi> ". Open it and follow its link."</p>
                <p class="text-muted">
                    "It can take a minute. If it does not arrive, look into the folder for spam, and check the address."
                </p>
                <div class="flex flex-wrap gap-3">
                    <a href=routes::SIGN_IN class=QUIET_CLASS>"Sign in"</a>
                    <a href=routes::REGISTER class=QUIET_CLASS>"Use another address"</a>
                </div>
            </div>
        </Frame>
    }
}

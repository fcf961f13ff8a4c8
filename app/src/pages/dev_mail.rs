//! Mails that a server of development keeps instead of sending them.

use crate::{
    components::layout::Frame,
    pages::{or_error_page, title::PageTitle},
    services::{KeptMail, services},
};
use leptos::prelude::*;
use leptos_meta::Meta;

/// Newest first, with their links.
#[component]
pub fn DevMailPage() -> impl IntoView {
    let services = services();
    Suspend::new(async move {
        let mails = async { services?.mails.kept().await };
        or_error_page(mails.await.map(|mails| view! { <Kept mails=mails/> }))
    })
}

#[component]
fn Kept(mails: Vec<KeptMail>) -> impl IntoView {
    let none = mails.is_empty();
    view! {
        <PageTitle text="Mail · Toast"/>
        <Meta name="robots" content="noindex"/>
        <Frame>
            <div class="mx-auto flex max-w-text flex-col gap-4 py-6">
                <div>
                    <h1 class="text-2xl font-bold">"Mail"</h1>
                    <p class="text-muted">
                        "This server is for development: it keeps its mail here instead of sending it. The newest is first."
                    </p>
                </div>
                {none
                    .then(|| {
                        view! {
                            <p class="rounded-card border border-dashed border-edge p-4 text-muted">
                                "No mail yet. Register, or invite a person, and reload this page."
                            </p>
                        }
                    })}
                {mails.into_iter().map(|mail| view! { <Entry mail=mail/> }).collect_view()}
            </div>
        </Frame>
    }
}

#[component]
fn Entry(mail: KeptMail) -> impl IntoView {
    let paragraphs: Vec<_> = mail.text.split("\n\n").map(str::to_owned).collect();
    view! {
        <article class="flex flex-col gap-3 rounded-card border border-line bg-card p-4">
            <div>
                <h2 class="text-lg font-semibold"><bdi>{mail.subject}</bdi></h2>
                <p class="text-sm break-words text-muted">"To " <bdi>{mail.to}</bdi></p>
            </div>
            {paragraphs.into_iter().map(|words| view! { <p class="break-words">{lines(&words)}</p> }).collect_view()}
        </article>
    }
}

fn lines(words: &str) -> impl IntoView + use<> {
    let line = |(number, line): (usize, &str)| {
        let is_link = line.starts_with("https://") || line.starts_with("http://");
        let shown = if is_link {
            view! {
                <a href=line.to_owned() class="break-words text-brand underline">
                    {line.to_owned()}
                </a>
            }
            .into_any()
        } else {
            line.to_owned().into_any()
        };
        view! { {(number > 0).then(|| view! { <br/> })} {shown} }
    };
    words.lines().enumerate().map(line).collect_view()
}

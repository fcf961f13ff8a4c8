//! The setting of how long data of guests is kept.

use crate::{
    components::{
        button::{LINK_CLASS, PRIMARY_CLASS},
        field::TextField,
    },
    forms::{fields, routes},
    pages::{
        dashboard::{or_sign_in, settings::SettingsFrame, staff_of},
        param,
    },
    services::{Privacy, Submission, services, submission},
};
use leptos::prelude::*;

/// The last part of the page's address.
const PAGE: &str = "privacy";

/// Days after which names, contacts, addresses and notes are removed.
#[component]
pub fn PrivacyPage() -> impl IntoView {
    let slug = param("slug");
    let asked = staff_of(&slug).and_then(|staff| Ok((staff, services()?)));
    let sent = submission();
    Suspend::new(async move {
        let here = routes::settings(&slug, PAGE);
        let stored = async {
            let (staff, services) = asked?;
            services.records.privacy(&staff, &slug).await
        };
        or_sign_in(stored.await.map(|stored| view! { <Setting slug=slug stored=stored sent=sent/> }), &here)
    })
}

#[component]
fn Setting(slug: String, stored: Privacy, sent: Submission) -> impl IntoView {
    let base = sent.value(fields::BASE).map_or(stored.base, ToOwned::to_owned);
    let value = sent.value(fields::DAYS).map_or_else(|| stored.days.to_string(), ToOwned::to_owned);
    let problem = sent.problem(fields::DAYS).map(ToOwned::to_owned);
    let hint = format!("From 7 to 3650. It is {} days now.", stored.days);
    let (action, history) = (routes::settings(&slug, PAGE), routes::history(&slug));
    view! {
        <SettingsFrame slug=slug name=stored.name listing=stored.listing page=PAGE error=sent.error>
            <p>
                "Names, phone numbers, e-mail and delivery addresses of your guests and what they wrote are removed from finished orders after this time, and so are carts that are not touched any more. Dishes, amounts, times and numbers stay."
            </p>
            <form method="post" action=action novalidate class="flex flex-col gap-4">
                <input type="hidden" name=fields::BASE value=base/>
                <TextField
                    name=fields::DAYS
                    label="Days"
                    value=value
                    problem=problem
                    hint=hint
                    inputmode="numeric"
                    required=true
                />
                <div>
                    <button class=PRIMARY_CLASS>"Save"</button>
                </div>
            </form>
            <p class="text-muted">
                "What is older is removed within a day, and cannot be brought back. A longer time applies to what is still stored."
            </p>
            <p>
                <a class=LINK_CLASS href=history>"Past orders"</a>
            </p>
        </SettingsFrame>
    }
}

//! The PIN with which a person says at shared screens of a restaurant who they are.

use crate::{
    components::{
        button::{PRIMARY_CLASS, QUIET_CLASS},
        pin_field::PinField,
        problem::ProblemSummary,
    },
    forms::{fields, routes},
    pages::{
        dashboard::{
            layout::{Screen, StaffFrame},
            or_sign_in,
        },
        param, set_status,
        title::PageTitle,
    },
    services::{PinView, Submission, services, staff, submission},
};
use leptos::prelude::*;
use leptos_meta::Meta;
use leptos_router::hooks::use_query_map;

/// Sets, replaces and removes the PIN of the signed-in person.
#[component]
pub fn PinPage() -> impl IntoView {
    let slug = param("slug");
    let asked = staff().and_then(|staff| Ok((staff, services()?)));
    let (sent, done) = (submission(), use_query_map().read_untracked().get(fields::DONE));
    Suspend::new(async move {
        let page = async {
            let (staff, services) = asked?;
            services.screens.pin(&staff, &slug).await
        };
        or_sign_in(page.await.map(|pin| view! { <Pin pin=pin sent=sent done=done/> }), &routes::pin(&slug))
    })
}

#[component]
fn Pin(pin: PinView, sent: Submission, done: Option<String>) -> impl IntoView {
    if let Some(error) = &sent.error {
        set_status(error);
    }
    let prefix = if sent.error.is_some() { "Problem: " } else { "" };
    let PinView { slug, name, set } = pin;
    let done = done.filter(|_| sent.error.is_none()).and_then(|done| match done.as_str() {
        fields::PIN_SET => Some("Your PIN is saved. Where you worked with the one before, type the new one."),
        fields::PIN_REMOVE => Some("Your PIN is removed."),
        _ => None,
    });
    let removal = set.map(|at| view! { <Removal slug=slug.clone() set=at/> });
    let is_new = removal.is_none();
    let page = routes::pin(&slug);
    view! {
        <PageTitle text=format!("{prefix}Your PIN · {name}")/>
        <Meta name="robots" content="noindex"/>
        <StaffFrame slug=slug name=name screen=Screen::Pin>
            <div class="mx-auto flex max-w-text flex-col gap-6 pt-4">
                {done
                    .map(|words| {
                        view! {
                            <p role="status" class="rounded-card border border-basil bg-card p-4 font-medium text-basil">
                                {words}
                            </p>
                        }
                    })}
                {sent.error.clone().map(|error| view! { <ProblemSummary error=error/> })}
                <section class="flex flex-col gap-3" aria-labelledby="set">
                    <h2 id="set" class="text-xl font-bold">{if is_new { "Set your PIN" } else { "Change your PIN" }}</h2>
                    <p>
                        "With it you say at a shared screen of this restaurant who you are, so that orders and the log of changes name you. It signs you in nowhere else."
                    </p>
                    <form
                        method="post"
                        action=page
                        novalidate
                        class="flex flex-col gap-4 rounded-card border border-line bg-card p-4"
                    >
                        <input type="hidden" name=fields::ACTION value=fields::PIN_SET/>
                        <PinField
                            name=fields::PIN
                            label="New PIN"
                            hint="4 to 8 digits, and none that are guessed first, such as 1234 or a year."
                            problem=sent.problem_at(fields::PIN)
                        />
                        <PinField
                            name=fields::PIN_AGAIN
                            label="The same PIN again"
                            problem=sent.problem_at(fields::PIN_AGAIN)
                        />
                        <div>
                            <button type="submit" class=PRIMARY_CLASS>"Save"</button>
                        </div>
                    </form>
                </section>
                {removal}
            </div>
        </StaffFrame>
    }
}

#[component]
fn Removal(slug: String, set: String) -> impl IntoView {
    view! {
        <form method="post" action=routes::pin(&slug) class="flex flex-wrap items-center justify-between gap-3">
            <input type="hidden" name=fields::ACTION value=fields::PIN_REMOVE/>
            <p>{format!("You have a PIN since {set}.")}</p>
            <button type="submit" class=QUIET_CLASS>"Remove my PIN"</button>
        </form>
    }
}

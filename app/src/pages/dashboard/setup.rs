//! The checklist before opening, with publishing and taking offline.

use crate::{
    components::{
        button::{LINK_CLASS, PRIMARY_CLASS, QUIET_CLASS},
        icon::{self, Icon},
        problem::ProblemSummary,
    },
    domain::{listing::ListingStatus, role::Permission},
    forms::{fields, routes},
    pages::{
        dashboard::{
            layout::{Screen, StaffFrame},
            or_sign_in, staff_of,
        },
        param, set_status,
        title::PageTitle,
    },
    services::{Setup, SetupStep, SetupTopic, Submission, services, submission},
};
use leptos::prelude::*;
use leptos_meta::Meta;

/// The checklist of the restaurant in the address.
#[component]
pub fn SetupPage() -> impl IntoView {
    let slug = param("slug");
    let asked = staff_of(&slug).and_then(|staff| Ok((staff, services()?)));
    let sent = submission();
    Suspend::new(async move {
        let setup = async {
            let (staff, services) = asked?;
            let setup = services.owners.setup(&staff, &slug).await?;
            let may_publish = staff.allowed(&slug, Permission::Publish).is_ok();
            Ok((setup, may_publish))
        };
        let page = setup.await.map(|(setup, may_publish)| {
            view! { <Checklist setup=setup may_publish=may_publish sent=sent/> }
        });
        or_sign_in(page, &routes::setup(&slug))
    })
}

#[component]
fn Checklist(setup: Setup, may_publish: bool, sent: Submission) -> impl IntoView {
    if let Some(error) = &sent.error {
        set_status(error);
    }
    let Setup { slug, name, listing, steps } = setup;
    let missing = steps.iter().filter(|step| step.missing.is_some()).count();
    let rows = steps.into_iter().map(|step| view! { <Step slug=slug.clone() step=step/> }).collect_view();
    let (heading, words) = words(listing, missing);
    view! {
        <PageTitle text=format!("Set-up · {name}")/>
        <Meta name="robots" content="noindex"/>
        <StaffFrame slug=slug.clone() name=name screen=Screen::Setup>
            <div class="mx-auto flex max-w-2xl flex-col gap-6 py-6">
                {sent.error.map(|error| view! { <ProblemSummary error=error/> })}
                <div>
                    <h2 class="text-xl font-bold">{heading}</h2>
                    <p class="mt-1 text-muted">{words}</p>
                </div>
                <ol class="flex flex-col gap-2">{rows}</ol>
                <div class="flex flex-wrap items-center gap-3">
                    {may_publish.then(|| view! { <Publish slug=slug.clone() listing=listing ready=missing == 0/> })}
                    <a class=QUIET_CLASS href=routes::restaurant(&slug)>"See the guests’ page"</a>
                </div>
                {(!may_publish && !listing.is_published())
                    .then(|| view! { <p class="text-muted">"The owner publishes the restaurant."</p> })}
            </div>
        </StaffFrame>
    }
}

/// Heading and sentence above the checklist.
const fn words(listing: ListingStatus, missing: usize) -> (&'static str, &'static str) {
    match (listing, missing) {
        (ListingStatus::Published, 0) => ("Open to guests", "Guests find the restaurant and can order."),
        (ListingStatus::Published, _) => {
            ("Open to guests", "Guests find the restaurant, but some things are missing by now.")
        }
        (ListingStatus::Review, _) => {
            ("Waiting for approval", "The operator of this site looks at the restaurant before guests see it.")
        }
        (ListingStatus::Suspended, _) => {
            ("Suspended", "The operator of this site has suspended the restaurant. Only your team sees it.")
        }
        (ListingStatus::Draft, 0) => {
            ("Ready to open", "Nothing is missing. Guests see the restaurant once you publish it.")
        }
        (ListingStatus::Draft, _) => {
            ("Before you can open", "Only your team sees the restaurant. You can go on here at any time.")
        }
    }
}

#[component]
fn Step(slug: String, step: SetupStep) -> impl IntoView {
    let SetupStep { topic, missing } = step;
    let done = missing.is_none();
    let address = match topic {
        SetupTopic::Contact => routes::settings(&slug, "general"),
        SetupTopic::Hours => routes::settings(&slug, "hours"),
        SetupTopic::Modes => routes::settings(&slug, "service"),
        SetupTopic::Zones => routes::settings(&slug, "delivery"),
        SetupTopic::Tables => routes::settings(&slug, "tables"),
        SetupTopic::Menu => routes::menu_editor(&slug),
    };
    let (mark, state) = if done { (icon::CHECK, "Done") } else { (icon::CLOCK, "Missing") };
    view! {
        <li id=topic.code() class="flex items-start gap-3 rounded-card border border-line bg-card p-4 scroll-mt-4">
            <span class="mt-1" class=("text-basil", done) class=("text-saffron", !done)>
                <Icon path=mark/>
            </span>
            <div class="min-w-0 grow">
                <p class="font-semibold">
                    {topic.label()}
                    <span class="sr-only">": "{state}</span>
                </p>
                <p class="text-muted">{missing.unwrap_or_else(|| "Done.".to_owned())}</p>
            </div>
            <div class="shrink-0">
                <a class=LINK_CLASS href=address>
                    {if done { "Change" } else { "Fill in" }}
                    <span class="sr-only">": "{topic.label()}</span>
                </a>
            </div>
        </li>
    }
}

#[component]
fn Publish(slug: String, listing: ListingStatus, ready: bool) -> impl IntoView {
    let (action, words) = match listing {
        ListingStatus::Draft => (fields::PUBLISH, "Publish"),
        ListingStatus::Published => (fields::OFFLINE, "Take offline"),
        ListingStatus::Review => (fields::OFFLINE, "Take the request back"),
        ListingStatus::Suspended => return ().into_any(),
    };
    let look = if action == fields::PUBLISH && ready { PRIMARY_CLASS } else { QUIET_CLASS };
    view! {
        <form method="post" action=routes::setup(&slug)>
            <button type="submit" name=fields::ACTION value=action class={look}>{words}</button>
        </form>
    }
    .into_any()
}

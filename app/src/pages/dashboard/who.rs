//! The page of a shared screen that asks who works there: first the name, then the PIN.

use crate::{
    components::{
        button::{LINK_CLASS, MAIN_CLASS, QUIET_CLASS},
        pin_field::PinField,
        problem::ProblemSummary,
    },
    domain::{error::AppError, role::Permission},
    forms::{fields, routes},
    pages::{
        dashboard::{
            layout::{Screen, StaffFrame},
            or_sign_in, who_address,
        },
        param, set_status,
        title::PageTitle,
    },
    services::{AtScreen, PinOwner, Submission, services, submission, viewer},
};
use leptos::prelude::*;
use leptos_meta::Meta;
use leptos_router::hooks::use_query_map;

/// Names, or the PIN of the chosen one.
#[component]
pub fn WhoPage() -> impl IntoView {
    let slug = param("slug");
    let at = viewer().screen.filter(|at| at.place.slug == slug).ok_or(AppError::Unauthenticated);
    let asked = at.and_then(|at| Ok((at, services()?)));
    let (sent, query) = (submission(), use_query_map().read_untracked().clone());
    let value = |name| sent.value(name).map(str::to_owned).or_else(|| query.get(name)).unwrap_or_default();
    let (member, next) = (value(fields::MEMBER), value(fields::NEXT));
    let next = routes::own_or(&next, &routes::board(&slug)).to_owned();
    Suspend::new(async move {
        let page = async {
            let (at, services) = asked?;
            let people = services.screens.people_with_pins(&at).await?;
            Ok(view! { <Who at=at people=people member=member next=next sent=sent/> })
        };
        or_sign_in(page.await, &routes::who(&slug))
    })
}

#[component]
fn Who(at: AtScreen, people: Vec<PinOwner>, member: String, next: String, sent: Submission) -> impl IntoView {
    if let Some(error) = &sent.error {
        set_status(error);
    }
    let prefix = if sent.error.is_some() { "Problem: " } else { "" };
    let (slug, name) = (at.place.slug.clone(), at.place.name.clone());
    let chosen = people.iter().find(|person| person.id.to_string() == member).cloned();
    let asked = match chosen {
        Some(person) => view! { <AskPin slug=slug.clone() person=person next=next sent=sent.clone()/> }.into_any(),
        None => view! { <Names slug=slug.clone() people=people next=next/> }.into_any(),
    };
    view! {
        <PageTitle text=format!("{prefix}Who works here? · {name}")/>
        <Meta name="robots" content="noindex"/>
        <StaffFrame slug=slug name=name screen=Screen::Who>
            <div class="mx-auto flex max-w-2xl flex-col gap-6 pt-4">
                {sent.error.map(|error| view! { <ProblemSummary error=error/> })}
                {asked}
                <Current at=at/>
            </div>
        </StaffFrame>
    }
}

#[component]
fn Names(slug: String, people: Vec<PinOwner>, next: String) -> impl IntoView {
    let is_empty = people.is_empty();
    let names = people.into_iter().map(|person| {
        let address = format!("{}&{}={}", who_address(&slug, &next), fields::MEMBER, person.id);
        view! {
            <li>
                <a
                    href=address
                    class="flex min-h-16 flex-wrap items-center justify-between gap-x-3 rounded-card border border-edge bg-card px-4 text-lg hover:bg-brand-tint"
                >
                    <bdi class="min-w-0 font-semibold break-words">{person.name}</bdi>
                    <span class="text-sm text-muted">{person.role.label()}</span>
                </a>
            </li>
        }
    });
    view! {
        <section class="flex flex-col gap-3" aria-labelledby="names">
            <h2 id="names" class="text-xl font-bold">"Who works here?"</h2>
            {is_empty.then(|| view! { <p>"No one has a PIN for this restaurant yet."</p> })}
            <ul class="grid gap-3 sm:grid-cols-2">{names.collect_view()}</ul>
            <p class="text-muted">
                "Not in the list? Sign in on your own phone or computer, and set your PIN there: under “More”, “Your PIN”."
            </p>
        </section>
    }
}

#[component]
fn AskPin(slug: String, person: PinOwner, next: String, sent: Submission) -> impl IntoView {
    let wait = sent.error.as_ref().and_then(|error| match error {
        AppError::TooMany { retry_after } => Some(retry_after.div_ceil(60)),
        _ => None,
    });
    let others = who_address(&slug, &next);
    view! {
        <section class="flex flex-col gap-3" aria-labelledby="chosen">
            <h2 id="chosen" class="text-xl font-bold break-words"><bdi>{person.name.clone()}</bdi></h2>
            {wait
                .map(|minutes| {
                    let unit = if minutes == 1 { "minute" } else { "minutes" };
                    view! {
                        <p>
                            {format!(
                                "Wrong PINs were typed here for this name. It can be chosen again in {minutes} {unit}; other names can be chosen now.",
                            )}
                        </p>
                    }
                })}
            <form
                method="post"
                action=routes::who(&slug)
                novalidate
                class="flex flex-col gap-4 rounded-card border border-line bg-card p-4"
            >
                <input type="hidden" name=fields::ACTION value=fields::SCREEN_WORK/>
                <input type="hidden" name=fields::MEMBER value=person.id.to_string()/>
                <input type="hidden" name=fields::NEXT value=next/>
                <PinField name=fields::PIN label="PIN" first=true problem=sent.problem_at(fields::PIN)/>
                <button type="submit" class=MAIN_CLASS>
                    <span>"Work as " <bdi>{person.name}</bdi></span>
                </button>
            </form>
            <div>
                <a href=others class=LINK_CLASS>"Choose another name"</a>
            </div>
        </section>
    }
}

/// Who works here now, and for those who may, the end of the screen.
#[component]
fn Current(at: AtScreen) -> impl IntoView {
    let who = routes::who(&at.place.slug);
    let role = at.place.role.label();
    let ends = at.on_duty.as_ref().is_some_and(|on_duty| on_duty.role.may(Permission::ManageScreens));
    let on_duty = at.on_duty.map(|on_duty| {
        view! {
            <div class="flex flex-wrap items-center justify-between gap-3">
                <p class="min-w-0 break-words">"Working: " <bdi class="font-semibold">{on_duty.name}</bdi></p>
                <form method="post" action=who.clone()>
                    <input type="hidden" name=fields::ACTION value=fields::SCREEN_LEAVE/>
                    <button type="submit" class=QUIET_CLASS>"Stop working here"</button>
                </form>
            </div>
        }
    });
    let end = if ends {
        view! {
            <form method="post" action=who class="flex flex-col items-start gap-2">
                <input type="hidden" name=fields::ACTION value=fields::SCREEN_END/>
                <p>"Once ended, this device shows nothing of the restaurant until a person signs in on it."</p>
                <button type="submit" class=QUIET_CLASS>"End this shared screen"</button>
            </form>
        }
        .into_any()
    } else {
        view! { <p class="text-muted">"An owner or a manager can end this shared screen, here or on their own device."</p> }
            .into_any()
    };
    view! {
        <section class="flex flex-col gap-4 border-t border-line pt-4" aria-labelledby="this-screen">
            <h2 id="this-screen" class="text-lg font-semibold break-words"><bdi>{at.name}</bdi> {format!(" ({role})")}</h2>
            {on_duty}
            {end}
        </section>
    }
}

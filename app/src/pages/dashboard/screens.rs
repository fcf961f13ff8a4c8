//! The shared screens of a restaurant: their list, and the form that makes this device one.

use crate::{
    components::{
        button::{PRIMARY_CLASS, QUIET_CLASS},
        field::TextField,
        problem::ProblemSummary,
        role_choice::RoleChoice,
    },
    domain::role::Role,
    forms::{fields, routes, screen},
    pages::{
        dashboard::{
            layout::{Screen, StaffFrame},
            or_sign_in,
        },
        param, set_status,
        title::PageTitle,
    },
    services::{ScreensView, SharedScreen, Submission, services, staff, submission},
};
use leptos::prelude::*;
use leptos_meta::Meta;

/// The list and the form.
#[component]
pub fn ScreensPage() -> impl IntoView {
    let slug = param("slug");
    let asked = staff().and_then(|staff| Ok((staff, services()?)));
    let sent = submission();
    Suspend::new(async move {
        let page = async {
            let (staff, services) = asked?;
            services.screens.screens(&staff, &slug).await
        };
        or_sign_in(page.await.map(|view| view! { <Screens view=view sent=sent/> }), &routes::screens(&slug))
    })
}

#[component]
fn Screens(view: ScreensView, sent: Submission) -> impl IntoView {
    if let Some(error) = &sent.error {
        set_status(error);
    }
    let prefix = if sent.error.is_some() { "Problem: " } else { "" };
    let ScreensView { slug, name, screens } = view;
    let is_empty = screens.is_empty();
    let rows = screens.into_iter().map(|screen| view! { <Row screen=screen slug=slug.clone()/> }).collect_view();
    view! {
        <PageTitle text=format!("{prefix}Shared screens · {name}")/>
        <Meta name="robots" content="noindex"/>
        <StaffFrame slug=slug.clone() name=name screen=Screen::SharedScreens>
            <div class="mx-auto flex max-w-4xl flex-col gap-8 pt-4">
                {sent.error.clone().map(|error| view! { <ProblemSummary error=error/> })}
                <section class="flex flex-col gap-3" aria-labelledby="list">
                    <h2 id="list" class="text-xl font-bold">"Shared screens"</h2>
                    <p>
                        "A shared screen shows the orders to everyone in front of it. Before a person does something there, they say who they are, with a PIN that each person sets under “More”, “Your PIN”."
                    </p>
                    {is_empty.then(|| view! { <p class="text-muted">"There is none yet."</p> })}
                    <ul class="flex flex-col gap-3">{rows}</ul>
                </section>
                <StartForm slug=slug sent=sent/>
            </div>
        </StaffFrame>
    }
}

#[component]
fn Row(screen: SharedScreen, slug: String) -> impl IntoView {
    let SharedScreen { id, name, role, device, started_by, on_duty, seen, idle_minutes } = screen;
    let idle = if idle_minutes == 1 { "a minute".to_owned() } else { format!("{idle_minutes} minutes") };
    let on_duty = match on_duty {
        Some(on_duty) => view! { "Working: " <bdi>{on_duty}</bdi> }.into_any(),
        None => view! { "No one works there now" }.into_any(),
    };
    view! {
        <li class="flex flex-wrap items-center justify-between gap-3 rounded-card border border-line bg-card p-4">
            <div class="min-w-0">
                <p class="font-semibold break-words">
                    <bdi>{name.clone()}</bdi> <span class="font-normal text-muted">{format!(" ({})", role.label())}</span>
                </p>
                <p class="text-sm break-words">{on_duty} {format!(". Last seen {seen}.")}</p>
                <p class="text-sm break-words text-muted">
                    {format!("{device}, started by ")} <bdi>{started_by}</bdi>
                    {format!(". A person is off it after {idle} without doing anything.")}
                </p>
            </div>
            <form method="post" action=routes::screens(&slug)>
                <input type="hidden" name=fields::ACTION value=fields::SCREEN_END/>
                <input type="hidden" name=fields::SCREEN value=id.to_string()/>
                <button type="submit" class=QUIET_CLASS>"End" <span class="sr-only">{format!(" {name}")}</span></button>
            </form>
        </li>
    }
}

#[component]
fn StartForm(slug: String, sent: Submission) -> impl IntoView {
    let is_ours = sent.has(fields::ACTION, fields::SCREEN_START);
    let value = |name: &str| sent.value(name).filter(|_| is_ours).map(str::to_owned);
    let problem = |name: &str| sent.problem_at(name).filter(|_| is_ours);
    let name = value(fields::NAME).unwrap_or_default();
    let minutes = value(fields::MINUTES).unwrap_or_else(|| screen::USUAL_MINUTES.to_string());
    let chosen = value(fields::ROLE).and_then(|code| Role::from_code(&code)).unwrap_or(Role::Kitchen);
    view! {
        <section class="flex flex-col gap-3" aria-labelledby="start">
            <h2 id="start" class="text-xl font-bold">"Make this device a shared screen"</h2>
            <form
                method="post"
                action=routes::screens(&slug)
                novalidate
                class="flex max-w-text flex-col gap-4 rounded-card border border-line bg-card p-4"
            >
                <input type="hidden" name=fields::ACTION value=fields::SCREEN_START/>
                <p>
                    "Open this page on the tablet itself. You are signed out there, and it stays this screen until you end it in the list above, or an owner or a manager ends it on the tablet."
                </p>
                <TextField
                    name=fields::NAME
                    label="Name"
                    hint="Such as Kitchen tablet."
                    required=true
                    value=name
                    problem=problem(fields::NAME)
                />
                <RoleChoice
                    legend="What can be done there at most"
                    prefix="screen"
                    roles=&screen::ROLES
                    chosen=chosen
                    problem=problem(fields::ROLE)
                />
                <TextField
                    name=fields::MINUTES
                    label="Minutes after which a person who does nothing is off the screen"
                    inputmode="numeric"
                    required=true
                    value=minutes
                    problem=problem(fields::MINUTES)
                />
                <div>
                    <button type="submit" class=PRIMARY_CLASS>"Start the shared screen"</button>
                </div>
            </form>
        </section>
    }
}

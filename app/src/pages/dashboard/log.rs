//! The log of changes at a restaurant: who, what, the value before and after.

use crate::{
    components::button::QUIET_CLASS,
    domain::{error::AppError, role::Permission},
    forms::{fields, routes},
    pages::{
        dashboard::{
            layout::{Screen, StaffFrame},
            or_sign_in,
        },
        param,
        title::PageTitle,
    },
    services::{LogDay, LogEntry, LogLine, LogPosition, LogView, services, staff},
};
use leptos::prelude::*;
use leptos_meta::Meta;
use leptos_router::hooks::use_query_map;

/// The newest changes, or those before a position.
#[component]
pub fn LogPage() -> impl IntoView {
    let slug = param("slug");
    let before = use_query_map().read_untracked().get(fields::BEFORE).and_then(|text| LogPosition::from_field(&text));
    Suspend::new(async move {
        let here = routes::audit_log(&slug);
        or_sign_in(read(&slug, before).await.map(|log| view! { <Log log=log/> }), &here)
    })
}

async fn read(slug: &str, before: Option<LogPosition>) -> Result<LogView, AppError> {
    let staff = staff()?;
    staff.allowed(slug, Permission::ReadAuditLog)?;
    services()?.teams.log(&staff, slug, before).await
}

#[component]
fn Log(log: LogView) -> impl IntoView {
    let LogView { slug, name, days, older, is_newest } = log;
    let address = routes::audit_log(&slug);
    let empty = days.is_empty();
    let next = older.map(|position| format!("{address}?{}={}", fields::BEFORE, position.field()));
    view! {
        <PageTitle text=format!("Log of changes · {name}")/>
        <Meta name="robots" content="noindex"/>
        <StaffFrame slug=slug name=name screen=Screen::Log>
            <div class="mx-auto flex max-w-4xl flex-col gap-6 pt-4">
                <p class="text-muted">"Changes of the menu, the settings and the team. Entries cannot be edited or deleted."</p>
                {empty
                    .then(|| {
                        view! {
                            <p class="rounded-card border border-dashed border-edge p-4 text-muted">
                                {if is_newest {
                                    "Nothing was changed yet. The next change of a price or of the team is listed here."
                                } else {
                                    "There are no older changes."
                                }}
                            </p>
                        }
                    })}
                {days.into_iter().map(|day| view! { <Day day=day/> }).collect_view()}
                <nav aria-label="Pages of the log" class="flex flex-wrap gap-3">
                    {(!is_newest).then(|| view! { <a href=address class=QUIET_CLASS>"Newest changes"</a> })}
                    {next.map(|address| view! { <a href=address class=QUIET_CLASS>"Older changes"</a> })}
                </nav>
            </div>
        </StaffFrame>
    }
}

#[component]
fn Day(day: LogDay) -> impl IntoView {
    view! {
        <section class="flex flex-col gap-3">
            <h2 class="text-lg font-bold">{day.date}</h2>
            <ol class="flex flex-col gap-3">
                {day.entries.into_iter().map(|entry| view! { <Entry entry=entry/> }).collect_view()}
            </ol>
        </section>
    }
}

#[component]
fn Entry(entry: LogEntry) -> impl IntoView {
    let LogEntry { time, who, did, subject, lines } = entry;
    let named = !subject.is_empty();
    view! {
        <li class="flex flex-col gap-2 rounded-card border border-line bg-card p-4">
            <p class="break-words">
                <span class="text-muted tabular-nums">{time}</span> " " <bdi class="font-semibold">{who}</bdi>
                {format!(" {did}")} {named.then(|| view! { " " <bdi class="font-semibold">{subject}</bdi> })}
            </p>
            {(!lines.is_empty())
                .then(|| {
                    view! {
                        <dl class="flex flex-col gap-1 text-sm">
                            {lines.into_iter().map(|line| view! { <Line line=line/> }).collect_view()}
                        </dl>
                    }
                })}
        </li>
    }
}

#[component]
fn Line(line: LogLine) -> impl IntoView {
    let LogLine { label, before, after } = line;
    let label = if label.is_empty() { "Value".to_owned() } else { label };
    let shown = |value: Option<String>| match value {
        Some(text) => view! { <bdi class="break-words whitespace-pre-line">{text}</bdi> }.into_any(),
        None => view! { <span class="text-muted">"nothing"</span> }.into_any(),
    };
    view! {
        <div class="flex flex-wrap gap-x-2">
            <dt class="text-muted"><bdi>{label}</bdi> ":"</dt>
            <dd class="min-w-0 break-words">
                {shown(before)} <span aria-hidden="true">" → "</span> <span class="sr-only">" changed to "</span>
                {shown(after)}
            </dd>
        </div>
    }
}

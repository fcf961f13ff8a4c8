//! Pages of the settings: their navigation, and the frame around each.

mod charges;
mod delivery;
mod entered;
mod general;
mod hours;
mod inputs;
mod part;
mod print;
mod privacy;
mod service;
mod tables;
mod tax;

pub use charges::ChargesPage;
pub use delivery::DeliveryPage;
pub use general::GeneralPage;
pub use hours::HoursPage;
pub use part::settings_page;
pub use print::PrintedTablesPage;
pub use privacy::PrivacyPage;
pub use service::ServicePage;
pub use tables::TablesPage;
pub use tax::TaxPage;

use crate::{
    components::{button::LINK_CLASS, problem::ProblemSummary},
    domain::{error::AppError, listing::ListingStatus, settings::EDIT_CONFLICT},
    forms::{fields, routes},
    pages::{
        dashboard::layout::{Screen, StaffFrame},
        set_status,
        title::PageTitle,
    },
};
use leptos::prelude::*;
use leptos_meta::Meta;
use leptos_router::hooks::use_query_map;

/// The pages in the order of the navigation: the last part of the address, and words.
const PAGES: &[(&str, &str)] = &[
    ("general", "General"),
    ("hours", "Opening hours"),
    ("service", "Service modes"),
    ("delivery", "Delivery zones"),
    ("charges", "Charges and tips"),
    ("tables", "Tables"),
    ("tax", "Tax"),
    ("privacy", "Privacy"),
];

/// A page of the settings with its navigation, the problems of a rejected form, and the guests' page that it changes.
#[component]
pub fn SettingsFrame(
    slug: String,
    name: String,
    listing: ListingStatus,
    /// The last part of the page's address.
    page: &'static str,
    /// Why the form was rejected.
    error: Option<AppError>,
    children: Children,
) -> impl IntoView {
    let words = PAGES.iter().find(|(of, _)| *of == page).map_or("Settings", |(_, words)| words);
    let prefix = if error.is_some() { "Problem: " } else { "" };
    let saved = error.is_none() && use_query_map().read_untracked().get(fields::SAVED).is_some();
    let links = PAGES.iter().map(|(of, words)| {
        let current = (*of == page).then_some("page");
        view! {
            <li>
                <a
                    href=routes::settings(&slug, of)
                    aria-current=current
                    class="inline-flex min-h-11 items-center rounded-control px-3 font-medium hover:bg-brand-tint aria-[current=page]:bg-brand-tint aria-[current=page]:text-brand"
                >
                    {*words}
                </a>
            </li>
        }
    });
    let links = links.collect_view();
    let summary = error.map(|error| {
        set_status(&error);
        let changed = error.code() == EDIT_CONFLICT;
        let here = routes::settings(&slug, page);
        view! {
            <ProblemSummary error=error/>
            {changed
                .then(|| {
                    view! {
                        <p>
                            <a class=LINK_CLASS href=here>"Open the page with their changes"</a>
                        </p>
                    }
                })}
        }
    });
    let guests = routes::restaurant(&slug);
    let guests_words = if listing.is_published() { "See the guests’ page" } else { "See the page as guests will" };
    view! {
        <PageTitle text=format!("{prefix}{words} · {name}")/>
        <Meta name="robots" content="noindex"/>
        <StaffFrame slug=slug name=name screen=Screen::Settings>
            <div class="mx-auto flex max-w-2xl flex-col gap-6 py-4">
                <nav aria-label="Settings" class="-mx-3 overflow-x-auto border-b border-line px-3">
                    <ul class="flex flex-wrap gap-1 pb-1">{links}</ul>
                </nav>
                <div class="flex flex-wrap items-baseline justify-between gap-x-4">
                    <h2 class="text-xl font-bold">{words}</h2>
                    <a class=LINK_CLASS href=guests>{guests_words}</a>
                </div>
                {saved
                    .then(|| view! { <p role="status" class="rounded-card border border-basil p-3 text-basil">"Saved."</p> })}
                {summary}
                {children()}
            </div>
        </StaffFrame>
    }
}

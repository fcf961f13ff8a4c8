//! The page of the tables.

use crate::{
    components::button::QUIET_CLASS,
    domain::terms::{ServiceMode, settings::TermsPart},
    forms::{routes, settings::tables},
    pages::dashboard::settings::{
        entered::Entered,
        inputs::{GROUP_CLASS, Lines},
        part::{nothing, part_page},
    },
    services::ServingView,
};
use leptos::prelude::*;

#[component]
pub fn TablesPage() -> impl IntoView {
    part_page(TermsPart::Tables, body, nothing)
}

fn body(view: &ServingView, entered: &Entered) -> AnyView {
    let offered = view.terms.mode(ServiceMode::DineIn).is_some();
    let service = routes::settings(&view.slug, "service");
    let count = view.settings.tables.len();
    let print = routes::printed_tables(&view.slug);
    view! {
        {(!offered)
            .then(|| {
                view! {
                    <p class="rounded-control bg-saffron/10 p-3 text-saffron">
                        "Guests cannot choose to dine in at the moment: " <a class="underline" href=service>"offer it first"</a> "."
                    </p>
                }
            })}
        <div class=GROUP_CLASS>
            <Lines
                entered=entered
                name=tables::TABLES
                label="Tables"
                hint="One name a line, such as Terrace 4. A line such as 1-12 stands for twelve tables. Guests choose among them at checkout."
                rows=10
            />
        </div>
        {(count > 0)
            .then(|| {
                view! {
                    <div class="flex flex-wrap items-center gap-3">
                        <a class=QUIET_CLASS href=print>"Print codes for the tables"</a>
                        <p class="text-muted">
                            "A guest who opens a code with the camera gets the menu at that table. Print again after names changed."
                        </p>
                    </div>
                }
            })}
    }
    .into_any()
}

//! The codes of all tables on paper: guests who open one get the menu at that table.

use crate::{
    components::button::LINK_CLASS,
    domain::error::AppError,
    forms::{fields, routes},
    pages::{
        dashboard::{PLAIN, or_sign_in, settings::part::allowed},
        param,
        title::PageTitle,
    },
    services::{ServingView, in_full, services},
};
use leptos::prelude::*;
use leptos_meta::Meta;
use percent_encoding::utf8_percent_encode;
use qrcode::{EcLevel, QrCode, types::Color};
use std::fmt::Write as _;

/// White modules around a code that readers need (ISO/IEC 18004).
const QUIET_ZONE: usize = 4;

#[component]
pub fn PrintedTablesPage() -> impl IntoView {
    let slug = param("slug");
    let asked = allowed(&slug).and_then(|staff| Ok((staff, services()?)));
    Suspend::new(async move {
        let here = routes::printed_tables(&slug);
        let page = async {
            let (staff, services) = asked?;
            let view = services.serving.serving(&staff, &slug).await?;
            Ok::<_, AppError>(view! { <Codes view=&view/> })
        };
        or_sign_in(page.await, &here)
    })
}

#[component]
fn Codes<'a>(view: &'a ServingView) -> impl IntoView + use<> {
    let back = routes::settings(&view.slug, "tables");
    let cards = view.settings.tables.iter().map(|table| {
        view! { <TableCode restaurant=view.name.clone() table=table.clone() address=address(&view.slug, table)/> }
    });
    let cards = cards.collect_view();
    let none = view.settings.tables.is_empty();
    view! {
        <PageTitle text=format!("Table codes · {}", view.name)/>
        <Meta name="robots" content="noindex"/>
        <main id="main" tabindex="-1" class="mx-auto flex w-full max-w-4xl flex-col gap-4 p-4 outline-none print:p-0">
            <div class="flex flex-col items-start gap-2 print:hidden">
                <a class=LINK_CLASS href=back>"Tables"</a>
                <h1 class="text-2xl font-bold">"Codes for the tables of " <bdi>{view.name.clone()}</bdi></h1>
                <p class="text-muted">
                    {if none {
                        "There are no tables yet. Name them first."
                    } else {
                        "Print this page with your browser, six codes on a sheet, and cut them out. Try one with a phone before you put them up."
                    }}
                </p>
            </div>
            <ul class="grid grid-cols-1 gap-4 sm:grid-cols-2 print:grid-cols-2">{cards}</ul>
        </main>
    }
}

#[component]
fn TableCode(restaurant: String, table: String, address: String) -> impl IntoView {
    let title = format!("Code of table {table}");
    let code = drawing(&address).map(|(size, path)| {
        let edge = format!("0 0 {size} {size}");
        view! {
            <svg class="size-48" viewBox=edge role="img" aria-label=title shape-rendering="crispEdges">
                <rect width=size.to_string() height=size.to_string() fill="#fff"></rect>
                <path d=path fill="#000"></path>
            </svg>
        }
    });
    view! {
        <li class="flex flex-col items-center gap-1 break-inside-avoid rounded-card border border-line bg-card p-4 text-center break-words">
            <h2 class="font-semibold"><bdi>{restaurant}</bdi></h2>
            {code}
            <p class="text-xl font-bold">"Table " <bdi>{table}</bdi></p>
            <p class="text-sm text-muted">"Open with your camera to see the menu and order."</p>
            <p class="max-w-full text-sm break-all text-muted print:hidden"><a class="underline" href=address.clone()>{address.clone()}</a></p>
        </li>
    }
}

/// The menu at a table, with the scheme and host of the site.
fn address(slug: &str, table: &str) -> String {
    let table = utf8_percent_encode(table, PLAIN);
    in_full(&format!("{}?{}={table}", routes::restaurant(slug), fields::TABLE))
}

/// The size of a code with its white edge, and the path of its dark modules; none when the address is too long for a code.
fn drawing(address: &str) -> Option<(usize, String)> {
    let code = QrCode::with_error_correction_level(address, EcLevel::M).ok()?;
    let width = code.width();
    let mut path = String::new();
    for (row, modules) in code.to_colors().chunks(width).enumerate() {
        for (column, _) in modules.iter().enumerate().filter(|(_, color)| **color == Color::Dark) {
            // Writing into a string cannot fail.
            let _ = write!(path, "M{} {}h1v1h-1z", column + QUIET_ZONE, row + QUIET_ZONE);
        }
    }
    Some((width + 2 * QUIET_ZONE, path))
}

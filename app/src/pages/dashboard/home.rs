//! The restaurants somebody works for.

use crate::{
    components::{
        button::{PRIMARY_CLASS, QUIET_CLASS},
        layout::Frame,
    },
    forms::routes,
    pages::{
        dashboard::{layout::SignOut, or_sign_in},
        title::PageTitle,
    },
    services::{Staff, Workplace, staff},
};
use leptos::prelude::*;
use leptos_meta::Meta;

/// Each restaurant with its orders and its menu.
#[component]
pub fn DashboardPage() -> impl IntoView {
    or_sign_in(staff().map(|staff| view! { <Workplaces staff=staff/> }), routes::DASHBOARD)
}

#[component]
fn Workplaces(staff: Staff) -> impl IntoView {
    let empty = staff.restaurants.is_empty();
    let places = staff.restaurants.into_iter().map(|place| view! { <Place place=place/> }).collect_view();
    view! {
        <PageTitle text="Your restaurants · Toast"/>
        <Meta name="robots" content="noindex"/>
        <Frame>
            <div class="flex flex-wrap items-center justify-between gap-3 py-4">
                <div>
                    <h1 class="text-2xl font-bold">"Your restaurants"</h1>
                    <p class="text-muted">"Signed in as " <bdi>{staff.name}</bdi></p>
                </div>
                <SignOut/>
            </div>
            {empty
                .then(|| {
                    view! {
                        <p class="rounded-card border border-dashed border-edge p-4 text-muted">
                            "No restaurant has given you access yet. Ask its owner to add you."
                        </p>
                    }
                })}
            <ul class="grid gap-4 md:grid-cols-2 lg:grid-cols-3">{places}</ul>
        </Frame>
    }
}

#[component]
fn Place(place: Workplace) -> impl IntoView {
    let name = place.name.clone();
    view! {
        <li class="flex flex-col gap-4 rounded-card border border-line bg-card p-4">
            <h2 class="text-lg font-semibold"><bdi>{place.name}</bdi></h2>
            <div class="mt-auto flex flex-wrap gap-3">
                <a href=routes::board(&place.slug) class=PRIMARY_CLASS>
                    "Orders" <span class="sr-only">{format!(" of {name}")}</span>
                </a>
                <a href=routes::menu_editor(&place.slug) class=QUIET_CLASS>
                    "Menu" <span class="sr-only">{format!(" of {name}")}</span>
                </a>
                <a href=routes::restaurant(&place.slug) class=QUIET_CLASS>
                    "Guests’ page" <span class="sr-only">{format!(" of {name}")}</span>
                </a>
            </div>
        </li>
    }
}

//! The restaurants of a staff member.

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

/// Links to the board and the menu of each restaurant.
#[component]
pub fn DashboardPage() -> impl IntoView {
    or_sign_in(staff().map(|staff| view! { <Workplaces staff=staff/> }), routes::DASHBOARD)
}

#[component]
fn Workplaces(staff: Staff) -> impl IntoView {
    let empty = staff.restaurants.is_empty();
    let entries =
        staff.restaurants.into_iter().map(|workplace| view! { <RestaurantEntry workplace=workplace/> }).collect_view();
    view! {
        <PageTitle text="Your restaurants · Toast"/>
        <Meta name="robots" content="noindex"/>
        <Frame>
            <div class="flex flex-wrap items-center justify-between gap-3 py-4">
                <div>
                    <h1 class="text-2xl font-bold">"Your restaurants"</h1>
                    <p class="text-muted">"Signed in as " <bdi>{staff.name}</bdi></p>
                </div>
                <div class="flex flex-wrap items-center gap-3">
                    <a href=routes::ACCOUNT class=QUIET_CLASS>"Your account"</a>
                    <SignOut/>
                </div>
            </div>
            {empty.then(|| view! { <NoRestaurants/> })}
            <ul class="grid gap-4 md:grid-cols-2 lg:grid-cols-3">{entries}</ul>
        </Frame>
    }
}

/// The next step of a new person.
#[component]
fn NoRestaurants() -> impl IntoView {
    view! {
        <div class="flex flex-col items-start gap-4 rounded-card border border-dashed border-edge p-4">
            <p>
                "You have no restaurant here yet. Open your own: a few questions, and you can change every answer later. "
                "To work at one that is here already, ask its owner for an invitation to your address."
            </p>
            <a href=routes::NEW_RESTAURANT class=PRIMARY_CLASS>"Open a restaurant"</a>
        </div>
    }
}

#[component]
fn RestaurantEntry(workplace: Workplace) -> impl IntoView {
    let name = workplace.name.clone();
    view! {
        <li class="flex flex-col gap-4 rounded-card border border-line bg-card p-4">
            <h2 class="text-lg font-semibold"><bdi>{workplace.name}</bdi></h2>
            <div class="mt-auto flex flex-wrap gap-3">
                <a href=routes::board(&workplace.slug) class=PRIMARY_CLASS>
                    "Orders" <span class="sr-only">{format!(" of {name}")}</span>
                </a>
                <a href=routes::menu_editor(&workplace.slug) class=QUIET_CLASS>
                    "Menu" <span class="sr-only">{format!(" of {name}")}</span>
                </a>
                <a href=routes::restaurant(&workplace.slug) class=QUIET_CLASS>
                    "Public menu" <span class="sr-only">{format!(" of {name}")}</span>
                </a>
            </div>
        </li>
    }
}

//! The restaurants of a staff member.

use crate::{
    components::{
        button::{PRIMARY_CLASS, QUIET_CLASS},
        layout::Frame,
    },
    domain::{listing::ListingStatus, role::Permission},
    forms::routes,
    pages::{
        dashboard::{layout::SignOut, or_sign_in},
        title::PageTitle,
    },
    services::{Staff, Workplace, services, staff},
};
use leptos::prelude::*;
use leptos_meta::Meta;

/// Links to the board and the menu of each restaurant.
#[component]
pub fn DashboardPage() -> impl IntoView {
    let asked = staff().and_then(|staff| Ok((staff, services()?)));
    Suspend::new(async move {
        let page = async {
            let (staff, services) = asked?;
            let listings = services.owners.listings(&staff).await;
            Ok(view! { <Workplaces staff=staff listings=listings/> })
        };
        or_sign_in(page.await, routes::DASHBOARD)
    })
}

#[component]
fn Workplaces(staff: Staff, listings: Vec<Option<ListingStatus>>) -> impl IntoView {
    let empty = staff.restaurants.is_empty();
    let listings = listings.into_iter().chain(std::iter::repeat(None));
    let entries = staff
        .restaurants
        .into_iter()
        .zip(listings)
        .map(|(workplace, listing)| view! { <RestaurantEntry workplace=workplace listing=listing/> })
        .collect_view();
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
                    {(!empty).then(|| view! { <a href=routes::NEW_RESTAURANT class=QUIET_CLASS>"Open a restaurant"</a> })}
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
fn RestaurantEntry(workplace: Workplace, listing: Option<ListingStatus>) -> impl IntoView {
    let name = workplace.name.clone();
    let hidden = listing.filter(|listing| !listing.is_published());
    let setup = hidden.filter(|_| workplace.role.may(Permission::EditSettings)).map(|_| {
        view! {
            <a href=routes::setup(&workplace.slug) class=PRIMARY_CLASS>
                "Set-up" <span class="sr-only">{format!(" of {name}")}</span>
            </a>
        }
    });
    let look = if setup.is_some() { QUIET_CLASS } else { PRIMARY_CLASS };
    view! {
        <li class="flex flex-col gap-4 rounded-card border border-line bg-card p-4">
            <h2 class="text-lg font-semibold"><bdi>{workplace.name}</bdi></h2>
            {hidden.map(|_| view! { <p class="text-sky">"Not open to guests: only your team sees it."</p> })}
            <div class="mt-auto flex flex-wrap gap-3">
                {setup}
                <a href=routes::board(&workplace.slug) class={look}>
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

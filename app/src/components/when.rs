//! The choice of a time, and texts about the time that a menu is for.

use crate::{
    components::{button::QUIET_CLASS, key::KeyField},
    domain::{
        order::Due,
        restaurant::{MenuTime, RestaurantPage},
        terms::ServiceMode,
        time::LocalTime,
    },
    forms::{fields, routes},
};
use leptos::prelude::*;

/// Chooses the time that menu and cart are for. A separate form, since availability depends on it.
#[component]
pub fn TimeChoice<'a>(
    /// The restaurant with its times.
    shown: &'a RestaurantPage,
    /// The chosen time; that of the cart where it is known.
    time: &'a MenuTime,
    /// The mode whose times are listed; all modes where it is not known.
    #[prop(optional)]
    mode: Option<ServiceMode>,
    /// Address to redirect to afterwards, instead of the menu for that time.
    #[prop(optional, into)]
    next: Option<String>,
    /// The key of the page's forms, on a page that is made for one guest.
    #[prop(optional_no_strip)]
    key: Option<String>,
) -> impl IntoView + use<> {
    let slug = &shown.restaurant.slug;
    let chosen = time.gone.as_ref().map(|gone| &gone.time);
    let selected = chosen.or(time.at.as_ref()).map(|time| time.at);
    let at_once = shown.state.earliest.iter().any(|earliest| mode.is_none_or(|mode| mode == earliest.mode));
    let asap = at_once.then(|| {
        view! { <option value=Due::Asap.field() selected=selected.is_none()>"As soon as possible"</option> }
    });
    let unlisted = unlisted(time, &shown.times).map(|(value, words)| {
        view! { <option value=value selected>{words}</option> }
    });
    let times = shown.times.iter().map(|time| {
        let value = Due::At(time.at).field();
        view! { <option value=value selected={selected == Some(time.at)}>{time.text.clone()}</option> }
    });
    let times = times.collect_view();
    let next = next.map(|next| view! { <input type="hidden" name=fields::NEXT value=next /> });
    let words = time_words(time).map(|words| view! { <p class="text-sm text-sky">{words}</p> });
    let form = (!shown.times.is_empty()).then(|| {
        view! {
            <form method="post" action=routes::cart(slug) class="flex flex-wrap items-center gap-x-3 gap-y-1">
                <input type="hidden" name=fields::ACTION value=fields::CART_DUE />
                <KeyField key=key />
                {next}
                <label for=fields::DUE class="w-full font-medium sm:w-auto">"For when"</label>
                <select id=fields::DUE name=fields::DUE data-submits-choice class="min-w-0 flex-1 sm:flex-none">{unlisted} {asap} {times}</select>
                <button class=QUIET_CLASS>"Set time"</button>
            </form>
        }
    });
    view! {
        <div class="flex max-w-xl flex-col gap-1">
            {form}
            {words}
        </div>
    }
}

/// The chosen time as an additional option (value and text) when it is not offered: it stays chosen until
/// the guest chooses another.
pub fn unlisted(time: &MenuTime, listed: &[LocalTime]) -> Option<(String, String)> {
    let (chosen, why) = match (&time.gone, time.due) {
        (Some(gone), _) if gone.why.code == "slot_full" => (&gone.time, " · full"),
        (Some(gone), _) => (&gone.time, " · not available"),
        (None, Due::At(_)) => (time.at.as_ref()?, ""),
        (None, Due::Asap) => return None,
    };
    let is_listed = listed.iter().any(|time| time.at == chosen.at);
    (!is_listed).then(|| (Due::At(chosen.at).field(), format!("{}{why}", chosen.text)))
}

/// States that the chosen time is not available, and what to do.
#[component]
pub fn TimeGone<'a>(time: &'a MenuTime) -> impl IntoView + use<> {
    time.gone.as_ref().map(|gone| {
        view! { <p class="rounded-control bg-beet/10 px-3 py-2 font-medium text-beet">{gone.why.message.clone()}</p> }
    })
}

/// The time that the menu is for, when it is not now.
pub fn time_words(time: &MenuTime) -> Option<String> {
    match (&time.at, time.due) {
        (None, _) => time.gone.as_ref().map(|_| "Dishes for now.".to_owned()),
        (Some(at), Due::At(_)) => Some(format!("Dishes for {}.", at.text)),
        (Some(at), Due::Asap) => Some(format!("Dishes for {}, the first time on offer.", at.text)),
    }
}

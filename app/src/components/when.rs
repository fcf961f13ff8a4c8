//! For when the food is wanted: the choice of a time, and the words about the time that a menu is for.

use crate::{
    components::{button::QUIET_CLASS, key::KeyField},
    domain::{
        order::Due,
        restaurant::{MenuTime, RestaurantPage},
    },
    forms::{fields, routes},
};
use leptos::prelude::*;

/// Chooses the time that menu and cart are for. A form of its own, since what can be had changes with it.
#[component]
pub fn TimeChoice<'a>(
    /// The restaurant with its times.
    shown: &'a RestaurantPage,
    /// Which time is chosen; of the cart where that is known.
    time: &'a MenuTime,
    /// Where to be afterwards, instead of the menu for that time.
    #[prop(optional, into)]
    next: Option<String>,
    /// The key of the page's forms, on a page that is made for one guest.
    #[prop(optional_no_strip)]
    key: Option<String>,
) -> impl IntoView + use<> {
    let slug = &shown.restaurant.slug;
    let selected = time.at.as_ref().map(|time| time.at);
    let asap = shown.state.open.then(|| {
        view! { <option value=Due::Asap.field() selected={time.due == Due::Asap}>"As soon as possible"</option> }
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
                <select id=fields::DUE name=fields::DUE class="min-w-0 flex-1 sm:flex-none">{asap} {times}</select>
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

/// Which time the dishes are shown for, when it is not now.
pub fn time_words(time: &MenuTime) -> Option<String> {
    let gone = time.gone.as_ref().map(|gone| format!("{} is not offered any more. ", gone.text)).unwrap_or_default();
    let shown = match (&time.at, time.due) {
        (None, _) if gone.is_empty() => return None,
        (None, _) => "These are the dishes of now.".to_owned(),
        (Some(at), Due::At(_)) => format!("What can be had {}.", at.text),
        (Some(at), Due::Asap) => format!("What can be had {}, the first time on offer.", at.text),
    };
    Some(gone + &shown)
}

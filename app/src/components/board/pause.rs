//! Taking no new orders for a while.

use crate::{
    components::button::QUIET_CLASS,
    forms::{fields, routes},
};
use leptos::prelude::*;

/// Minutes for which new orders can be stopped with one tap.
const PAUSES: [u32; 3] = [15, 30, 60];

/// Stops new orders, or takes them again.
#[component]
pub fn PauseForm(
    /// Whose orders.
    slug: String,
    /// Whether they are stopped now, in words.
    paused: Signal<Option<String>>,
    /// The page to come back to.
    back: String,
) -> impl IntoView {
    let on = Memo::new(move |_| paused.with(Option::is_some));
    let offers = PAUSES.map(|minutes| {
        view! {
            <button type="submit" name=fields::VALUE value=minutes.to_string() class=QUIET_CLASS hidden=move || on.get()>
                {format!("{minutes} min")}
            </button>
        }
    });
    view! {
        <form id="pause" method="post" action=routes::menu_editor(&slug) class="flex flex-wrap items-center gap-2 py-2">
            <input type="hidden" name=fields::CHANGE value="pause"/>
            <input type="hidden" name=fields::TARGET value=""/>
            <input type="hidden" name=fields::NEXT value=back/>
            <p class="text-sm text-muted" hidden=move || on.get()>"Pause for"</p>
            <p class="rounded-full bg-saffron/10 px-3 py-1 font-semibold text-saffron" hidden=move || !on.get()>
                {move || paused.get().unwrap_or_default()}
            </p>
            {offers}
            <button type="submit" name=fields::VALUE value="0" class=QUIET_CLASS hidden=move || !on.get()>
                "Take orders again"
            </button>
        </form>
    }
}

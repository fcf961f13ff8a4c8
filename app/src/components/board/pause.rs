//! The form that pauses new orders.

use crate::{
    components::{
        board::layout::{FOLDED_CLASS, FOLDING_CLASS, UNFOLDED_CLASS},
        button::QUIET_CLASS,
    },
    forms::{fields, routes},
};
use leptos::prelude::*;

/// Minutes for which new orders can be stopped with one tap.
const PAUSES: [u32; 3] = [15, 30, 60];

/// The pause form, folded below a summary with the current pause. It closes when a pause begins or ends.
#[component]
pub fn PauseMenu(
    slug: String,
    /// The text of the current pause; none when orders are taken.
    paused: Signal<Option<String>>,
    /// Address to redirect to afterwards.
    back: String,
) -> impl IntoView {
    let (menu, summary) = (NodeRef::<leptos::html::Details>::new(), NodeRef::<leptos::html::Summary>::new());
    Effect::new(move |before: Option<Option<String>>| {
        let now = paused.get();
        if before.is_some_and(|before| before != now)
            && let (Some(menu), Some(summary)) = (menu.get_untracked(), summary.get_untracked())
            && menu.open()
        {
            menu.set_open(false);
            // The focus was on a button that is hidden now.
            let _ = summary.focus();
        }
        now
    });
    view! {
        <details node_ref=menu class=FOLDING_CLASS>
            <summary node_ref=summary class=FOLDED_CLASS class=(["bg-saffron/10", "text-saffron"], move || paused.with(Option::is_some))>
                {move || paused.get().unwrap_or_else(|| "Pause".to_owned())}
                <span aria-hidden="true">"▾"</span>
            </summary>
            <div class=UNFOLDED_CLASS>
                <PauseForm slug=slug paused=paused back=back/>
            </div>
        </details>
    }
}

/// Pauses new orders, or ends the pause.
#[component]
pub fn PauseForm(slug: String, paused: Signal<Option<String>>, back: String) -> impl IntoView {
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

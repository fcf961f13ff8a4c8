//! The parts above the columns: connection status, sound button and the all-day quantities.

use crate::{
    components::board::{clock::second_words, connection::Freshness, state::BoardState},
    domain::time::LocalTime,
};
use leptos::prelude::*;

/// Classes of a summary of rarely used controls; it also works without scripts.
pub const FOLDED_CLASS: &str = "inline-flex min-h-11 cursor-pointer items-center gap-1 rounded-control px-2 text-sm font-medium whitespace-nowrap hover:bg-brand-tint";
/// Classes of a disclosure whose controls get a row of their own when it is open.
pub const FOLDING_CLASS: &str = "shrink-0 text-end open:w-full";
/// Classes of the controls below such a summary.
pub const UNFOLDED_CLASS: &str = "flex flex-wrap items-center justify-end gap-2 pb-2";

/// Whether the browser plays the alarm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sound {
    /// Not known yet, or this browser has none.
    #[default]
    Unknown,
    /// The browser plays no sound before the user taps the page.
    Blocked,
    On,
}

/// The connection status, and the button that turns on sound.
#[component]
pub fn FreshnessStrip(
    /// The server's time up to which the board is current.
    as_of: Signal<LocalTime>,
    freshness: Signal<Freshness>,
    sound: Signal<Sound>,
) -> impl IntoView {
    let clock = move || second_words(&as_of.get());
    let status = move || if freshness.get() == Freshness::Stale { ", reconnecting…" } else { "" };
    view! {
        <div
            class={move || strip_class(freshness.get())}
            data-freshness=move || match freshness.get() {
                Freshness::Opening => "opening",
                Freshness::Live => "live",
                Freshness::Stale => "stale",
            }
        >
            <p class="text-sm tabular-nums">
                <span aria-hidden="true">{move || if freshness.get() == Freshness::Stale { "▲ " } else { "● " }}</span>
                "As of " {clock} {status}
            </p>
            <p role="status" class="sr-only">
                {move || match freshness.get() {
                    Freshness::Stale => "The connection is lost. Your orders are safe; reconnecting.",
                    Freshness::Opening | Freshness::Live => "",
                }}
            </p>
            <button
                type="button"
                class="inline-flex min-h-11 items-center rounded-control bg-saffron/10 px-2 text-sm font-semibold text-saffron"
                hidden=move || sound.get() != Sound::Blocked
            >
                "Turn on sound"
            </button>
            <p class="text-sm" hidden=move || sound.get() != Sound::On>"Sound is on"</p>
        </div>
    }
}

/// The quantity of each item over all open tickets.
#[component]
pub fn AllDay(state: Signal<BoardState>) -> impl IntoView {
    let dishes = Memo::new(move |_| state.with(BoardState::all_day));
    view! {
        <section aria-labelledby="all-day" hidden=move || dishes.with(Vec::is_empty)>
            <h2 id="all-day" class="sr-only">"All day"</h2>
            <ul class="flex flex-wrap gap-2 py-1">
                <For each=move || dishes.get() key=Clone::clone let:dish>
                    <li class="shrink-0 rounded-full border border-line bg-card px-3 py-1">
                        <span class="text-lg font-bold tabular-nums">{dish.1}</span>
                        <span aria-hidden="true">" × "</span>
                        <bdi>{dish.0}</bdi>
                    </li>
                </For>
            </ul>
        </section>
    }
}

fn strip_class(freshness: Freshness) -> &'static str {
    match freshness {
        Freshness::Opening | Freshness::Live => {
            "flex min-h-11 min-w-0 grow basis-32 flex-wrap items-center justify-between gap-x-2 rounded-control text-muted"
        }
        Freshness::Stale => {
            "flex min-h-11 min-w-0 grow basis-32 flex-wrap items-center justify-between gap-x-2 rounded-control bg-saffron/10 px-2 font-bold text-saffron"
        }
    }
}

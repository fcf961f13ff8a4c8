//! What stands around the columns: the strip that says how fresh they are, and what is to be cooked in all.

use crate::{
    components::board::{clock::second_words, connection::Freshness, state::BoardState},
    domain::time::LocalTime,
};
use leptos::prelude::*;

/// The summary of controls that are rarely used, which unfold below it without scripts as well.
pub const FOLDED_CLASS: &str = "inline-flex min-h-11 cursor-pointer items-center gap-1 rounded-control px-2 text-sm font-medium hover:bg-brand-tint";
/// The controls below such a summary.
pub const UNFOLDED_CLASS: &str = "absolute end-0 top-full z-30 flex w-max max-w-xs flex-col gap-1 rounded-card border border-line bg-card p-2 shadow-float";

/// Whether the alarm can be heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sound {
    /// Not known yet, or this browser has none.
    #[default]
    Unknown,
    /// The browser waits for a tap before it lets a page sound.
    Asleep,
    /// It can be heard.
    On,
}

/// How fresh the board is, and whether its alarm can be heard.
#[component]
pub fn FreshnessStrip(
    /// Until when the board is known to be right.
    as_of: Signal<LocalTime>,
    /// Whether news arrives.
    freshness: Signal<Freshness>,
    /// Whether the alarm can be heard.
    sound: Signal<Sound>,
) -> impl IntoView {
    let clock = move || second_words(&as_of.get());
    let trouble = move || if freshness.get() == Freshness::Stale { ", reconnecting…" } else { "" };
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
                "As of " {clock} {trouble}
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
                hidden=move || sound.get() != Sound::Asleep
            >
                "Switch sound on"
            </button>
            <p class="text-sm" hidden=move || sound.get() != Sound::On>"Sound is on"</p>
        </div>
    }
}

/// How much of each dish is still to be cooked.
#[component]
pub fn AllDay(
    /// The tickets.
    state: Signal<BoardState>,
) -> impl IntoView {
    let dishes = Memo::new(move |_| state.with(BoardState::all_day));
    view! {
        <section aria-labelledby="all-day" hidden=move || dishes.with(Vec::is_empty)>
            <h2 id="all-day" class="sr-only">"To cook in all"</h2>
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
            "flex min-h-11 min-w-0 grow flex-wrap items-center justify-between gap-x-2 rounded-control text-muted"
        }
        Freshness::Stale => {
            "flex min-h-11 min-w-0 grow flex-wrap items-center justify-between gap-x-2 rounded-control bg-saffron/10 px-2 font-bold text-saffron"
        }
    }
}

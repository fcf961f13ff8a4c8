//! The orders board with live updates, background transitions, and an alarm for new orders.

#[cfg(feature = "hydrate")]
mod browser;
mod signals;

use crate::{
    components::{
        board::{
            column::{BoardColumn, ColumnTabs, ColumnView},
            layout::{AllDay, FreshnessStrip},
            pause::PauseMenu,
            state::Column,
        },
        on_duty::DutyLine,
        ticket::BoardContext,
    },
    domain::board::{Board, DutyUpdate},
    forms::routes,
    islands::board::signals::BoardSignals,
};
use leptos::prelude::*;

/// The whole board. The server renders it complete; the browser hydrates it.
#[island]
pub fn OrdersBoard(
    /// Its data.
    board: Board,
    /// Whether the person's role allows a pause.
    may_pause: bool,
    /// Who works at the shared screen; none in a person's own session.
    on_duty: Option<DutyUpdate>,
    /// Names this rendering of the page; the keys of its forms begin with it.
    page_key: String,
) -> impl IntoView {
    let root = NodeRef::<leptos::html::Div>::new();
    let signals = BoardSignals::new(&board, on_duty.clone());
    #[cfg(feature = "hydrate")]
    browser::mount(signals, root);

    let back = routes::board(&board.slug);
    let slug = board.slug.clone();
    let on_duty = on_duty.map(|_| {
        let shown = Signal::derive(move || signals.on_duty.get().unwrap_or_default());
        view! { <DutyLine slug=slug.clone() on_duty=shown/> }
    });
    let view = ColumnView {
        state: signals.state.into(),
        context: StoredValue::new(BoardContext {
            slug: board.slug,
            locale: board.locale,
            lead_minutes: board.lead_minutes,
            page_key,
        }),
        now: signals.now.into(),
        pending: signals.pending.into(),
        ringing: signals.ringing.into(),
    };
    let paused = Signal::derive(move || signals.state.with(|state| state.paused.clone()));
    let columns = Column::ALL.map(|column| {
        let aside = Signal::derive(move || signals.shown.get().is_some_and(|shown| shown != column));
        view! { <BoardColumn column=column view=view aside=aside/> }
    });
    let pause = may_pause.then(|| view! { <PauseMenu slug=slug paused=paused back=back/> });
    view! {
        <div node_ref=root data-alive=move || signals.shown.get().is_some().then_some("true")>
            {on_duty}
            <div class="flex flex-wrap items-center justify-end gap-x-2 md:justify-between">
                <FreshnessStrip as_of=signals.as_of.into() freshness=signals.freshness.into() sound=signals.sound.into()/>
                {pause}
            </div>
            <p
                role="alert"
                class="my-2 rounded-card border-2 border-beet bg-beet/10 p-3 font-medium text-beet"
                hidden=move || signals.error.with(String::is_empty)
            >
                {move || signals.error.get()}
            </p>
            <p aria-live="assertive" class="sr-only" data-live="new-orders">{move || signals.assertive_text.get()}</p>
            <p aria-live="polite" class="sr-only" data-live="moves">{move || signals.polite_text.get()}</p>
            <ColumnTabs view=view shown=signals.shown/>
            <AllDay state=signals.state.into()/>
            <div class="grid items-start gap-4 pt-3 min-[62.5rem]:grid-cols-3">{columns}</div>
        </div>
    }
}

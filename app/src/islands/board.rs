//! The orders board, alive: news as it happens, moves without a page load, an alarm for new orders.
#![expect(missing_docs, reason = "the framework makes a type of its own for the properties of an island")]

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
        ticket::TicketDesk,
    },
    domain::board::Board,
    forms::routes,
    islands::board::signals::Desk,
};
use leptos::prelude::*;

/// The whole board. The server renders it complete; the browser takes it over where it stands.
#[island]
pub fn OrdersBoard(
    /// Everything on it.
    board: Board,
    /// Names this rendering of the page; the keys of its forms begin with it.
    page_key: String,
) -> impl IntoView {
    let root = NodeRef::<leptos::html::Div>::new();
    let desk = Desk::new(&board);
    #[cfg(feature = "hydrate")]
    browser::attend(desk, root);

    let back = routes::board(&board.slug);
    let slug = board.slug.clone();
    let view = ColumnView {
        state: desk.state.into(),
        desk: StoredValue::new(TicketDesk {
            slug: board.slug,
            locale: board.locale,
            lead_minutes: board.lead_minutes,
            page_key,
        }),
        now: desk.now.into(),
        pending: desk.pending.into(),
        ringing: desk.ringing.into(),
    };
    let paused = Signal::derive(move || desk.state.with(|state| state.paused.clone()));
    let columns = Column::ALL.map(|column| {
        let aside = Signal::derive(move || desk.shown.get().is_some_and(|shown| shown != column));
        view! { <BoardColumn column=column view=view aside=aside/> }
    });
    view! {
        <div node_ref=root data-alive=move || desk.shown.get().is_some().then_some("true")>
            <div class="flex items-center justify-between gap-x-2">
                <FreshnessStrip as_of=desk.as_of.into() freshness=desk.freshness.into() sound=desk.sound.into()/>
                <PauseMenu slug=slug paused=paused back=back/>
            </div>
            <p
                role="alert"
                class="my-2 rounded-card border-2 border-beet bg-beet/10 p-3 font-medium text-beet"
                hidden=move || desk.trouble.with(String::is_empty)
            >
                {move || desk.trouble.get()}
            </p>
            <p aria-live="assertive" class="sr-only" data-live="new-orders">{move || desk.called.get()}</p>
            <p aria-live="polite" class="sr-only" data-live="moves">{move || desk.said.get()}</p>
            <ColumnTabs view=view shown=desk.shown/>
            <AllDay state=desk.state.into()/>
            <div class="grid items-start gap-4 pt-3 min-[62.5rem]:grid-cols-3">{columns}</div>
        </div>
    }
}

//! A column of the board, and the tabs that select a column on a phone.

use crate::{
    components::{
        board::state::{BoardState, Column},
        ticket::{BoardContext, Pending, TicketCard},
    },
    domain::{
        board::{MOST_DONE, Ticket},
        id::OrderId,
        order::OrderStatus,
        time::Timestamp,
    },
    forms::{fields, routes},
};
use leptos::prelude::*;
use std::collections::BTreeMap;

/// The signals that columns read. Server and island provide them.
#[derive(Debug, Clone, Copy)]
pub struct ColumnView {
    pub state: Signal<BoardState>,
    pub context: StoredValue<BoardContext>,
    /// The restaurant's clock.
    pub now: Signal<Timestamp>,
    /// Transitions that the server has not confirmed or has rejected.
    pub pending: Signal<BTreeMap<OrderId, Pending>>,
    /// Whether new orders wait for acknowledgement.
    pub ringing: Signal<bool>,
}

/// A column with its heading and cards.
#[component]
pub fn BoardColumn(
    column: Column,
    view: ColumnView,
    /// Whether a phone shows another column instead.
    #[prop(into)]
    aside: Signal<bool>,
) -> impl IntoView {
    let heading = format!("{}-heading", column.anchor());
    let label = heading.clone();
    let count = move || view.state.with(|state| state.count(column));
    let later = (column == Column::Preparing).then(|| {
        let none_later = Memo::new(move |_| tickets(view, column, true).is_empty());
        view! {
            <h3 class="mt-2 text-base font-semibold text-muted" hidden=move || none_later.get()>"Later"</h3>
            <Cards column=column view=view later=true/>
        }
    });
    let rest = (column == Column::Done).then(|| {
        view! {
            <p class="text-muted" hidden=move || count() < MOST_DONE.into()>
                {format!("The latest {MOST_DONE}. What was done before is not shown.")}
            </p>
        }
    });
    view! {
        <section
            id=column.anchor()
            aria-labelledby=label
            class=section_class(column)
            class=("max-[999px]:hidden", move || aside.get())
        >
            <ColumnHead column=column view=view heading=heading/>
            <p class="rounded-card border border-dashed border-edge p-3 text-muted" hidden=move || count() != 0>
                {column.emptiness()}
            </p>
            <Cards column=column view=view later=false/>
            {later}
            {rest}
        </section>
    }
}

/// The heading. While new orders wait, theirs flashes and is the button that acknowledges them.
#[component]
fn ColumnHead(column: Column, view: ColumnView, heading: String) -> impl IntoView {
    let count = move || view.state.with(|state| state.count(column));
    let rings = move || column == Column::New && view.ringing.get();
    let silence = (column == Column::New).then(|| {
        let address = view.context.with_value(|context| routes::board_acknowledge(&context.slug));
        view! {
            <form method="post" action=address hidden=move || !rings()>
                <input type="hidden" name=fields::SEEN value=move || view.state.with(|state| state.seq).to_string()/>
                <button type="submit" class="min-h-11 font-semibold underline after:absolute after:inset-0 after:rounded-card">
                    "Tap to silence"
                </button>
            </form>
        }
    });
    view! {
        <header
            class="relative flex min-h-14 items-center justify-between gap-3 rounded-card border border-line bg-card px-3"
            class=(["animate-flash", "border-brand!", "bg-brand-tint!"], rings)
        >
            <h2 id=heading class="flex items-baseline gap-2 text-xl font-bold">
                {column.label()}
                <span class="tabular-nums text-muted">{count}</span>
            </h2>
            {silence}
        </header>
    }
}

#[component]
fn Cards(column: Column, view: ColumnView, later: bool) -> impl IntoView {
    view! {
        <ul class=list_class(column)>
            <For
                each=move || tickets(view, column, later)
                key=|ticket| (ticket.id, ticket.version)
                children=move |ticket| {
                    let order = ticket.id;
                    let pending = Signal::derive(move || view.pending.with(|moves| moves.get(&order).cloned()));
                    view! {
                        <li>
                            <TicketCard ticket=ticket context=view.context now=view.now pending=pending/>
                        </li>
                    }
                }
            />
        </ul>
    }
}

fn tickets(view: ColumnView, column: Column, later: bool) -> Vec<Ticket> {
    let mut tickets = view.state.with(|state| state.column(column));
    tickets.retain(|ticket| (ticket.status == OrderStatus::Accepted) == later);
    tickets
}

/// Links to the columns on a phone. With scripts, one column is shown at a time.
#[component]
pub fn ColumnTabs(
    view: ColumnView,
    /// The column a phone shows; none before hydration.
    shown: RwSignal<Option<Column>>,
) -> impl IntoView {
    let tabs = Column::ALL.map(|column| {
        let count = move || view.state.with(|state| state.count(column));
        let current = move || shown.get() == Some(column);
        let choose = move |event: leptos::ev::MouseEvent| {
            if shown.get_untracked().is_some() {
                event.prevent_default();
                shown.set(Some(column));
            }
        };
        view! {
            <li class="grow">
                <a
                    href=format!("#{}", column.anchor())
                    aria-current=move || current().then_some("true")
                    class="flex min-h-11 flex-col items-center justify-center rounded-control px-1 text-sm font-medium leading-tight aria-[current=true]:bg-brand-tint aria-[current=true]:text-brand"
                    class=("animate-flash", move || column == Column::New && view.ringing.get())
                    on:click=choose
                >
                    {column.label()}
                    <span class="font-bold tabular-nums">{count}</span>
                </a>
            </li>
        }
    });
    view! {
        <nav aria-label="Columns" class="sticky top-0 z-10 -mx-3 border-b border-line bg-page px-3 py-1 min-[62.5rem]:hidden">
            <ul class="flex gap-1">{tabs.collect_view()}</ul>
        </nav>
    }
}

fn section_class(column: Column) -> &'static str {
    match column {
        Column::New | Column::Preparing | Column::Ready => "flex min-w-0 scroll-mt-20 flex-col gap-3",
        Column::Done => "flex min-w-0 scroll-mt-20 flex-col gap-3 min-[62.5rem]:col-span-3",
    }
}

fn list_class(column: Column) -> &'static str {
    match column {
        Column::New | Column::Preparing | Column::Ready => "flex flex-col gap-3 empty:hidden",
        Column::Done => "grid gap-3 empty:hidden min-[37.5rem]:grid-cols-2 min-[62.5rem]:grid-cols-4",
    }
}

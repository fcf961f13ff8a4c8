//! The buttons of a ticket. Each is a form, so that the board works before hydration and without scripts.

use crate::{
    components::{
        board::clock::undo_words,
        ticket::{
            BoardContext,
            verbs::{label, leads, offer, reasons},
        },
    },
    domain::{
        board::Ticket,
        order::{Transition, Verb, postponed_from},
        time::Timestamp,
    },
    forms::{fields, routes},
};
use leptos::prelude::*;

/// All transitions that staff can make now.
#[component]
pub fn TicketMoves(ticket: Ticket, context: StoredValue<BoardContext>, now: Signal<Timestamp>) -> impl IntoView {
    let offer = offer(ticket.status, ticket.mode);
    let first =
        offer.first.map(|row| view! { <Move ticket=ticket.clone() row=row context=context now=now first=true/> });
    let rest = (!offer.rest.is_empty()).then(|| {
        let forms = offer
            .rest
            .iter()
            .map(|row| view! { <Move ticket=ticket.clone() row=*row context=context now=now first=false/> });
        view! {
            <details class="group/more rounded-control border border-edge">
                <summary class="flex min-h-11 cursor-pointer items-center justify-between px-3 font-medium">
                    <span>"More"<span class="sr-only">{format!(" for order {}", ticket.number)}</span></span>
                    <span aria-hidden="true" class="transition-transform group-open/more:rotate-180">"▾"</span>
                </summary>
                <div class="flex flex-col gap-3 border-t border-line p-3">{forms.collect_view()}</div>
            </details>
        }
    });
    view! {
        {first}
        <Undo ticket=ticket context=context now=now/>
        {rest}
    }
}

/// One transition as a form.
#[component]
fn Move(
    ticket: Ticket,
    row: &'static Transition,
    context: StoredValue<BoardContext>,
    now: Signal<Timestamp>,
    first: bool,
) -> impl IntoView {
    let asks_time = match row.verb {
        Verb::Accept => !ticket.scheduled,
        verb => verb == Verb::Postpone,
    };
    let times = asks_time.then(|| view! { <Minutes ticket=ticket.clone() verb=row.verb context=context now=now/> });
    let why = row.needs_reason.then(|| view! { <Why ticket=ticket.clone() verb=row.verb/> });
    view! {
        <MoveForm ticket=ticket.clone() verb=row.verb context=context>
            {times}
            {why}
            <button type="submit" class=button_class(row, first)>
                {label(row.verb, &ticket)}
                <span class="sr-only">{format!(", order {}", ticket.number)}</span>
            </button>
        </MoveForm>
    }
}

/// Fields of each transition: the order, its version, and an idempotency key.
#[component]
fn MoveForm(ticket: Ticket, verb: Verb, context: StoredValue<BoardContext>, children: Children) -> impl IntoView {
    let (address, key) = context.with_value(|context| {
        let key = format!("{}.{}.{}.{}", context.page_key, ticket.id, ticket.version, verb.code());
        (routes::board(&context.slug), key)
    });
    view! {
        <form method="post" action=address class="flex flex-col gap-2">
            <input type="hidden" name=fields::ORDER value=ticket.id.to_string()/>
            <input type="hidden" name=fields::VERB value=verb.code()/>
            <input type="hidden" name=fields::VERSION value=ticket.version.to_string()/>
            <input type="hidden" name=fields::KEY value=key/>
            {children()}
        </form>
    }
}

/// Minutes until ready. Preselected is the time shown to the guest; for a requested time, the restaurant's lead time.
#[component]
fn Minutes(ticket: Ticket, verb: Verb, context: StoredValue<BoardContext>, now: Signal<Timestamp>) -> impl IntoView {
    let told = u32::try_from(ticket.placed.at.minutes_until(ticket.due.at)).ok().filter(|_| !ticket.scheduled);
    let usual = told.unwrap_or_else(|| context.with_value(|context| context.lead_minutes));
    let chips = leads(usual).into_iter().map(|minutes| {
        view! {
            <label class="inline-flex min-h-11 min-w-11 cursor-pointer items-center justify-center rounded-full border border-edge px-2.5 font-semibold tabular-nums has-checked:border-brand has-checked:bg-brand-tint has-checked:text-brand has-[:focus-visible]:ring-2 has-[:focus-visible]:ring-brand">
                <input
                    type="radio"
                    name=fields::MINUTES
                    value=minutes.to_string()
                    checked=minutes == usual
                    required=true
                    class="sr-only"
                />
                {minutes}
                <span class="sr-only">" minutes"</span>
            </label>
        }
    });
    let (number, due, scheduled) = (ticket.number, ticket.due, ticket.scheduled);
    let question = move || match verb {
        Verb::Postpone if postponed_from(scheduled, due.at, now.get()) == due.at => {
            format!("Later than {}, by", due.text)
        }
        Verb::Postpone => "Ready in, from now".to_owned(),
        _ => "Ready in".to_owned(),
    };
    view! {
        <fieldset>
            <legend class="mb-1 text-sm text-muted">
                {question}" "<span aria-hidden="true">"(minutes)"</span>
                <span class="sr-only">{format!(", order {number}")}</span>
            </legend>
            <div class="flex flex-wrap gap-1.5">{chips.collect_view()}</div>
        </fieldset>
    }
}

/// The reason of a rejection or cancellation; shown to the guest.
#[component]
fn Why(ticket: Ticket, verb: Verb) -> impl IntoView {
    let id = format!("{}-{}", verb.code(), ticket.id);
    let words_id = format!("{id}-words");
    let choices = reasons(verb, ticket.mode)
        .map(|reason| view! { <option value=reason.code()>{reason.label()}</option> })
        .collect_view();
    view! {
        <div class="flex flex-col gap-1">
            <label for=id.clone() class="text-sm font-medium">"Reason (shown to the guest)"</label>
            <select id=id name=fields::REASON required=true class="w-full">
                <option value="">"Choose a reason"</option>
                {choices}
            </select>
            <label for=words_id.clone() class="text-sm font-medium">"In your own words (optional)"</label>
            <input id=words_id type="text" name=fields::REASON_TEXT maxlength="200" autocomplete="off" class="w-full"/>
        </div>
    }
}

/// Undoes the last transition while that is allowed.
#[component]
fn Undo(ticket: Ticket, context: StoredValue<BoardContext>, now: Signal<Timestamp>) -> impl IntoView {
    ticket.undo_until.map(|until| {
        let left = move || undo_words(now.get(), until);
        view! {
            <div hidden=move || left().is_none()>
                <MoveForm ticket=ticket.clone() verb=Verb::Undo context=context>
                    <button type="submit" class="inline-flex min-h-11 w-full items-center justify-center gap-2 rounded-control border border-edge bg-card px-4 font-medium hover:bg-brand-tint">
                        {label(Verb::Undo, &ticket)}
                        <span class="sr-only">{format!(" the last step of order {}", ticket.number)}</span>
                        <span aria-hidden="true" class="text-sm tabular-nums text-muted">{left}</span>
                    </button>
                </MoveForm>
            </div>
        }
    })
}

fn button_class(row: &Transition, first: bool) -> &'static str {
    match (first, row.needs_reason) {
        (true, _) => {
            "inline-flex min-h-14 w-full items-center justify-center gap-2 rounded-control bg-brand px-4 text-lg font-semibold text-on-brand hover:bg-brand-strong disabled:opacity-60"
        }
        (false, true) => {
            "inline-flex min-h-11 w-full items-center justify-center rounded-control border border-beet px-4 font-medium text-beet hover:bg-beet/10"
        }
        (false, false) => {
            "inline-flex min-h-11 w-full items-center justify-center rounded-control border border-edge bg-card px-4 font-medium hover:bg-brand-tint"
        }
    }
}

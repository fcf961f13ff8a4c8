//! Service mode and time of the checkout.

use crate::{
    components::{field::described_by, mode::when, problem::FieldProblem, when::unlisted},
    domain::{order::Due, terms::ServiceMode, time::LocalTime},
    forms::fields,
    pages::checkout::form_state::Entered,
    services::CheckoutView,
};
use leptos::prelude::*;

/// The choice of mode and time.
#[component]
pub fn HowAndWhen<'a>(view: &'a CheckoutView, entered: &'a Entered) -> impl IntoView + use<> {
    let modes = view.restaurant.terms.modes.iter().map(|terms| {
        let mode = terms.mode;
        view! {
            <label class="flex min-h-12 cursor-pointer items-center gap-3 rounded-control border border-edge bg-card px-3 py-2 has-checked:border-brand has-checked:bg-brand-tint">
                <input
                    type="radio"
                    id=format!("mode-{}", mode.code().replace('_', "-"))
                    name=fields::MODE
                    value=mode.code()
                    checked={view.cart.mode == mode}
                />
                <span class="flex flex-1 items-baseline justify-between gap-2 leading-tight sm:block">
                    <span class="block font-semibold">{mode.label()}</span>
                    <span class="block text-sm text-muted tabular-nums">{soonest(view, mode)}</span>
                </span>
            </label>
        }
    });
    let modes = modes.collect_view();
    view! {
        <fieldset class="flex flex-col gap-4" id=fields::MODE>
            <legend class=HEADING_CLASS>"Service and time"</legend>
            <FieldProblem field=fields::MODE.to_owned() message=entered.problem(fields::MODE) />
            <div class="grid gap-2 sm:grid-cols-3">{modes}</div>
            <Times view=view entered=entered />
        </fieldset>
    }
}

/// `15 min`; a time when all slots before it are full; or that the mode takes no order for now.
fn soonest(view: &CheckoutView, mode: ServiceMode) -> String {
    let earliest = view.times.iter().find(|times| times.mode == mode).and_then(|times| times.earliest.as_ref());
    let usual = view.state.earliest.iter().find(|usual| usual.mode == mode);
    match earliest {
        Some(earliest) if usual.is_none_or(|usual| usual.time.at < earliest.at) => format!("about {}", earliest.text),
        Some(_) => when(&view.state, mode),
        None => "for later".to_owned(),
    }
}

/// The times of the chosen mode.
#[component]
fn Times<'a>(view: &'a CheckoutView, entered: &'a Entered) -> impl IntoView + use<> {
    let mode = view.cart.mode;
    let times = view.times.iter().find(|times| times.mode == mode);
    let earliest = times.and_then(|times| times.earliest.clone());
    let closed = earliest.is_none();
    let time = &view.cart.time;
    let listed = times.map(|times| times.slots.as_slice()).unwrap_or_default();
    let unlisted = unlisted(time, listed).map(|(value, words)| view! { <option value=value selected>{words}</option> });
    let due = time.gone.as_ref().map_or(time.due, |gone| Due::At(gone.time.at));
    let asap = earliest.map(|time| {
        view! {
            <option value="asap" selected={due == Due::Asap}>
                {format!("As soon as possible · about {}", time.text)}
            </option>
        }
    });
    let slots = listed.iter().map(|LocalTime { at, text }| {
        view! { <option value=at.millis().to_string() selected={due == Due::At(*at)}>{text.clone()}</option> }
    });
    let slots = slots.collect_view();
    let waits = view.times.iter().filter_map(|times| {
        let name = format!("{}{}", fields::WAIT_PREFIX, times.mode.code());
        Some(view! { <input type="hidden" name=name value=times.wait_minutes?.to_string() /> })
    });
    let waits = waits.collect_view();
    let problem = entered.problem(fields::DUE);
    let none = closed && slots.is_empty();
    let own_hours = view.restaurant.terms.mode(mode).and_then(|terms| terms.hours.as_ref());
    let own_hours = own_hours.map(|hours| format!("{}: {hours}", mode.label()));
    view! {
        <div id="times" class="flex flex-col gap-1">
            <label for=fields::DUE class="font-medium">"Time"</label>
            {closed
                .then(|| {
                    let words = if none {
                        "No times can be chosen at the moment. Try another way to get your food, or come back later."
                    } else if own_hours.is_some() {
                        "Choose a time and your order will be ready for it."
                    } else if view.state.open {
                        "No time is left for as soon as possible. Choose another and your order will be ready for it."
                    } else {
                        "Closed right now. Choose a time and your order will be ready for it."
                    };
                    let state = own_hours.clone().unwrap_or_else(|| view.state.text.clone());
                    view! { <p id="due-hint" class="text-sm text-muted">{state} ". " {words}</p> }
                })}
            <FieldProblem field=fields::DUE.to_owned() message=problem.clone() />
            {waits}
            <select
                class="w-full"
                id=fields::DUE
                name=fields::DUE
                disabled=none
                aria-invalid=problem.is_some().then_some("true")
                aria-describedby=described_by(fields::DUE, closed, problem.is_some())
            >
                {unlisted}
                {asap}
                {slots}
            </select>
        </div>
    }
}

/// Classes of a section of the form.
pub const HEADING_CLASS: &str = "pb-3 text-lg font-semibold";

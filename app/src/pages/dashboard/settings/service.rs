//! The page of the service modes: how guests get their food, and when.

use crate::{
    components::{mode::ready_word, problem::FieldProblem},
    domain::terms::{ServiceMode, settings::TermsPart},
    forms::settings::{
        limits,
        service::{self, DAYS},
        spans,
    },
    pages::dashboard::settings::{
        entered::Entered,
        inputs::{Check, GROUP_CLASS, Line, money_keyboard},
        part::{nothing, part_page},
    },
    services::ServingView,
};
use leptos::prelude::*;

const DAY_NAMES: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

#[component]
pub fn ServicePage() -> impl IntoView {
    part_page(TermsPart::Service, body, nothing)
}

fn body(view: &ServingView, entered: &Entered) -> AnyView {
    let modes = ServiceMode::ALL.map(|mode| view! { <ModeFields view=view entered=entered mode=mode/> });
    view! {
        {modes}
        <div class=GROUP_CLASS>
            <Line
                entered=entered
                name=service::LAST_ORDER
                label="Last orders, minutes before closing"
                hint="For all three. After this no order for the same evening is taken."
                keyboard="numeric"
                most=4
            />
        </div>
    }
    .into_any()
}

#[component]
fn ModeFields<'a>(view: &'a ServingView, entered: &'a Entered, mode: ServiceMode) -> impl IntoView + use<> {
    let field = |name: &str| service::field(mode, name);
    let word = mode.label().to_lowercase();
    let offered = field(service::OFFERED);
    let problem = entered.problem(&offered);
    view! {
        <fieldset class=GROUP_CLASS>
            <legend class="sr-only">{mode.label()}</legend>
            <h3 class="text-lg font-semibold">{mode.label()}</h3>
            <FieldProblem field=offered.clone() message=problem/>
            <Check entered=entered name=offered value="1" label=format!("Guests can choose {word}")/>
            <div class="grid gap-4 sm:grid-cols-2">
                <Line
                    entered=entered
                    name=field(service::LEAD)
                    label=format!("Minutes from order until {}", until(mode))
                    hint=limits::LEAD.sentence()
                    keyboard="numeric"
                    most=4
                />
                <Line
                    entered=entered
                    name=field(service::MINIMUM)
                    label=format!("Minimum order in {}", view.currency.code())
                    hint="Price of the dishes; empty: none"
                    keyboard=money_keyboard(view.currency)
                    most=20
                />
                <Line
                    entered=entered
                    name=field(service::SLOT)
                    label="Minutes between times to choose"
                    hint=limits::SLOT.sentence()
                    keyboard="numeric"
                    most=4
                />
                <Line
                    entered=entered
                    name=field(service::ORDERS)
                    label="Orders for each of these times"
                    hint="Then the time is full; empty: any number"
                    keyboard="numeric"
                    most=5
                />
            </div>
            <OwnHours entered=entered mode=mode/>
            <Shown view=view mode=mode/>
        </fieldset>
    }
}

/// The end of the lead time of a mode.
const fn until(mode: ServiceMode) -> &'static str {
    match mode {
        ServiceMode::Pickup => "ready",
        ServiceMode::Delivery => "at the door",
        ServiceMode::DineIn => "at the table",
    }
}

#[component]
fn OwnHours<'a>(entered: &'a Entered, mode: ServiceMode) -> impl IntoView + use<> {
    let names = DAYS.map(|day| service::field(mode, day));
    let word = mode.label().to_lowercase();
    let open = names.iter().any(|name| !entered.text(name).is_empty() || entered.problem(name).is_some());
    let days = names.into_iter().zip(DAY_NAMES).map(|(name, day)| {
        view! {
            <Line
                entered=entered
                name=name
                label=day
            />
        }
    });
    let days = days.collect_view();
    view! {
        <details open=open>
            <summary class="inline-flex min-h-11 cursor-pointer items-center font-medium text-brand underline">
                {format!("Hours for {word}")}
            </summary>
            <div class="flex flex-col gap-4">
                <p class="max-w-text text-sm text-muted">
                    {format!(
                        "Leave all days empty if {word} has the opening hours of the restaurant. Otherwise {word} is offered in these \
                         hours, as far as the restaurant is open: a closed kitchen cooks nothing, so holidays and shorter days count \
                         here too. {}; a time that ends at or before its beginning ends on the next day.",
                        spans::HINT,
                    )}
                </p>
                <div class="grid gap-4 sm:grid-cols-2">{days}</div>
            </div>
        </details>
    }
}

/// The mode as guests read it now.
#[component]
fn Shown<'a>(view: &'a ServingView, mode: ServiceMode) -> impl IntoView + use<> {
    let words = match view.terms.mode(mode) {
        None => format!("Guests see now: no {}.", mode.label().to_lowercase()),
        Some(terms) => {
            let minimum = (!terms.minimum.is_zero()).then(|| format!(", from {}", terms.minimum.text(&view.locale)));
            let hours = terms.hours.as_ref().map(|hours| format!(", {hours}"));
            let (minimum, hours) = (minimum.unwrap_or_default(), hours.unwrap_or_default());
            format!(
                "Guests see now: {}, {} in {} min{minimum}{hours}.",
                mode.label(),
                ready_word(mode),
                terms.lead_minutes
            )
        }
    };
    let never = view.never_open.contains(&mode).then(|| {
        view! {
            <p class="rounded-control bg-saffron/10 p-3 text-saffron">
                {format!(
                    "The hours for {} are never within the opening hours, so guests cannot choose it.",
                    mode.label().to_lowercase(),
                )}
            </p>
        }
    });
    view! {
        {never}
        <p class="text-sm text-muted">{words}</p>
    }
}

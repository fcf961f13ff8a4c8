//! The page of the delivery zones.

use crate::{
    components::button::QUIET_CLASS,
    domain::{
        postcode::Postcode,
        terms::{ServiceMode, Zone, settings::TermsPart},
        typed,
        zones::{overlaps, zone_of},
    },
    forms::{
        routes,
        settings::{TRY, delivery, entry_field, limits},
    },
    pages::dashboard::settings::{
        entered::Entered,
        inputs::{GROUP_CLASS, Line, Lines, StepButton, money_keyboard},
        part::part_page,
    },
    services::ServingView,
};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

#[component]
pub fn DeliveryPage() -> impl IntoView {
    let asked = use_query_map().read_untracked().get(TRY).unwrap_or_default();
    let after = move |view: &ServingView| view! { <TryPostcode view=view asked=asked/> }.into_any();
    part_page(TermsPart::Delivery, body, after)
}

fn body(view: &ServingView, entered: &Entered) -> AnyView {
    let count = entered.entries(delivery::LIST, delivery::NAMES, limits::MOST_ZONES);
    let keyboard = money_keyboard(view.currency);
    let currency = view.currency.code();
    let zones = (0..count).map(
        |at| view! { <ZoneFields entered=entered at=at last={at + 1 == count} currency=currency keyboard=keyboard/> },
    );
    let zones = zones.collect_view();
    let (offered, none) = (view.terms.mode(ServiceMode::Delivery).is_some(), view.settings.zones.is_empty());
    let service = routes::settings(&view.slug, "service");
    view! {
        {(!offered)
            .then(|| {
                view! {
                    <p class="rounded-control bg-saffron/10 p-3 text-saffron">
                        "Guests cannot choose delivery at the moment: " <a class="underline" href=service>"offer it first"</a> "."
                    </p>
                }
            })}
        {(offered && none)
            .then(|| {
                view! {
                    <p class="rounded-control bg-saffron/10 p-3 text-saffron">
                        "Without a zone no address can be delivered to. Add the postcodes that you drive to."
                    </p>
                }
            })}
        <Overlaps zones=&view.settings.zones/>
        <p class="max-w-text text-muted">
            "A postcode that stands alone is meant as it is: 10435 takes 10435, and E1 takes the district E1 with E1W, not E10 \
             to E20. 104* takes all that begin with 104, 10115-10119 all from the first to the last. Where several zones take a \
             postcode, the closest description counts, and of equal ones the zone that is listed first."
        </p>
        {zones}
        <div><StepButton value="add" words="Add a zone" off={count >= limits::MOST_ZONES}/></div>
    }
    .into_any()
}

#[component]
fn ZoneFields<'a>(
    entered: &'a Entered,
    at: usize,
    last: bool,
    currency: &'static str,
    keyboard: &'static str,
) -> impl IntoView + use<> {
    let field = |name: &str| entry_field(delivery::LIST, at, name);
    let name = entered.text(&field(delivery::NAME));
    let of = if name.is_empty() { format!("zone {}", at + 1) } else { name };
    view! {
        <fieldset class=GROUP_CLASS>
            <legend class="sr-only">{of.clone()}</legend>
            <Line entered=entered name=field(delivery::NAME) label="Name, as guests see it" most=limits::LONGEST_NAME/>
            <Lines
                entered=entered
                name=field(delivery::AREAS)
                label="Postcodes"
                hint="With commas between them, such as 10435, 104*, 10115-10119"
                rows=2
            />
            <div class="grid gap-4 sm:grid-cols-3">
                <Line entered=entered name=field(delivery::FEE) label=format!("Fee in {currency}") hint="Empty: free" keyboard=keyboard most=20/>
                <Line
                    entered=entered
                    name=field(delivery::MINIMUM)
                    label=format!("Minimum in {currency}")
                    hint="Price of the dishes; empty: none"
                    keyboard=keyboard
                    most=20
                />
                <Line
                    entered=entered
                    name=field(delivery::FREE_FROM)
                    label=format!("Free from {currency}")
                    hint="Price of the dishes; empty: never"
                    keyboard=keyboard
                    most=20
                />
            </div>
            <div class="flex flex-wrap gap-2">
                <StepButton value=format!("up-{at}") words="Move up" of=of.clone() off={at == 0}/>
                <StepButton value=format!("down-{at}") words="Move down" of=of.clone() off=last/>
                <StepButton value=format!("remove-{at}") words="Remove" of=of/>
            </div>
        </fieldset>
    }
}

/// The postcodes that two zones take, with the zone that counts.
#[component]
fn Overlaps<'a>(zones: &'a [Zone]) -> impl IntoView + use<> {
    let told = overlaps(zones).into_iter().map(|overlap| {
        let [one, other] = overlap.zones;
        view! {
            <li>
                <bdi>{overlap.area}</bdi> " is in “" <bdi>{one}</bdi> "” and in “" <bdi>{other}</bdi> "”: “"
                <bdi>{overlap.taker}</bdi> "” counts."
            </li>
        }
    });
    let told = told.collect_view();
    (!told.is_empty()).then(|| {
        view! {
            <div class="rounded-control bg-sky/10 p-3 text-sky">
                <h3 class="font-semibold">"Postcodes in two zones"</h3>
                <ul class="list-disc ps-5">{told}</ul>
            </div>
        }
    })
}

/// Looks up the zone of a postcode: a form of its own, which changes nothing.
#[component]
fn TryPostcode<'a>(view: &'a ServingView, asked: String) -> impl IntoView + use<> {
    let result = typed::is_seen(&asked).then(|| {
        view! { <p role="status" class="font-medium">{answer(view, &asked)}</p> }
    });
    view! {
        <form method="get" action=routes::settings(&view.slug, "delivery") class=GROUP_CLASS>
            <div class="flex flex-wrap items-end gap-3">
                <div class="flex flex-col gap-1">
                    <label for=TRY class="font-medium">"Try a postcode"</label>
                    <input id=TRY name=TRY type="text" value=asked autocomplete="off" maxlength="20" class="w-40"/>
                </div>
                <button type="submit" class=QUIET_CLASS>"See its zone"</button>
            </div>
            {result}
        </form>
    }
}

fn answer(view: &ServingView, asked: &str) -> String {
    let asked = asked.trim();
    let Some(zone) = zone_of(&view.settings.zones, &Postcode::parse(asked)) else {
        return format!("No zone takes {asked}: guests there read that you do not deliver to them.");
    };
    let fee = if zone.fee.is_zero() { "free".to_owned() } else { zone.fee.text(&view.locale) };
    let minimum = zone.minimum.text(&view.locale);
    let free_from = zone.free_from.map(|free| format!(", free from {}", free.text(&view.locale))).unwrap_or_default();
    format!("{asked} is in “{}”: {fee}, from {minimum} of dishes{free_from}.", zone.name)
}

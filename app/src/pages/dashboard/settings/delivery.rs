//! The page of the delivery zones.

use crate::{
    components::{
        button::QUIET_CLASS,
        zone_map::{MapView, Rings, Shapes, VIEW_BOX},
    },
    domain::{
        pricing::PriceProblem,
        terms::{ServiceMode, Terms, Zone, settings::TermsPart},
        typed,
        zones::overlaps,
    },
    forms::{
        location, routes,
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
                        "Without a zone no address can be delivered to. Add the postcodes or the area that you drive to."
                    </p>
                }
            })}
        <Overlaps zones=&view.settings.zones/>
        <p class="max-w-text text-muted">
            "A postcode that stands alone is meant as it is: 10435 takes 10435, and E1 takes the district E1 with E1W, not E10 \
             to E20. 104* takes all that begin with 104, 10115-10119 all from the first to the last. Where several zones take a \
             postcode, the closest description counts, and of equal ones the zone that is listed first."
        </p>
        <p class="max-w-text text-muted">
            "A circle or an area on the map takes the guests whose location is in it or on its border. They show it at the \
             checkout, by their phone or on this map. It counts before postcodes; of several areas the smallest one counts. A \
             guest without a location, or in none of the areas, is looked for in the zones by postcode."
        </p>
        {zones}
        <div><StepButton value="add" words="Add a zone" off={count >= limits::MOST_ZONES}/></div>
        <Map view=view entered=entered/>
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
        <fieldset class=ZONE_CLASS>
            <legend class="sr-only">{of.clone()}</legend>
            <Line entered=entered name=field(delivery::NAME) label="Name, as guests see it" most=limits::LONGEST_NAME/>
            <Extent entered=entered at=at/>
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

/// Which deliveries the zone takes: by postcodes, a circle or an area on the map. CSS alone shows the fields of the chosen one.
#[component]
fn Extent<'a>(entered: &'a Entered, at: usize) -> impl IntoView + use<> {
    let field = |name: &str| entry_field(delivery::LIST, at, name);
    let chosen = entered.text(&field(delivery::BY));
    let chosen = if chosen.is_empty() { delivery::BY_POSTCODES.to_owned() } else { chosen };
    let ways = [
        (delivery::BY_POSTCODES, "By postcode"),
        (delivery::BY_CIRCLE, "As a circle"),
        (delivery::BY_POLYGON, "On the map"),
    ];
    let ways = ways.map(|(value, words)| {
        let checked = chosen == value;
        view! {
            <label class="inline-flex min-h-11 cursor-pointer items-center gap-2">
                <input type="radio" name=field(delivery::BY) value=value checked=checked/>
                {words}
            </label>
        }
    });
    view! {
        <fieldset class="flex flex-wrap gap-x-6">
            <legend class="font-medium">"Which guests it takes"</legend>
            {ways.into_iter().collect_view()}
        </fieldset>
        <div class="hidden group-has-[[value=postcodes]:checked]/zone:block">
            <Lines
                entered=entered
                name=field(delivery::AREAS)
                label="Postcodes"
                hint="With commas between them, such as 10435, 104*, 10115-10119"
                rows=2
            />
        </div>
        <div class="hidden gap-4 group-has-[[value=circle]:checked]/zone:grid sm:grid-cols-2">
            <Line entered=entered name=field(delivery::RADIUS) label="Radius in km" hint="From 0.05 to 100" keyboard="decimal" most=12/>
            <Line
                entered=entered
                name=field(delivery::CENTRE)
                label="Middle"
                hint="Such as 52.5403, 13.4127; empty: the restaurant"
                most=location::LONGEST
            />
        </div>
        <div class="hidden group-has-[[value=polygon]:checked]/zone:block">
            <Lines
                entered=entered
                name=field(delivery::CORNERS)
                label="Corners"
                hint="Latitude and longitude of 3 to 50 corners in their order around the area, one in each line, such as 52.5403, 13.4127. The map below shows them after saving."
                rows=5
            />
        </div>
    }
}

/// The map with all zones of the form, around the restaurant.
#[component]
fn Map<'a>(view: &'a ServingView, entered: &'a Entered) -> impl IntoView + use<> {
    let zones = delivery::drawn(entered.fields());
    let general = routes::settings(&view.slug, "general");
    let map = match view.terms.location {
        Some(restaurant) => {
            let shown = MapView::around(restaurant, &zones);
            let names: Vec<_> = zones.iter().map(|zone| zone.name.as_str()).collect();
            let names = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
            let label = format!("Map with the restaurant in the middle, north up, and the zones: {names}");
            view! {
                <svg viewBox=VIEW_BOX role="img" aria-label=label class="w-full rounded-control border border-line bg-card" data-map>
                    <Rings view=shown/>
                    <Shapes view=shown zones=&zones/>
                </svg>
            }
            .into_any()
        }
        None => view! {
            <p class="rounded-control bg-saffron/10 p-3 text-saffron">
                "The map is drawn around the restaurant, whose location is not known. "
                <a class="underline" href=general>"Enter it in the general settings"</a> "."
            </p>
        }
        .into_any(),
    };
    view! {
        <section aria-labelledby="map" class=GROUP_CLASS>
            <h3 id="map" class="text-lg font-semibold">"Map"</h3>
            {map}
        </section>
    }
}

/// Classes of the fields of a zone.
const ZONE_CLASS: &str = "group/zone flex flex-col gap-4 rounded-card border border-line bg-card p-4";

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

/// Looks up the zone of a postcode or a location: a form of its own, which changes nothing.
#[component]
fn TryPostcode<'a>(view: &'a ServingView, asked: String) -> impl IntoView + use<> {
    let result = typed::is_seen(&asked).then(|| {
        view! { <p role="status" class="font-medium">{answer(view, &asked)}</p> }
    });
    view! {
        <form method="get" action=routes::settings(&view.slug, "delivery") class=GROUP_CLASS>
            <div class="flex flex-wrap items-end gap-3">
                <div class="flex flex-col gap-1">
                    <label for=TRY class="font-medium">"Try a postcode or a location"</label>
                    <input id=TRY name=TRY type="text" value=asked autocomplete="off" maxlength=location::LONGEST.to_string() class="w-64"/>
                </div>
                <button type="submit" class=QUIET_CLASS>"See its zone"</button>
            </div>
            {result}
        </form>
    }
}

fn answer(view: &ServingView, asked: &str) -> String {
    let asked = asked.trim();
    let terms = Terms { zones: view.settings.zones.clone(), ..view.terms.clone() };
    // No postcode reads as a location, which has two numbers on earth or a plus sign.
    let found = match location::read(asked, terms.location) {
        Some(at) => terms.zone_for(None, Some(at)),
        None => terms.zone_for(Some(asked), None),
    };
    let zone = match found {
        Ok(Some(zone)) => zone,
        Err(PriceProblem::LocationNeeded(_)) => {
            return format!("No zone takes {asked} by its postcode: guests there are asked for their location.");
        }
        _ => return format!("No zone takes {asked}: guests there read that you do not deliver to them."),
    };
    let fee = if zone.fee.is_zero() { "free".to_owned() } else { zone.fee.text(&view.locale) };
    let minimum = zone.minimum.text(&view.locale);
    let free_from = zone.free_from.map(|free| format!(", free from {}", free.text(&view.locale))).unwrap_or_default();
    format!("{asked} is in “{}”: {fee}, from {minimum} of dishes{free_from}.", zone.name)
}

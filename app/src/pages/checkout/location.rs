//! Where the guest is, for restaurants with delivery zones on the map: by the device, by a tap on the map, or as text.

use crate::{
    components::{
        button::QUIET_CLASS,
        field::TextField,
        zone_map::{MapView, Rings, Shapes, VIEW_BOX},
    },
    domain::{location::Location, terms::Terms, zones::drawn},
    forms::fields,
    pages::checkout::form_state::Entered,
};
use leptos::prelude::*;

/// The field, which works alone; a script fills it by the button and the map.
#[component]
pub fn GuestLocation<'a>(terms: &'a Terms, entered: &'a Entered) -> impl IntoView + use<> {
    let only_shapes = terms.zones.iter().all(|zone| zone.shape().is_some());
    let map = terms.location.map(|restaurant| view! { <ZonesMap restaurant=restaurant terms=terms /> });
    view! {
        <div class="flex flex-col gap-3">
            <TextField
                name=fields::LOCATION
                label="Your location"
                hint="It decides whether the restaurant delivers to you, and the fee. Such as 52.5403, 13.4127, or a plus code from a map, such as 9F4MGCR7+43."
                value=entered.text(fields::LOCATION)
                problem=entered.problem(fields::LOCATION)
                required=only_shapes
            />
            <div>
                <button type="button" class=QUIET_CLASS data-locate hidden>"Use my location"</button>
            </div>
            <p data-locate-status role="status" class="text-sm font-medium text-saffron empty:hidden"></p>
            {map}
        </div>
    }
}

/// The zones around the restaurant. A script sets the pin where the guest taps, and where the field says.
#[component]
fn ZonesMap<'a>(restaurant: Location, terms: &'a Terms) -> impl IntoView + use<> {
    let zones = drawn(&terms.zones);
    let view = MapView::around(restaurant, &zones);
    let names: Vec<_> = zones.iter().map(|zone| zone.name.as_str()).collect();
    let label = format!("Map with the restaurant in the middle, north up, and the zones: {}", names.join(", "));
    view! {
        <details class="group/map">
            <summary class="min-h-11 cursor-pointer py-2 font-medium text-brand">"Show the zones on a map"</summary>
            <p class="pb-2 text-sm text-muted" data-map-hint hidden>"Tap the map where you are."</p>
            <svg
                viewBox=VIEW_BOX
                role="img"
                aria-label=label
                class="w-full max-w-md rounded-control border border-line bg-card"
                data-location-map
                data-latitude=restaurant.latitude().to_string()
                data-longitude=restaurant.longitude().to_string()
                data-scale=view.scale.to_string()
            >
                <Rings view=view />
                <Shapes view=view zones=&zones />
                <g data-pin display="none" class="text-ink">
                    <path d="M0 0C-12 -24 -34 -40 -34 -62A34 34 0 0 1 34 -62C34 -40 12 -24 0 0Z" fill="currentColor"></path>
                    <circle cy="-62" r="12" fill="var(--color-card)"></circle>
                </g>
            </svg>
        </details>
    }
}

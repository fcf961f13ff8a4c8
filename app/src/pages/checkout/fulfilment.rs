//! Delivery address, table and note of the checkout.

use crate::{
    components::{
        field::{TextField, described_by, textarea_content},
        problem::FieldProblem,
    },
    domain::terms::{ServiceMode, Terms},
    forms::fields,
    pages::checkout::{form_state::Entered, location::GuestLocation, time::HEADING_CLASS},
    services::CheckoutView,
};
use leptos::prelude::*;

/// The fields of the chosen mode; CSS hides those of the others.
#[component]
pub fn Fulfilment<'a>(view: &'a CheckoutView, entered: &'a Entered) -> impl IntoView + use<> {
    let terms = &view.restaurant.terms;
    let delivery = terms.mode(ServiceMode::Delivery).map(|_| view! { <DeliveryAddress terms=terms entered=entered /> });
    let tables = terms.mode(ServiceMode::DineIn).map(|mode| mode.tables.clone());
    let table = tables.map(|tables| view! { <Table tables=tables kept=&view.cart.table entered=entered /> });
    view! {
        <div class="hidden group-has-[#mode-pickup:checked]/checkout:block">
            <h2 class=HEADING_CLASS>"Pickup address"</h2>
            <p class="break-words" dir="auto">{view.restaurant.address.clone()}</p>
        </div>
        {delivery}
        {table}
        <Note entered=entered />
    }
}

#[component]
fn DeliveryAddress<'a>(terms: &'a Terms, entered: &'a Entered) -> impl IntoView + use<> {
    view! {
        <fieldset class="hidden flex-col gap-4 group-has-[#mode-delivery:checked]/checkout:flex">
            <legend class=HEADING_CLASS>"Delivery address"</legend>
            <TextField
                name=fields::STREET
                label="Street and number"
                value=entered.text(fields::STREET)
                problem=entered.problem(fields::STREET)
                autocomplete="address-line1"
                required=true
            />
            <div class="grid gap-4 sm:grid-cols-[10rem_1fr]">
                <TextField
                    name=fields::POSTCODE
                    label="Postcode"
                    value=entered.text(fields::POSTCODE)
                    problem=entered.problem(fields::POSTCODE)
                    autocomplete="postal-code"
                    required=true
                />
                <TextField
                    name=fields::CITY
                    label="City"
                    value=entered.text(fields::CITY)
                    problem=entered.problem(fields::CITY)
                    autocomplete="address-level2"
                />
            </div>
            {terms.has_shapes().then(|| view! { <GuestLocation terms=terms entered=entered /> })}
            <TextField
                name=fields::DIRECTIONS
                label="Floor, bell, gate"
                value=entered.text(fields::DIRECTIONS)
                problem=entered.problem(fields::DIRECTIONS)
                autocomplete="address-line2"
            />
        </fieldset>
    }
}

#[component]
fn Table<'a>(
    tables: Vec<String>,
    /// The table whose code the guest opened.
    kept: &'a str,
    entered: &'a Entered,
) -> impl IntoView + use<> {
    let problem = entered.problem(fields::TABLE);
    let chosen = Some(entered.text(fields::TABLE)).filter(|table| !table.is_empty()).unwrap_or_else(|| kept.to_owned());
    let options = tables.into_iter().map(|table| {
        let selected = table == chosen;
        view! { <option value=table.clone() selected=selected>{table.clone()}</option> }
    });
    let options = options.collect_view();
    view! {
        <div class="hidden flex-col gap-1 group-has-[#mode-dine-in:checked]/checkout:flex">
            <h2 class=HEADING_CLASS>"Your table"</h2>
            <label for=fields::TABLE class="font-medium">"Table"</label>
            <FieldProblem field=fields::TABLE.to_owned() message=problem.clone() />
            <select
                class="w-full"
                id=fields::TABLE
                name=fields::TABLE
                aria-invalid=problem.is_some().then_some("true")
                aria-describedby=described_by(fields::TABLE, false, problem.is_some())
            >
                <option value="" selected=chosen.is_empty()>"Choose your table"</option>
                {options}
            </select>
        </div>
    }
}

/// Note on the whole order.
#[component]
fn Note<'a>(entered: &'a Entered) -> impl IntoView + use<> {
    let problem = entered.problem(fields::NOTE);
    view! {
        <div class="flex flex-col gap-1">
            <label for=fields::NOTE class="font-medium">
                "Note for the restaurant" <span class="font-normal text-muted">" (optional)"</span>
            </label>
            <FieldProblem field=fields::NOTE.to_owned() message=problem.clone() />
            <textarea
                class="w-full"
                id=fields::NOTE
                name=fields::NOTE
                rows="2"
                maxlength="280"
                dir="auto"
                aria-invalid=problem.is_some().then_some("true")
                aria-describedby=described_by(fields::NOTE, false, problem.is_some())
            >
                {textarea_content(entered.text(fields::NOTE))}
            </textarea>
        </div>
    }
}

//! Where the food goes: an address or a table.

use crate::{
    api::field,
    backend::CheckoutView,
    components::{
        field::{TextField, described_by, textarea_content},
        problem::FieldProblem,
    },
    pages::checkout::{entered::Entered, time::HEADING_CLASS},
    types::terms::ServiceMode,
};
use leptos::prelude::*;

/// The part for the chosen mode; the others are hidden as long as they do not matter.
#[component]
pub fn Place<'a>(view: &'a CheckoutView, entered: &'a Entered) -> impl IntoView + use<> {
    let terms = &view.restaurant.terms;
    let delivery = terms.mode(ServiceMode::Delivery).map(|_| view! { <DeliveryAddress entered=entered /> });
    let tables = terms.mode(ServiceMode::DineIn).map(|mode| mode.tables.clone());
    let table = tables.map(|tables| view! { <Table tables=tables entered=entered /> });
    view! {
        <div class="hidden group-has-[#mode-pickup:checked]/checkout:block">
            <h2 class=HEADING_CLASS>"Where"</h2>
            <p class="break-words" dir="auto">{view.restaurant.address.clone()}</p>
        </div>
        {delivery}
        {table}
        <Note entered=entered />
    }
}

#[component]
fn DeliveryAddress<'a>(entered: &'a Entered) -> impl IntoView + use<> {
    view! {
        <fieldset class="hidden flex-col gap-4 group-has-[#mode-delivery:checked]/checkout:flex">
            <legend class=HEADING_CLASS>"Delivery address"</legend>
            <TextField
                name=field::STREET
                label="Street and number"
                value=entered.text(field::STREET)
                problem=entered.problem(field::STREET)
                autocomplete="address-line1"
                required=true
            />
            <div class="grid gap-4 sm:grid-cols-[10rem_1fr]">
                <TextField
                    name=field::POSTCODE
                    label="Postcode"
                    value=entered.text(field::POSTCODE)
                    problem=entered.problem(field::POSTCODE)
                    autocomplete="postal-code"
                    required=true
                />
                <TextField
                    name=field::CITY
                    label="City"
                    value=entered.text(field::CITY)
                    problem=entered.problem(field::CITY)
                    autocomplete="address-level2"
                />
            </div>
            <TextField
                name=field::DIRECTIONS
                label="Floor, bell, gate"
                value=entered.text(field::DIRECTIONS)
                problem=entered.problem(field::DIRECTIONS)
                autocomplete="address-line2"
            />
        </fieldset>
    }
}

#[component]
fn Table<'a>(tables: Vec<String>, entered: &'a Entered) -> impl IntoView + use<> {
    let problem = entered.problem(field::TABLE);
    let chosen = entered.text(field::TABLE);
    let options = tables.into_iter().map(|table| {
        let selected = table == chosen;
        view! { <option value=table.clone() selected=selected>{table.clone()}</option> }
    });
    let options = options.collect_view();
    view! {
        <div class="hidden flex-col gap-1 group-has-[#mode-dine-in:checked]/checkout:flex">
            <h2 class=HEADING_CLASS>"Your table"</h2>
            <label for=field::TABLE class="font-medium">"Table"</label>
            <FieldProblem field=field::TABLE.to_owned() message=problem.clone() />
            <select
                class="w-full"
                id=field::TABLE
                name=field::TABLE
                aria-invalid=problem.is_some().then_some("true")
                aria-describedby=described_by(field::TABLE, false, problem.is_some())
            >
                <option value="" selected=chosen.is_empty()>"Choose your table"</option>
                {options}
            </select>
        </div>
    }
}

/// Words about the whole order.
#[component]
fn Note<'a>(entered: &'a Entered) -> impl IntoView + use<> {
    let problem = entered.problem(field::NOTE);
    view! {
        <div class="flex flex-col gap-1">
            <label for=field::NOTE class="font-medium">
                "Note for the restaurant" <span class="font-normal text-muted">" (optional)"</span>
            </label>
            <FieldProblem field=field::NOTE.to_owned() message=problem.clone() />
            <textarea
                class="w-full"
                id=field::NOTE
                name=field::NOTE
                rows="2"
                maxlength="280"
                dir="auto"
                aria-invalid=problem.is_some().then_some("true")
                aria-describedby=described_by(field::NOTE, false, problem.is_some())
            >
                {textarea_content(entered.text(field::NOTE))}
            </textarea>
        </div>
    }
}

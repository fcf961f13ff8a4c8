//! Who orders.

use crate::{
    api::field,
    components::field::TextField,
    pages::checkout::{entered::Entered, time::HEADING_CLASS},
};
use leptos::prelude::*;

/// Name, and how to be reached.
#[component]
pub fn Contact<'a>(entered: &'a Entered) -> impl IntoView + use<> {
    view! {
        <fieldset class="flex flex-col gap-4">
            <legend class=HEADING_CLASS>"Who"</legend>
            <TextField
                name=field::NAME
                label="Name"
                hint="Your order is called out by it."
                value=entered.text(field::NAME)
                problem=entered.problem(field::NAME)
                autocomplete="name"
                required=true
            />
            <p class="text-sm text-muted">"A phone number or an e-mail address, so that the restaurant can reach you."</p>
            <div class="grid gap-4 sm:grid-cols-2">
                <TextField
                    name=field::PHONE
                    label="Phone"
                    value=entered.text(field::PHONE)
                    problem=entered.problem(field::PHONE)
                    kind="tel"
                    autocomplete="tel"
                    required=true
                />
                <TextField
                    name=field::EMAIL
                    label="or e-mail"
                    value=entered.text(field::EMAIL)
                    problem=entered.problem(field::EMAIL)
                    kind="email"
                    autocomplete="email"
                    required=true
                />
            </div>
        </fieldset>
    }
}

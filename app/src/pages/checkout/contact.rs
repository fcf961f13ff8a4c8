//! Who orders.

use crate::{
    api::field,
    components::field::TextField,
    pages::checkout::{entered::Entered, time::HEADING_CLASS},
};
use leptos::prelude::*;

/// Says that one of phone and e-mail is enough.
const REACH: &str = "reach-hint";

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
            <p id=REACH class="text-sm text-muted">
                "A phone number or an e-mail address is needed, so that the restaurant can reach you. One of them is enough."
            </p>
            <div role="group" aria-label="How to reach you" class="grid gap-4 sm:grid-cols-2">
                <TextField
                    name=field::PHONE
                    label="Phone"
                    value=entered.text(field::PHONE)
                    problem=entered.problem(field::PHONE)
                    kind="tel"
                    autocomplete="tel"
                    one_of=REACH
                />
                <TextField
                    name=field::EMAIL
                    label="or e-mail"
                    value=entered.text(field::EMAIL)
                    problem=entered.problem(field::EMAIL)
                    kind="email"
                    autocomplete="email"
                    one_of=REACH
                />
            </div>
        </fieldset>
    }
}

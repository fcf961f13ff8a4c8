//! The contact fields of the checkout.

use crate::{
    components::field::TextField,
    forms::fields,
    pages::checkout::{form_state::Entered, time::HEADING_CLASS},
};
use leptos::prelude::*;

/// Id of the sentence that one of phone and e-mail is enough.
const REACH: &str = "reach-hint";

/// Name, phone and e-mail.
#[component]
pub fn Contact<'a>(entered: &'a Entered) -> impl IntoView + use<> {
    view! {
        <fieldset class="flex flex-col gap-4">
            <legend class=HEADING_CLASS>"Contact"</legend>
            <TextField
                name=fields::NAME
                label="Name"
                hint="We will call this name when your order is ready."
                value=entered.text(fields::NAME)
                problem=entered.problem(fields::NAME)
                autocomplete="name"
                required=true
            />
            <p id=REACH class="text-sm text-muted">
                "A phone number or an e-mail address is needed, so that the restaurant can reach you. One of them is enough."
            </p>
            <div role="group" aria-label="How to reach you" class="grid gap-4 sm:grid-cols-2">
                <TextField
                    name=fields::PHONE
                    label="Phone"
                    value=entered.text(fields::PHONE)
                    problem=entered.problem(fields::PHONE)
                    kind="tel"
                    autocomplete="tel"
                    one_of=REACH
                />
                <TextField
                    name=fields::EMAIL
                    label="or e-mail"
                    value=entered.text(fields::EMAIL)
                    problem=entered.problem(fields::EMAIL)
                    kind="email"
                    autocomplete="email"
                    one_of=REACH
                />
            </div>
        </fieldset>
    }
}

//! The choice of a tip; no tip is the default.

use crate::{
    components::{button::CHIP_CLASS, field::TextField},
    domain::pricing::example_tip,
    forms::fields,
    pages::checkout::{form_state::Entered, time::HEADING_CLASS},
    services::CheckoutView,
};
use leptos::prelude::*;

/// The offered tips and another amount.
#[component]
pub fn Tips<'a>(view: &'a CheckoutView, entered: &'a Entered) -> impl IntoView + use<> {
    let locale = &view.cart.locale;
    let mut percents = view.restaurant.terms.tip_percents.clone();
    percents.sort_unstable();
    percents.dedup();
    let choices = percents.into_iter().map(|percent| {
        let value = percent.to_string();
        let checked = entered.tips(&value);
        let amount = view.bill.subtotal.percent(percent).map(|tip| tip.text(locale)).unwrap_or_default();
        let words = if percent == 0 { "No tip".to_owned() } else { format!("{percent} % · {amount}") };
        view! {
            <label class=CHIP_CLASS>
                <input class="sr-only" type="radio" name=fields::TIP value=value checked=checked />
                <span class="tabular-nums">{words}</span>
            </label>
        }
    });
    let choices = choices.collect_view();
    let example = example_tip(view.bill.subtotal).typed(locale);
    let keyboard = if view.restaurant.currency.exponent() == 0 { "numeric" } else { "decimal" };
    let problem = entered.problem(fields::TIP_OTHER).or_else(|| entered.problem(fields::TIP));
    view! {
        <fieldset class="flex flex-col gap-3" id=fields::TIP>
            <legend class=HEADING_CLASS>"Tip for the staff"</legend>
            <div class="flex flex-wrap gap-2">
                {choices}
                <label class=CHIP_CLASS>
                    <input
                        class="sr-only"
                        type="radio"
                        id="tip-is-other"
                        name=fields::TIP
                        value="other"
                        checked=entered.tips("other")
                    />
                    "Another amount"
                </label>
            </div>
            <div class="hidden max-w-60 group-has-[#tip-is-other:checked]/checkout:block">
                <TextField
                    name=fields::TIP_OTHER
                    label=format!("Amount in {}", view.restaurant.currency.code())
                    value=entered.text(fields::TIP_OTHER)
                    problem=problem
                    hint=format!("Such as {example}")
                    inputmode=keyboard
                    required=true
                />
            </div>
        </fieldset>
    }
}

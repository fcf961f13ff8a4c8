//! Payment, bill and the submit button of the checkout.

use crate::{
    components::{
        bill::{BillLines, BillRows},
        button::{MAIN_CLASS, QUIET_CLASS},
        mode::payment_sentence,
    },
    domain::{bill::BillRowKind, terms::ServiceMode},
    forms::fields,
    pages::checkout::{form_state::Entered, time::HEADING_CLASS},
    services::CheckoutView,
};
use leptos::prelude::*;

/// How to pay, the bill, and the submit button.
#[component]
pub fn Total<'a>(view: &'a CheckoutView, entered: &'a Entered, agreed: String) -> impl IntoView + use<> {
    let locale = view.cart.locale.clone();
    let total = view.bill.total.text(&locale);
    let whole = entered.obstacles().map(|message| view! { <li>{message.to_owned()}</li> }).collect_view();
    let blocked = !whole.is_empty();
    view! {
        <div class="flex flex-col gap-8 lg:sticky lg:top-4">
        <section aria-labelledby="paying">
            <h2 id="paying" class=HEADING_CLASS>"Payment"</h2>
            <p id="payment">{payment_sentence(view.cart.mode)}</p>
            <p class="text-sm text-muted">"Paying by card on this page comes later."</p>
        </section>
        <section aria-labelledby="bill">
            <h2 id="bill" class=HEADING_CLASS>"Bill"</h2>
            <div id="total" class="flex flex-col gap-4">
                <input type="hidden" name=fields::EXPECTED_TOTAL value=agreed />
                <div class="rounded-card border border-line bg-card p-4">
                    <BillLines bill=view.bill.clone() locale=locale.clone() />
                    <div class="border-t border-line pt-3">
                        <BillRows bill=view.bill.clone() locale=locale />
                    </div>
                    {(view.cart.mode == ServiceMode::Delivery && !has_delivery(view))
                        .then(|| {
                            view! {
                                <p class="pt-2 text-sm text-muted">
                                    {if view.restaurant.terms.has_shapes() {
                                        "The delivery fee follows once your location or postcode is known."
                                    } else {
                                        "The delivery fee follows once your postcode is known."
                                    }}
                                </p>
                            }
                        })}
                </div>
                {blocked
                    .then(|| {
                        view! {
                            <ul class="list-disc rounded-control bg-saffron/10 py-3 ps-8 pe-3 text-saffron">{whole}</ul>
                        }
                    })}
                <button class=QUIET_CLASS name=fields::UPDATE value="1" data-update>
                    "Update the total"
                </button>
                <button class=MAIN_CLASS data-place>
                    "Place order · "
                    <span class="tabular-nums">{total}</span>
                </button>
            </div>
            <p id="checkout-sending" role="status" class="min-h-6 pt-2 text-center font-medium text-muted"></p>
        </section>
        </div>
    }
}

fn has_delivery(view: &CheckoutView) -> bool {
    view.bill.rows.iter().any(|row| row.kind == BillRowKind::Delivery)
}

//! The page of the legal name and the tax number.

use crate::{
    domain::terms::settings::TermsPart,
    forms::settings::{limits, tax},
    pages::dashboard::settings::{
        entered::Entered,
        inputs::{GROUP_CLASS, Line},
        part::{nothing, part_page},
    },
    services::ServingView,
};
use leptos::prelude::*;

#[component]
pub fn TaxPage() -> impl IntoView {
    part_page(TermsPart::Tax, body, nothing)
}

fn body(_: &ServingView, entered: &Entered) -> AnyView {
    view! {
        <div class=GROUP_CLASS>
            <p class="max-w-text text-muted">"Both are printed on receipts, as you write them here. Leave empty what does not apply."</p>
            <Line
                entered=entered
                name=tax::LEGAL_NAME
                label="Legal name"
                hint="Of the person or the company that guests buy from, such as Corner Kitchen GmbH"
                most=limits::LONGEST_LEGAL_NAME
            />
            <Line
                entered=entered
                name=tax::TAX_NUMBER
                label="Tax number"
                hint="Such as DE123456789"
                most=limits::LONGEST_TAX_NUMBER
            />
        </div>
    }
    .into_any()
}

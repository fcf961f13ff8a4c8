//! The table whose code a guest opened.

use crate::domain::terms::{ServiceMode, Terms};
use leptos::prelude::*;

/// Whether guests can order at a table.
pub fn serves(terms: &Terms, table: &str) -> bool {
    terms.mode(ServiceMode::DineIn).is_some_and(|mode| mode.tables.iter().any(|of| of == table))
}

/// States at which table the guest sits, or why there is none.
#[component]
pub fn AtTable<'a>(terms: &'a Terms, table: Option<String>) -> impl IntoView + use<> {
    let offered = terms.mode(ServiceMode::DineIn).is_some();
    let known = table.as_ref().is_some_and(|table| serves(terms, table));
    table.map(|table| {
        if known {
            view! {
                <p role="status" class="rounded-card bg-basil/10 p-3 font-medium text-basil">
                    "You are at table " <bdi>{table}</bdi> ". Your order will be brought there."
                </p>
            }
            .into_any()
        } else {
            let way_on = if offered {
                "Choose your table at checkout, or ask the staff."
            } else {
                "Orders to the table are not taken at the moment. Ask the staff, or order for pickup."
            };
            view! {
                <p role="status" class="rounded-card bg-saffron/10 p-3 font-medium text-saffron">
                    {offered.then(|| view! { "There is no table “" <bdi>{table}</bdi> "” here. " })}
                    {way_on}
                </p>
            }
            .into_any()
        }
    })
}

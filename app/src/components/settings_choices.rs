//! The selects of set-up pages: time zone, language, currency.

use crate::{
    components::select::SelectField,
    domain::money::Currency,
    forms::{choices, fields},
};
use leptos::prelude::*;

/// The time zone of a restaurant, by region.
#[component]
pub fn ZoneField(#[prop(into)] value: String, problem: Option<String>) -> impl IntoView {
    let groups = choices::ZONES.iter().map(|(region, zones)| {
        let zones = zones.iter().map(|(zone, places)| ((*zone).to_owned(), (*places).to_owned()));
        (*region, zones.collect())
    });
    view! {
        <SelectField
            name=fields::ZONE
            label="Time zone"
            hint="The city whose clock shows your time. Opening hours and orders are in this time."
            prompt="Choose a city"
            value=value
            groups=groups.collect()
            problem=problem
        />
    }
}

/// The language of the menu.
#[component]
pub fn LanguageField(#[prop(into)] value: String, problem: Option<String>) -> impl IntoView {
    let languages = choices::LANGUAGES.iter().map(|(tag, name)| ((*tag).to_owned(), (*name).to_owned()));
    view! {
        <SelectField
            name=fields::LANGUAGE
            label="Language of the menu"
            hint="Prices are written as usual in this language."
            prompt="Choose a language"
            value=value
            groups=vec![("", languages.collect())]
            problem=problem
        />
    }
}

/// The currency of all prices.
#[component]
pub fn CurrencyField(#[prop(into)] value: String, problem: Option<String>) -> impl IntoView {
    let currencies = Currency::ALL.iter().map(|currency| {
        let code = currency.code();
        (code.to_owned(), format!("{code} · {}", choices::currency_name(*currency)))
    });
    view! {
        <SelectField
            name=fields::CURRENCY
            label="Currency"
            hint="It cannot be changed once there are orders."
            prompt="Choose a currency"
            value=value
            groups=vec![("", currencies.collect())]
            problem=problem
        />
    }
}

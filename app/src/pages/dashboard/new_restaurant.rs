//! The form of a new restaurant.

use crate::{
    components::{
        button::MAIN_CLASS,
        field::TextField,
        layout::Frame,
        problem::{FieldProblem, ProblemSummary},
        settings_choices::{CurrencyField, LanguageField, ZoneField},
    },
    forms::{choices, fields, routes},
    pages::{dashboard::or_sign_in, page_key, set_status, title::PageTitle},
    services::{Submission, staff, submission},
};
use leptos::prelude::*;
use leptos_meta::Meta;

/// Name, place, money, language, and the menu to begin with.
#[component]
pub fn NewRestaurantPage() -> impl IntoView {
    or_sign_in(staff().map(|_| view! { <NewRestaurant sent=submission()/> }), routes::NEW_RESTAURANT)
}

#[component]
fn NewRestaurant(sent: Submission) -> impl IntoView {
    if let Some(error) = &sent.error {
        set_status(error);
    }
    let prefix = if sent.error.is_some() { "Problem: " } else { "" };
    let summary = sent.error.clone().map(|error| view! { <ProblemSummary error=error/> });
    view! {
        <PageTitle text=format!("{prefix}New restaurant · Toast")/>
        <Meta name="robots" content="noindex"/>
        <Frame>
            <div class="mx-auto flex max-w-xl flex-col gap-6 py-8">
                <div>
                    <h1 class="text-2xl font-bold">"Open a restaurant"</h1>
                    <p class="mt-1 text-muted">
                        "It takes a few minutes. Guests see nothing before you publish it, and you can change all of this later."
                    </p>
                </div>
                {summary}
                <form method="post" action=routes::NEW_RESTAURANT novalidate class="flex flex-col gap-4">
                    <input type="hidden" name=fields::KEY value=page_key()/>
                    <TextField
                        name=fields::NAME
                        label="Name of the restaurant"
                        autocomplete="organization"
                        required=true
                        value=sent.text(fields::NAME)
                        problem=sent.problem_at(fields::NAME)
                    />
                    <TextField
                        name=fields::ADDRESS
                        label="Address"
                        hint="In one line: street and number, postcode, city."
                        required=true
                        value=sent.text(fields::ADDRESS)
                        problem=sent.problem_at(fields::ADDRESS)
                    />
                    <TextField
                        name=fields::PHONE
                        label="Phone for guests"
                        kind="tel"
                        autocomplete="tel"
                        value=sent.text(fields::PHONE)
                        problem=sent.problem_at(fields::PHONE)
                    />
                    <ZoneField value=sent.text(fields::ZONE) problem=sent.problem_at(fields::ZONE)/>
                    <CurrencyField value=sent.text(fields::CURRENCY) problem=sent.problem_at(fields::CURRENCY)/>
                    <LanguageField value=sent.text(fields::LANGUAGE) problem=sent.problem_at(fields::LANGUAGE)/>
                    <Templates chosen=sent.text(fields::TEMPLATE) problem=sent.problem_at(fields::TEMPLATE)/>
                    <button type="submit" class=MAIN_CLASS>"Create the restaurant"</button>
                </form>
            </div>
        </Frame>
    }
}

#[component]
fn Templates(chosen: String, problem: Option<String>) -> impl IntoView {
    let choice = |code: &'static str, name: &'static str, words: &'static str| {
        let checked = code == chosen;
        view! {
            <label class="flex cursor-pointer items-start gap-3 rounded-control border border-edge bg-card p-3 has-checked:border-brand has-checked:bg-brand-tint">
                <input type="radio" name=fields::TEMPLATE value=code checked=checked class="mt-1"/>
                <span>
                    <span class="block font-medium">{name}</span>
                    <span class="block text-sm text-muted">{words}</span>
                </span>
            </label>
        }
    };
    let templates = choices::TEMPLATES.iter().map(|template| choice(template.code, template.name, template.words));
    let templates = templates.collect_view();
    view! {
        <fieldset id=fields::TEMPLATE class="flex flex-col gap-2">
            <legend class="font-medium">"Start with the menu of"</legend>
            <p class="text-sm text-muted">
                "A copy in English to change and to take away from. Its prices are examples: check each of them before you publish."
            </p>
            <FieldProblem field=fields::TEMPLATE.to_owned() message=problem/>
            {choice("", "An empty menu", "You enter your dishes yourself")}
            {templates}
        </fieldset>
    }
}

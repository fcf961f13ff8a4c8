//! The page of the legal name, the tax number and the taxes.

use crate::{
    components::button::QUIET_CLASS,
    domain::{
        tax::{MOST_CLASSES, MOST_RATES, presets},
        terms::{
            ServiceMode,
            settings::{TaxSettings, TermsPart},
        },
    },
    forms::{
        routes,
        settings::{Fields, entry_field, limits, put, tax},
    },
    pages::dashboard::settings::{
        entered::Entered,
        inputs::{Check, Choose, Day, GROUP_CLASS, Line, Lines, StepButton},
        part::{FilledPart, nothing},
    },
    services::ServingView,
};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

/// With a preset in the address, the form is filled with its taxes; they are not saved yet.
#[component]
pub fn TaxPage() -> impl IntoView {
    let asked = use_query_map().read_untracked().get(tax::PRESET).unwrap_or_default();
    let filled = move |view: &ServingView| preset_fields(view, &asked);
    FilledPart { part: TermsPart::Tax, body, before: chooser, after: nothing }.page(filled)
}

/// The stored names with the taxes of a preset.
fn preset_fields(view: &ServingView, code: &str) -> Option<Fields> {
    let preset = presets::of_code(code)?;
    let settings = TaxSettings { rules: preset.rules.clone(), ..view.settings.tax.clone() };
    let mut fields = tax::write(&settings);
    put(&mut fields, tax::PRESET, preset.code.clone());
    Some(fields)
}

/// Fills the form with the taxes of a country: a form of its own, which changes nothing.
fn chooser(view: &ServingView) -> AnyView {
    let options = presets::all()
        .iter()
        .map(|preset| view! { <option value=preset.code.as_str()>{preset.name.as_str()}</option> });
    view! {
        <form method="get" action=routes::settings(&view.slug, "tax") class=GROUP_CLASS>
            <div class="flex flex-wrap items-end gap-3">
                <div class="flex min-w-0 flex-col gap-1">
                    <label for="preset" class="font-medium">"Usual taxes of a country"</label>
                    <select id="preset" name=tax::PRESET class="w-full">{options.collect_view()}</select>
                </div>
                <button type="submit" class=QUIET_CLASS>"Fill in below"</button>
            </div>
            <p class="text-sm text-muted">"You see what it sets before anything is saved."</p>
        </form>
    }
    .into_any()
}

fn body(view: &ServingView, entered: &Entered) -> AnyView {
    let (classes, rates) = (
        entered.entries(tax::CLASS_ENTRIES, tax::CLASS_FIELDS, MOST_CLASSES),
        entered.entries(tax::RATES, tax::RATE_FIELDS, MOST_RATES),
    );
    let choices: Vec<_> = (0..classes).map(|at| entered.tax_class(at)).filter(|(_, code)| !code.is_empty()).collect();
    let class_fields = (0..classes).map(|at| view! { <ClassFields entered=entered at=at last={at + 1 == classes}/> });
    let rate_fields = (0..rates).map(|at| view! { <RateFields entered=entered at=at choices=&choices/> });
    let delivery = std::iter::once((String::new(), "Like the dishes of the order".to_owned()));
    let delivery = delivery.chain(choices.iter().map(|(name, code)| (code.clone(), name.clone()))).collect();
    view! {
        <Filled view=view entered=entered/>
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
        <Prices entered=entered/>
        <h3 class="text-lg font-semibold">"Classes"</h3>
        <p class="max-w-text text-muted">
            "Goods of a class are taxed alike. The first class is that of everything without one; sections, dishes and choices \
             get theirs in the menu, charges on the page of charges. Without classes, bills show no tax."
        </p>
        {class_fields.collect_view()}
        <div><StepButton value="class-add" words="Add a class" off={classes >= MOST_CLASSES}/></div>
        <Choose entered=entered name=tax::DELIVERY_TAXED_AS label="Delivery fees are taxed" choices=delivery/>
        <h3 class="text-lg font-semibold">"Rates"</h3>
        <p class="max-w-text text-muted">
            "What counts is the day for which an order is promised. For a rate that changes, enter the last day of the old one, \
             and add the new one from the day after."
        </p>
        {rate_fields.collect_view()}
        <div><StepButton value="rate-add" words="Add a rate" off={rates >= MOST_RATES}/></div>
    }
    .into_any()
}

/// Which preset the form was filled with, and what it is from.
#[component]
fn Filled<'a>(view: &'a ServingView, entered: &'a Entered) -> impl IntoView + use<> {
    presets::of_code(&entered.text(tax::PRESET)).map(|preset| {
        let sources = (!preset.sources.is_empty()).then(|| {
            view! { <p class="text-sm">"From: " <bdi>{preset.sources.join("; ")}</bdi></p> }
        });
        let back = routes::settings(&view.slug, "tax");
        view! {
            <div role="status" class="flex flex-col gap-1 rounded-control bg-sky/10 p-3 text-sky">
                <input type="hidden" name=tax::PRESET value=preset.code.as_str()/>
                <p class="font-semibold">"Filled in for " {preset.name.as_str()} ". Nothing is saved yet."</p>
                {(!preset.note.is_empty()).then(|| view! { <p>{preset.note.as_str()}</p> })}
                <p>"Check the rates with your tax adviser, change what differs, then save. " <a class="underline" href=back>"Back to what is saved"</a></p>
                {sources}
            </div>
        }
    })
}

#[component]
fn Prices<'a>(entered: &'a Entered) -> impl IntoView + use<> {
    let radio = |value: &'static str, label: &'static str| {
        let id = format!("{}-{value}", tax::PRICES);
        view! { <Check entered=entered name=tax::PRICES value=value label=label id=id kind="radio"/> }
    };
    let choices = |pairs: &[(&str, &str)]| {
        pairs.iter().map(|(value, words)| ((*value).to_owned(), (*words).to_owned())).collect::<Vec<_>>()
    };
    let rounded = choices(&[("rate", "the sum of each rate"), ("line", "each line of the bill")]);
    let rounding = choices(&[("half_up", "to the nearest, half up"), ("down", "down")]);
    view! {
        <div class=GROUP_CLASS>
            <fieldset class="flex flex-wrap gap-x-4">
                <legend class="font-medium">"Prices on the menu"</legend>
                {radio("inclusive", "include tax")}
                {radio("exclusive", "are without tax, which is added to the bill")}
            </fieldset>
            <div class="grid gap-4 sm:grid-cols-2">
                <Choose entered=entered name=tax::ROUNDED label="Tax is rounded for" choices=rounded/>
                <Choose entered=entered name=tax::ROUNDING label="It is rounded" choices=rounding/>
            </div>
            <Check entered=entered name=tax::SEPARATE value="1" label="Round each component of a rate by itself, where prices are without tax"/>
        </div>
    }
}

#[component]
fn ClassFields<'a>(entered: &'a Entered, at: usize, last: bool) -> impl IntoView + use<> {
    let field = |name: &str| entry_field(tax::CLASS_ENTRIES, at, name);
    let name = entered.text(&field(tax::CLASS_NAME));
    let of = if name.is_empty() { format!("class {}", at + 1) } else { name };
    view! {
        <fieldset class=GROUP_CLASS>
            <legend class="sr-only">{of.clone()}</legend>
            <div class="grid gap-4 sm:grid-cols-2">
                <Line entered=entered name=field(tax::CLASS_NAME) label="Name" hint="Such as Food" most=limits::LONGEST_NAME/>
                <Line entered=entered name=field(tax::CODE) label="Code" hint="Small letters, such as food; empty: made of the name" most=tax::LONGEST_CODE/>
            </div>
            <div class="flex flex-wrap gap-2">
                <StepButton value=format!("class-up-{at}") words="Move up" of=of.clone() off={at == 0}/>
                <StepButton value=format!("class-down-{at}") words="Move down" of=of.clone() off=last/>
                <StepButton value=format!("class-remove-{at}") words="Remove" of=of/>
            </div>
        </fieldset>
    }
}

#[component]
fn RateFields<'a>(entered: &'a Entered, at: usize, choices: &'a [(String, String)]) -> impl IntoView + use<> {
    let field = |name: &str| entry_field(tax::RATES, at, name);
    let of = format!("rate {}", at + 1);
    let modes = ServiceMode::ALL.map(|mode| {
        let id = format!("{}-{}", field(tax::MODES), mode.code());
        view! { <Check entered=entered name=field(tax::MODES) value=mode.code() label=mode.label() id=id/> }
    });
    let problem = entered.problem(&field(tax::MODES));
    let classes = choices.iter().map(|(name, code)| (code.clone(), name.clone())).collect::<Vec<_>>();
    view! {
        <fieldset class=GROUP_CLASS>
            <legend class="sr-only">{of.clone()}</legend>
            <div class="grid gap-4 sm:grid-cols-2">
                <Choose entered=entered name=field(tax::TAXED_AS) label="Class" choices=classes/>
                <div id=field(tax::MODES) role="group" aria-label=format!("Orders of {of}") class="flex flex-wrap items-end gap-x-4">
                    {problem.map(|problem| view! { <p class="w-full text-sm font-medium text-beet">{problem}</p> })}
                    {modes}
                </div>
                <Day entered=entered name=field(tax::FROM) label="First day" hint="Empty: always"/>
                <Day entered=entered name=field(tax::UNTIL) label="Last day" hint="Empty: no end"/>
            </div>
            <Lines
                entered=entered
                name=field(tax::COMPONENTS)
                label="Taxes in percent"
                hint="A name and a percentage, such as VAT 7; several with a line each, such as State 4 and City 4.5"
                rows=2
            />
            <div class="flex flex-wrap gap-2">
                <StepButton value=format!("rate-remove-{at}") words="Remove" of=of/>
            </div>
        </fieldset>
    }
}

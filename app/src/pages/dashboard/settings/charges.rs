//! The page of charges and tips.

use crate::{
    components::{field::described_by, problem::FieldProblem},
    domain::terms::{Rate, ServiceMode, settings::TermsPart},
    forms::settings::{charges, entry_field, limits},
    pages::dashboard::settings::{
        entered::Entered,
        inputs::{Check, Choose, GROUP_CLASS, Line, StepButton},
        part::{nothing, part_page},
    },
    services::ServingView,
};
use leptos::prelude::*;

#[component]
pub fn ChargesPage() -> impl IntoView {
    part_page(TermsPart::Charges, body, nothing)
}

fn body(view: &ServingView, entered: &Entered) -> AnyView {
    let count = entered.entries(charges::LIST, charges::NAMES, limits::MOST_CHARGES);
    let currency = view.currency.code();
    let classes = tax_choices(view);
    let entries = (0..count).map(|at| {
        view! { <ChargeFields entered=entered at=at last={at + 1 == count} currency=currency classes=&classes/> }
    });
    let entries = entries.collect_view();
    view! {
        <p class="max-w-text text-muted">
            "A charge is a line of its own on the bill, such as packaging or service. Percentages are taken of the dishes."
        </p>
        <Shown view=view/>
        {entries}
        <div><StepButton value="add" words="Add a charge" off={count >= limits::MOST_CHARGES}/></div>
        <div class=GROUP_CLASS>
            <Line
                entered=entered
                name=charges::TIPS
                label="Tips in percent"
                hint="With commas between them, such as 5, 10, 15. No tip and another amount can always be chosen."
            />
        </div>
    }
    .into_any()
}

/// The classes that a charge can have; empty where nothing is taxed.
fn tax_choices(view: &ServingView) -> Vec<(String, String)> {
    let classes = &view.settings.tax.rules.classes;
    let follows = (!classes.is_empty()).then(|| (String::new(), "Like the dishes of the order".to_owned()));
    follows.into_iter().chain(classes.iter().map(|class| (class.code.clone(), class.name.clone()))).collect()
}

/// The charges on guests' bills now.
#[component]
fn Shown<'a>(view: &'a ServingView) -> impl IntoView + use<> {
    let lines = ServiceMode::ALL.map(|mode| {
        let of_mode = view.terms.charges.iter().filter(|charge| charge.modes.contains(&mode));
        let words = of_mode.map(|charge| match charge.rate {
            Rate::Fixed(amount) => format!("{} {}", charge.name, amount.text(&view.locale)),
            Rate::Percent(percent) => format!("{} {percent} %", charge.name),
        });
        let words = words.collect::<Vec<_>>().join(", ");
        view.terms.mode(mode).map(|_| {
            let words = if words.is_empty() { "nothing but the dishes".to_owned() } else { words };
            view! { <li>{mode.label()} ": " <bdi>{words}</bdi></li> }
        })
    });
    view! {
        <div class="text-sm text-muted">
            <p>"Guests see now on the bill:"</p>
            <ul class="list-disc ps-5">{lines}</ul>
        </div>
    }
}

#[component]
fn ChargeFields<'a>(
    entered: &'a Entered,
    at: usize,
    last: bool,
    currency: &'static str,
    classes: &'a [(String, String)],
) -> impl IntoView + use<> {
    let field = |name: &str| entry_field(charges::LIST, at, name);
    let name = entered.text(&field(charges::NAME));
    let of = if name.is_empty() { format!("charge {}", at + 1) } else { name };
    let modes = ServiceMode::ALL.map(|mode| {
        let id = format!("{}-{}", field(charges::MODES), mode.code());
        view! { <Check entered=entered name=field(charges::MODES) value=mode.code() label=mode.label() id=id/> }
    });
    let list = field(charges::MODES);
    let problem = entered.problem(&list);
    let described = described_by(&list, false, problem.is_some());
    let kinds = field(charges::KIND);
    let is_percent = entered.has(&kinds, "percent");
    let taxed = (!classes.is_empty()).then(|| {
        let choices = classes.to_vec();
        view! { <Choose entered=entered name=field(charges::TAXED_AS) label="Taxed" choices=choices/> }
    });
    view! {
        <fieldset class=GROUP_CLASS>
            <legend class="sr-only">{of.clone()}</legend>
            <Line entered=entered name=field(charges::NAME) label="Name on the bill" most=limits::LONGEST_NAME/>
            <div
                id=list.clone()
                tabindex="-1"
                role="group"
                aria-label=format!("Orders with {of}")
                aria-describedby=described
                class="flex flex-wrap gap-x-4"
            >
                <div class="w-full">
                    <FieldProblem field=list.clone() message=problem/>
                </div>
                {modes}
            </div>
            <div class="grid gap-4 sm:grid-cols-2">
                <Line entered=entered name=field(charges::VALUE) label="Amount" keyboard="decimal" most=20/>
                <div class="flex flex-col gap-1">
                    <label for=kinds.clone() class="font-medium">"In"</label>
                    <select id=kinds.clone() name=kinds class="w-full">
                        <option value="fixed" selected={!is_percent}>{format!("{currency} for each order")}</option>
                        <option value="percent" selected=is_percent>"percent of the dishes"</option>
                    </select>
                </div>
            </div>
            {taxed}
            <div class="flex flex-wrap gap-2">
                <StepButton value=format!("up-{at}") words="Move up" of=of.clone() off={at == 0}/>
                <StepButton value=format!("down-{at}") words="Move down" of=of.clone() off=last/>
                <StepButton value=format!("remove-{at}") words="Remove" of=of/>
            </div>
        </fieldset>
    }
}

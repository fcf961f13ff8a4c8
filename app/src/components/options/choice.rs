//! A modifier group: radio buttons for one choice, checkboxes for several, numbers where one may be chosen more than once.

use crate::{
    components::{
        dish::labels,
        options::{
            chosen,
            size::{ROW_CLASS, RULE_CLASS},
        },
        stepper::Stepper,
    },
    domain::{
        cart::LineRequest,
        locale::Locale,
        menu::{GroupUse, Menu, Modifier, ModifierGroup, Variant},
    },
    forms::fields,
};
use leptos::prelude::*;

/// A group with its rule, its choices, and the message about missing ones.
#[component]
pub fn GroupChoices<'a>(
    /// How the dish uses the group.
    usage: &'a GroupUse,
    group: &'a ModifierGroup,
    /// The menu, for its language.
    menu: &'a Menu,
    /// The variant that decides the prices.
    variant: Option<&'a Variant>,
    selection: &'a LineRequest,
) -> impl IntoView + use<> {
    let single = usage.max == 1;
    let none_chosen = !group.modifiers.iter().any(|modifier| chosen(selection, modifier) > 0);
    let nothing = (single && usage.min == 0).then(|| {
        view! {
            <label class=ROW_CLASS>
                <input type="radio" name=pick_name(group) value="" checked=none_chosen />
                <span class="flex-1">"None of these"</span>
            </label>
        }
    });
    let locale = &menu.locale;
    let choices = group.modifiers.iter().map(|modifier| {
        let count = chosen(selection, modifier);
        let price = added_price(modifier, variant, locale);
        if !single && modifier.max > 1 {
            view! { <CountRow modifier=modifier count=count price=price locale=locale /> }.into_any()
        } else {
            view! { <TickRow group=group single=single modifier=modifier checked={count > 0} price=price locale=locale /> }
                .into_any()
        }
    });
    let choices = choices.collect_view();
    let id = format!("group-{}", group.id);
    view! {
        <fieldset
            id=id.clone()
            data-group=group.id.to_string()
            data-min=usage.min.to_string()
            data-max=usage.max.to_string()
            aria-describedby=format!("{id}-problem")
            class="flex flex-col gap-2"
        >
            <legend class="mb-2 flex w-full flex-wrap items-baseline justify-between gap-2">
                <span class="font-semibold break-words" lang=locale.tag().to_owned() dir="auto">{group.name.clone()}</span>
                <span class=RULE_CLASS>
                    {rule(usage)}
                    <span data-picked></span>
                </span>
            </legend>
            <p id=format!("{id}-problem") data-group-problem hidden class="font-medium text-beet"></p>
            {nothing}
            {choices}
        </fieldset>
    }
}

/// A modifier that is chosen or not.
#[component]
fn TickRow<'a>(
    group: &'a ModifierGroup,
    single: bool,
    modifier: &'a Modifier,
    checked: bool,
    price: String,
    locale: &'a Locale,
) -> impl IntoView + use<> {
    let (kind, name) = if single { ("radio", pick_name(group)) } else { ("checkbox", fields::MODIFIER.to_owned()) };
    view! {
        <label class=ROW_CLASS>
            <input
                type=kind
                name=name
                value=modifier.id.to_string()
                checked=checked
                disabled=modifier.sold_out
                data-sold-out=modifier.sold_out.then_some("true")
            />
            <ModifierWords modifier=modifier price=price locale=locale />
        </label>
    }
}

/// A modifier that may be chosen more than once.
#[component]
fn CountRow<'a>(modifier: &'a Modifier, count: u32, price: String, locale: &'a Locale) -> impl IntoView + use<> {
    let name = format!("{}{}", fields::COUNT_PREFIX, modifier.id);
    view! {
        <div class="flex min-h-11 flex-wrap items-center gap-3 rounded-control border border-line bg-card px-3 py-2">
            <ModifierWords modifier=modifier price=price locale=locale />
            <Stepper
                id=name.clone()
                name=name
                label=modifier.name.clone()
                value=count
                min=0
                max=modifier.max
                disabled=modifier.sold_out
            />
        </div>
    }
}

#[component]
fn ModifierWords<'a>(modifier: &'a Modifier, price: String, locale: &'a Locale) -> impl IntoView + use<> {
    let allergens = (!modifier.allergens.is_empty())
        .then(|| view! { <span class="block text-xs text-muted">"Contains " {labels(&modifier.allergens)}</span> });
    let last = if modifier.sold_out {
        view! { <span class="text-sm font-medium text-beet">"Sold out"</span> }.into_any()
    } else {
        view! { <span class="tabular-nums" data-price-of=modifier.id.to_string()>{price}</span> }.into_any()
    };
    view! {
        <span class="min-w-0 flex-1 break-words">
            <span lang=locale.tag().to_owned() dir="auto">{modifier.name.clone()}</span>
            {allergens}
        </span>
        {last}
    }
}

/// The price that a modifier adds; empty when it is free.
pub fn added_price(modifier: &Modifier, variant: Option<&Variant>, locale: &Locale) -> String {
    let price = variant.map_or(modifier.price, |variant| modifier.price_on(variant));
    if price.is_zero() { String::new() } else { format!("+\u{a0}{}", price.text(locale)) }
}

/// How many choices a group needs, as text.
fn rule(usage: &GroupUse) -> String {
    let (min, max) = (usage.min, usage.max);
    let bounds = match (min, max) {
        (0, 1) => "Optional".to_owned(),
        (0, max) => format!("Up to {max}"),
        (min, max) if min == max => format!("Choose {min}"),
        (min, max) => format!("Choose {min} to {max}"),
    };
    if usage.free > 0 { format!("{bounds} · {} included", usage.free) } else { bounds }
}

fn pick_name(group: &ModifierGroup) -> String {
    format!("{}{}", fields::PICK_PREFIX, group.id)
}

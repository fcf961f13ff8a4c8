//! The form of a dish that counts along: what it costs, how many are chosen, what is missing.

use crate::{
    components::options::choice::added_price,
    domain::{
        cart::LineRequest,
        menu::{GroupUse, Item, Menu, ModifierGroup, Section},
        pricing::price_line,
        typed,
    },
    forms::line_item::from_fields,
    islands::{
        dom::{around, document, each, fields_of, find, listen_everywhere, show_all, within},
        menu_page::add_to_cart::Floor,
    },
};
use leptos::task::spawn_local;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlFormElement, HtmlInputElement};

const FORM: &str = "[data-options]";

/// Listens to the forms of dishes, wherever they stand.
pub fn begin(floor: &Rc<Floor>) {
    if let Some(body) = document().and_then(|document| document.body()) {
        show_all(&body, "[data-step]");
    }
    listen_everywhere("click", step);
    let on_change = Rc::clone(floor);
    listen_everywhere("input", move |event| {
        if let Some(form) = around(&event, FORM).and_then(|form| form.dyn_into().ok()) {
            count(&on_change, &form);
        }
    });
    // On a dish's own page the form is there already; it is sent by the browser itself, once it is complete.
    if let Some(form) = find(FORM).and_then(|form| form.dyn_into().ok()) {
        count(floor, &form);
        let on_send = Rc::clone(floor);
        listen_everywhere("submit", move |event| {
            let form = around(&event, FORM).and_then(|form| form.dyn_into().ok());
            if form.is_some_and(|form| !is_complete(&on_send, &form)) {
                event.prevent_default();
            }
        });
    }
}

/// Brings price and counts of a form up to date, as soon as the menu is there.
pub fn count(floor: &Rc<Floor>, form: &HtmlFormElement) {
    let (floor, form) = (Rc::clone(floor), form.clone());
    spawn_local(async move {
        if let Ok(menu) = floor.menu().await {
            recount(&menu, &form);
        }
    });
}

/// Whether every group has what it asks for; says what is missing at the first that has not.
pub fn is_complete(floor: &Rc<Floor>, form: &HtmlFormElement) -> bool {
    let missing = each(form, "[data-group]").into_iter().find(|group| picked(group) < bound(group, "data-min"));
    let Some(group) = missing else { return true };
    let least = bound(&group, "data-min");
    if let Some(problem) = within(&group, "[data-group-problem]") {
        problem.set_text_content(Some(&format!("Choose at least {least}.")));
        problem.set_hidden(false);
    }
    if let Some(first) = within(&group, "input:not(:disabled)") {
        let _ = first.focus();
    }
    count(floor, form);
    false
}

fn recount(menu: &Menu, form: &HtmlFormElement) {
    let Some((section, item)) = dish_of(menu, form) else { return };
    let Some(wish) = wish_of(item, form) else { return };
    for group in each(form, "[data-group]") {
        limit(&group);
    }
    for (_, group) in menu.groups_of(item) {
        reprice(menu, item, &wish, group, form);
    }
    // What is still to be chosen must not hide what is chosen already: bounds are left out of the running price.
    let total = price_line(&without_bounds(menu, section, item), &wish).map(|line| line.total.text(&menu.locale));
    if let Some(price) = within(form, "[data-live-price]") {
        price.set_text_content(Some(&total.map(|total| format!("· {total}")).unwrap_or_default()));
    }
}

fn dish_of<'a>(menu: &'a Menu, form: &HtmlFormElement) -> Option<(&'a Section, &'a Item)> {
    menu.item(form.get_attribute("data-options")?.parse().ok()?)
}

fn wish_of(item: &Item, form: &HtmlFormElement) -> Option<LineRequest> {
    let fields = fields_of(form, None)?;
    let mut pairs = Vec::new();
    for pair in js_sys::Array::from(&fields).iter() {
        let pair: js_sys::Array = pair.unchecked_into();
        pairs.push((pair.get(0).as_string()?, pair.get(1).as_string()?));
    }
    Some(from_fields(item.id, pairs.iter().map(|(name, value)| (name.as_str(), value.as_str()))))
}

/// A menu of this dish alone, with groups that ask for nothing.
fn without_bounds(menu: &Menu, section: &Section, item: &Item) -> Menu {
    let groups = item.groups.iter().map(|usage| GroupUse { min: 0, ..usage.clone() }).collect();
    let item = Item { groups, sold_out: None, ..item.clone() };
    Menu {
        groups: menu.groups_of(&item).map(|(_, group)| group.clone()).collect(),
        sections: vec![Section { available: true, items: vec![item], ..section.clone() }],
        locale: menu.locale.clone(),
        ..*menu
    }
}

/// Prices of modifiers follow the size.
fn reprice(menu: &Menu, item: &Item, wish: &LineRequest, group: &ModifierGroup, form: &HtmlFormElement) {
    let variant = wish.variant.and_then(|id| item.variant(id)).or_else(|| item.variants.first());
    for modifier in group.modifiers.iter().filter(|modifier| !modifier.size_prices.is_empty()) {
        if let Some(price) = within(form, &format!("[data-price-of='{}']", modifier.id)) {
            price.set_text_content(Some(&added_price(modifier, variant, &menu.locale)));
        }
    }
}

/// Says how many of a group are chosen, and closes it at its most.
fn limit(group: &Element) {
    let (count, most) = (picked(group), bound(group, "data-max"));
    let full = count >= most;
    if let Some(words) = within(group, "[data-picked]") {
        let chosen = if most > 1 && count > 0 { format!(" · {count} chosen") } else { String::new() };
        words.set_text_content(Some(&chosen));
    }
    for input in each(group, "input[type=checkbox]:not([data-sold-out])") {
        let Ok(input) = input.dyn_into::<HtmlInputElement>() else { continue };
        input.set_disabled(full && !input.checked());
    }
    for stepper in each(group, "[data-stepper]") {
        let Some(input) = within(&stepper, "input").and_then(|input| input.dyn_into::<HtmlInputElement>().ok()) else {
            continue;
        };
        let own = number(&input);
        let top = bound_or(&input, "data-most", u32::MAX).min(own + most.saturating_sub(count));
        disable(&stepper, "[data-step='1']", own >= top || input.disabled());
        disable(&stepper, "[data-step='-1']", own == 0 || input.disabled());
    }
    let enough = count >= bound(group, "data-min");
    if let Some(problem) = within(group, "[data-group-problem]").filter(|_| enough) {
        problem.set_hidden(true);
    }
}

fn disable(root: &Element, selector: &str, off: bool) {
    if let Some(button) = within(root, selector) {
        let _ = button.toggle_attribute_with_force("disabled", off);
    }
}

/// How many of a group are chosen: ticks count one, numbers what they say.
fn picked(group: &Element) -> u32 {
    let ticked = each(group, "input:checked:not([value=''])").len();
    let counted = each(group, "[data-stepper] input").into_iter().filter_map(|input| input.dyn_into().ok());
    counted.map(|input| number(&input)).sum::<u32>() + u32::try_from(ticked).unwrap_or(u32::MAX)
}

fn bound(group: &Element, name: &str) -> u32 {
    bound_or(group, name, 0)
}

fn bound_or(element: &Element, name: &str, otherwise: u32) -> u32 {
    element.get_attribute(name).and_then(|bound| bound.parse().ok()).unwrap_or(otherwise)
}

fn number(input: &HtmlInputElement) -> u32 {
    typed::count(&input.value()).unwrap_or_default()
}

/// One more or one less in the field between the buttons.
fn step(event: Event) {
    let Some(button) = around(&event, "[data-step]") else { return };
    let field = button.closest("[data-stepper]").ok().flatten().and_then(|stepper| within(&stepper, "input"));
    let Some(field) = field.and_then(|field| field.dyn_into::<HtmlInputElement>().ok()) else { return };
    let up = button.get_attribute("data-step").as_deref() == Some("1");
    let (now, least) = (number(&field), bound(&field, "data-least"));
    let next = if up { now.saturating_add(1) } else { now.saturating_sub(1) };
    field.set_value(&next.clamp(least, bound_or(&field, "data-most", u32::MAX)).to_string());
    let changed = web_sys::EventInit::new();
    changed.set_bubbles(true);
    if let Ok(changed) = Event::new_with_event_init_dict("input", &changed) {
        let _ = field.dispatch_event(&changed);
    }
}

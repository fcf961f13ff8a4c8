//! The options form in the browser: running price, counts, and missing choices.

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
        dom::{closest, document, fields_of, find, on_document, query, query_all, show_all},
        menu_page::menu_state::MenuState,
    },
};
use std::rc::Rc;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;
use web_sys::{Element, Event, HtmlFormElement, HtmlInputElement};

const FORM: &str = "[data-options]";

/// Adds the event handlers of options forms.
pub fn begin(state: &Rc<MenuState>) {
    if let Some(body) = document().and_then(|document| document.body()) {
        show_all(&body, "[data-step]");
    }
    on_document("click", step);
    let on_change = Rc::clone(state);
    on_document("input", move |event| {
        if let Some(form) = closest(&event, FORM).and_then(|form| form.dyn_into().ok()) {
            count(&on_change, &form);
        }
    });
    let on_send = Rc::clone(state);
    on_document("submit", move |event| {
        let form = closest(&event, FORM).and_then(|form| form.dyn_into().ok());
        if form.is_some_and(|form| !is_complete(&on_send, &form)) {
            event.prevent_default();
        }
    });
    if let Some(form) = find(FORM).and_then(|form| form.dyn_into().ok()) {
        count(state, &form);
    }
}

/// Updates price and counts of a form once the menu is read.
pub fn count(state: &Rc<MenuState>, form: &HtmlFormElement) {
    let (state, form) = (Rc::clone(state), form.clone());
    spawn_local(async move {
        if let Ok(menu) = state.menu().await {
            recount(&menu, &form);
        }
    });
}

/// Whether all groups have enough choices; shows the problem at the first that does not.
fn is_complete(state: &Rc<MenuState>, form: &HtmlFormElement) -> bool {
    let missing = query_all(form, "[data-group]").into_iter().find(|group| picked(group) < bound(group, "data-min"));
    let Some(group) = missing else { return true };
    let least = bound(&group, "data-min");
    if let Some(problem) = query(&group, "[data-group-problem]") {
        problem.set_text_content(Some(&format!("Choose at least {least}.")));
        problem.set_hidden(false);
    }
    if let Some(first) = query(&group, "input:not(:disabled)") {
        let _ = first.focus();
    }
    count(state, form);
    false
}

fn recount(menu: &Menu, form: &HtmlFormElement) {
    let Some((section, item)) = dish_of(menu, form) else { return };
    let Some(selection) = selection_of(item, form) else { return };
    for group in query_all(form, "[data-group]") {
        limit(&group);
    }
    for (_, group) in menu.groups_of(item) {
        reprice(menu, item, &selection, group, form);
    }
    // The running price ignores minimums, so that it is shown before all choices are made.
    let total = price_line(&without_bounds(menu, section, item), &selection).map(|line| line.total.text(&menu.locale));
    if let Some(price) = query(form, "[data-live-price]") {
        price.set_text_content(Some(&total.map(|total| format!("· {total}")).unwrap_or_default()));
    }
}

fn dish_of<'a>(menu: &'a Menu, form: &HtmlFormElement) -> Option<(&'a Section, &'a Item)> {
    menu.item(form.get_attribute("data-options")?.parse().ok()?)
}

fn selection_of(item: &Item, form: &HtmlFormElement) -> Option<LineRequest> {
    let fields = fields_of(form, None)?;
    let mut pairs = Vec::new();
    for pair in js_sys::Array::from(&fields).iter() {
        let pair: js_sys::Array = pair.unchecked_into();
        pairs.push((pair.get(0).as_string()?, pair.get(1).as_string()?));
    }
    Some(from_fields(item.id, pairs.iter().map(|(name, value)| (name.as_str(), value.as_str()))))
}

/// A menu with only this item, whose groups are all optional.
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

/// Updates the prices of modifiers for the chosen size.
fn reprice(menu: &Menu, item: &Item, selection: &LineRequest, group: &ModifierGroup, form: &HtmlFormElement) {
    let variant = selection.variant.and_then(|id| item.variant(id)).or_else(|| item.variants.first());
    for modifier in group.modifiers.iter().filter(|modifier| !modifier.size_prices.is_empty()) {
        if let Some(price) = query(form, &format!("[data-price-of='{}']", modifier.id)) {
            price.set_text_content(Some(&added_price(modifier, variant, &menu.locale)));
        }
    }
}

/// Shows how many of a group are chosen, and disables further choices at its maximum.
fn limit(group: &Element) {
    let (count, most) = (picked(group), bound(group, "data-max"));
    let full = count >= most;
    if let Some(words) = query(group, "[data-picked]") {
        let chosen = if most > 1 && count > 0 { format!(" · {count} chosen") } else { String::new() };
        words.set_text_content(Some(&chosen));
    }
    for input in query_all(group, "input[type=checkbox]:not([data-sold-out])") {
        let Ok(input) = input.dyn_into::<HtmlInputElement>() else { continue };
        input.set_disabled(full && !input.checked());
    }
    for stepper in query_all(group, "[data-stepper]") {
        let Some(input) = query(&stepper, "input").and_then(|input| input.dyn_into::<HtmlInputElement>().ok()) else {
            continue;
        };
        let own = number(&input);
        let top = bound_or(&input, "data-most", u32::MAX).min(own + most.saturating_sub(count));
        disable(&stepper, "[data-step='1']", own >= top || input.disabled());
        disable(&stepper, "[data-step='-1']", own == 0 || input.disabled());
    }
    let enough = count >= bound(group, "data-min");
    if let Some(problem) = query(group, "[data-group-problem]").filter(|_| enough) {
        problem.set_hidden(true);
    }
}

fn disable(root: &Element, selector: &str, off: bool) {
    if let Some(button) = query(root, selector) {
        let _ = button.toggle_attribute_with_force("disabled", off);
    }
}

/// How many of a group are chosen: checked inputs count one, number fields their value.
fn picked(group: &Element) -> u32 {
    let ticked = query_all(group, "input:checked:not([value=''])").len();
    let counted = query_all(group, "[data-stepper] input").into_iter().filter_map(|input| input.dyn_into().ok());
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

/// Changes the number field between the buttons by one.
fn step(event: Event) {
    let Some(button) = closest(&event, "[data-step]") else { return };
    let field = button.closest("[data-stepper]").ok().flatten().and_then(|stepper| query(&stepper, "input"));
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

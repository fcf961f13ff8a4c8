//! The document as islands look at it, listen to it, and put parts of another one into it.

use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Document, Element, Event, EventTarget, FormData, HtmlElement, HtmlFormElement, UrlSearchParams};

/// The document of the page.
pub fn document() -> Option<Document> {
    web_sys::window()?.document()
}

/// The first element that a selector finds.
pub fn find(selector: &str) -> Option<HtmlElement> {
    document()?.query_selector(selector).ok()??.dyn_into().ok()
}

/// The first element that a selector finds inside another.
pub fn within(root: &Element, selector: &str) -> Option<HtmlElement> {
    root.query_selector(selector).ok()??.dyn_into().ok()
}

/// Every element that a selector finds inside another.
pub fn each(root: &Element, selector: &str) -> Vec<HtmlElement> {
    let Ok(nodes) = root.query_selector_all(selector) else { return Vec::new() };
    (0..nodes.length()).filter_map(|index| nodes.get(index)?.dyn_into().ok()).collect()
}

/// The element an event is about, or the nearest one around it that a selector finds.
pub fn around(event: &Event, selector: &str) -> Option<HtmlElement> {
    let target: Element = event.target()?.dyn_into().ok()?;
    target.closest(selector).ok()??.dyn_into().ok()
}

/// Listens for as long as the page lives.
pub fn listen(target: &EventTarget, name: &str, heard: impl FnMut(Event) + 'static) {
    let heard = Closure::<dyn FnMut(Event)>::new(heard).into_js_value();
    // Listening fails for no name and no target that exists.
    let _ = target.add_event_listener_with_callback(name, heard.unchecked_ref());
}

/// Listens to everything in the document, what is put into it later included.
pub fn listen_everywhere(name: &str, heard: impl FnMut(Event) + 'static) {
    if let Some(document) = document() {
        listen(&document, name, heard);
    }
}

/// Calls back after some milliseconds; the answer names the call to be called off.
pub fn after(millis: i32, then: impl FnOnce() + 'static) -> i32 {
    let then = Closure::once_into_js(then);
    let window = web_sys::window();
    let timer = window.map(|window| {
        window.set_timeout_with_callback_and_timeout_and_arguments_0(then.unchecked_ref(), millis).unwrap_or_default()
    });
    timer.unwrap_or_default()
}

/// Calls a later call off.
pub fn call_off(timer: i32) {
    if let Some(window) = web_sys::window() {
        window.clear_timeout_with_handle(timer);
    }
}

/// The fields of a form, with the button that sent it.
pub fn fields_of(form: &HtmlFormElement, button: Option<&HtmlElement>) -> Option<UrlSearchParams> {
    let data = FormData::new_with_form(form).ok()?;
    let fields = UrlSearchParams::new_with_str_sequence_sequence(&data).ok()?;
    let said = button.and_then(|button| Some((button.get_attribute("name")?, button.get_attribute("value")?)));
    if let Some((name, value)) = said {
        fields.append(&name, &value);
    }
    Some(fields)
}

/// The form that an event sends, with the button that was pressed.
pub fn sent_form(event: &Event, selector: &str) -> Option<(HtmlFormElement, Option<HtmlElement>)> {
    let form: HtmlFormElement = around(event, selector)?.dyn_into().ok()?;
    let button = event.dyn_ref::<web_sys::SubmitEvent>().and_then(web_sys::SubmitEvent::submitter);
    Some((form, button))
}

/// Puts the part of another document with this id in the place of ours. The focus stays where it was, by id.
pub fn take_over(from: &Document, id: &str) -> Option<HtmlElement> {
    let ours = document()?;
    let fresh: HtmlElement = from.get_element_by_id(id)?.dyn_into().ok()?;
    let focused = ours.active_element().map(|element| element.id()).filter(|id| !id.is_empty());
    ours.get_element_by_id(id)?.replace_with_with_node_1(&fresh).ok()?;
    if let Some(again) = focused.and_then(|id| find(&format!("[id='{id}']"))) {
        let _ = again.focus();
    }
    Some(fresh)
}

/// Says something to screen readers, and shows it where the region can be seen.
pub fn say(selector: &str, words: &str) {
    if let Some(region) = find(selector) {
        region.set_text_content(Some(words));
    }
}

/// Shows what only works with islands.
pub fn show_all(root: &Element, selector: &str) {
    for element in each(root, selector) {
        element.set_hidden(false);
    }
}

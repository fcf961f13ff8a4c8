//! DOM helpers: queries, events, timers, and replacing parts of the page.

use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Document, Element, Event, EventTarget, FormData, HtmlElement, HtmlFormElement, UrlSearchParams};

/// The page's document.
pub fn document() -> Option<Document> {
    web_sys::window()?.document()
}

/// The first element that matches a selector.
pub fn find(selector: &str) -> Option<HtmlElement> {
    document()?.query_selector(selector).ok()??.dyn_into().ok()
}

/// The first element inside `root` that matches a selector.
pub fn query(root: &Element, selector: &str) -> Option<HtmlElement> {
    root.query_selector(selector).ok()??.dyn_into().ok()
}

/// All elements inside `root` that match a selector.
pub fn query_all(root: &Element, selector: &str) -> Vec<HtmlElement> {
    let Ok(nodes) = root.query_selector_all(selector) else { return Vec::new() };
    (0..nodes.length()).filter_map(|index| nodes.get(index)?.dyn_into().ok()).collect()
}

/// The event's target, or its nearest ancestor, that matches a selector.
pub fn closest(event: &Event, selector: &str) -> Option<HtmlElement> {
    let target: Element = event.target()?.dyn_into().ok()?;
    target.closest(selector).ok()??.dyn_into().ok()
}

/// Adds an event handler that is never removed.
pub fn listen(target: &EventTarget, name: &str, handler: impl FnMut(Event) + 'static) {
    let handler = Closure::<dyn FnMut(Event)>::new(handler).into_js_value();
    // `addEventListener` does not fail for existing targets.
    let _ = target.add_event_listener_with_callback(name, handler.unchecked_ref());
}

/// Adds an event handler to the document, so that it also receives events of elements added later.
pub fn on_document(name: &str, handler: impl FnMut(Event) + 'static) {
    if let Some(document) = document() {
        listen(&document, name, handler);
    }
}

/// Calls `then` after some milliseconds. Returns the id for [`clear_timeout`].
pub fn set_timeout(millis: i32, then: impl FnOnce() + 'static) -> i32 {
    let then = Closure::once_into_js(then);
    let window = web_sys::window();
    let timer = window.map(|window| {
        window.set_timeout_with_callback_and_timeout_and_arguments_0(then.unchecked_ref(), millis).unwrap_or_default()
    });
    timer.unwrap_or_default()
}

/// Cancels a call of [`set_timeout`].
pub fn clear_timeout(timer: i32) {
    if let Some(window) = web_sys::window() {
        window.clear_timeout_with_handle(timer);
    }
}

/// The fields of a form, with the name and value of the button that submitted it.
pub fn fields_of(form: &HtmlFormElement, button: Option<&HtmlElement>) -> Option<UrlSearchParams> {
    let data = FormData::new_with_form(form).ok()?;
    let fields = UrlSearchParams::new_with_str_sequence_sequence(&data).ok()?;
    let said = button.and_then(|button| Some((button.get_attribute("name")?, button.get_attribute("value")?)));
    if let Some((name, value)) = said {
        fields.append(&name, &value);
    }
    Some(fields)
}

/// The form of a submit event, with the button that was pressed.
pub fn sent_form(event: &Event, selector: &str) -> Option<(HtmlFormElement, Option<HtmlElement>)> {
    let form: HtmlFormElement = closest(event, selector)?.dyn_into().ok()?;
    let button = event.dyn_ref::<web_sys::SubmitEvent>().and_then(web_sys::SubmitEvent::submitter);
    Some((form, button))
}

/// Replaces the element with this id by that of another document. The focus stays on the element with the same id.
pub fn swap_by_id(from: &Document, id: &str) -> Option<HtmlElement> {
    let ours = document()?;
    let fresh: HtmlElement = from.get_element_by_id(id)?.dyn_into().ok()?;
    let focused = ours.active_element().map(|element| element.id()).filter(|id| !id.is_empty());
    ours.get_element_by_id(id)?.replace_with_with_node_1(&fresh).ok()?;
    if let Some(again) = focused.and_then(|id| find(&format!("[id='{id}']"))) {
        let _ = again.focus();
    }
    Some(fresh)
}

/// Sets the text of a live region, which screen readers announce.
pub fn set_text(selector: &str, words: &str) {
    if let Some(region) = find(selector) {
        region.set_text_content(Some(words));
    }
}

/// Shows controls that only work with scripts.
pub fn show_all(root: &Element, selector: &str) {
    for element in query_all(root, selector) {
        element.set_hidden(false);
    }
}

//! Sends the editor's forms in the background, and shows the editor of the response.

use crate::{
    client,
    domain::error::AppError,
    islands::dom::{document, fields_of, find, listen, query_all, sent_form, set_timeout, swap_by_id},
};
use leptos::{prelude::*, task::spawn_local};
use wasm_bindgen::JsCast;
use web_sys::{Document, Element, Event, HtmlElement, HtmlInputElement, HtmlTextAreaElement};

/// Id of the part that is replaced.
const EDITOR: &str = "editor";
/// Milliseconds for which the message is shown.
const SAID: i32 = 3_000;

/// Id and unsaved text of a field.
type Typed = (String, String);

/// Starts once the editor is in the document.
pub fn mount(root: NodeRef<leptos::html::Div>, said: RwSignal<String>, is_signed_out: RwSignal<bool>) {
    Effect::new(move |begun: Option<bool>| {
        let Some(root) = root.get() else { return false };
        if begun != Some(true) {
            let element: Element = (*root).clone().unchecked_into();
            listen(&root, "submit", move |event| save(&element, &event, said, is_signed_out));
        }
        true
    });
}

fn save(root: &Element, event: &Event, said: RwSignal<String>, is_signed_out: RwSignal<bool>) {
    let Some((form, button)) = sent_form(event, "form[method=post]") else { return };
    let (Some(fields), Some(address)) = (fields_of(&form, button.as_ref()), form.get_attribute("action")) else {
        return;
    };
    event.prevent_default();
    if form.has_attribute("aria-busy") {
        return;
    }
    // A second tap during the request would move an item twice.
    let _ = form.set_attribute("aria-busy", "true");
    let root = root.clone();
    spawn_local(async move {
        let answer = client::send_for_page(&address, &fields, EDITOR).await;
        let _ = form.remove_attribute("aria-busy");
        is_signed_out.set(matches!(answer, Err(AppError::Unauthenticated)));
        match answer {
            Ok(page) => show(&root, &page, form.unchecked_ref(), said),
            // No reload, which would lose unsaved text in this and other rows.
            Err(error) => said.set(format!("Not saved. {error}")),
        }
    });
}

/// Shows the editor of the response: saved, or with the problem at its row.
fn show(root: &Element, page: &Document, form: &HtmlElement, said: RwSignal<String>) {
    let open: Vec<_> = query_all(root, "details[open]").iter().map(|row| row.id()).collect();
    let typed = typed(root, form);
    let focused = document().and_then(|document| document.active_element()).map(|element| element.id());
    swap_by_id(page, EDITOR);
    for row in open.iter().filter_map(|id| find(&format!("details[id='{id}']"))) {
        let _ = row.set_attribute("open", "");
    }
    for (id, value) in typed {
        type_again(&id, &value);
    }
    // After opening the rows: elements in a closed row cannot have the focus.
    if let Some(again) = focused.filter(|id| !id.is_empty()).and_then(|id| find(&format!("[id='{id}']"))) {
        let _ = again.focus();
    }
    let refused =
        query_all(root, "[data-problem]").iter().any(|problem| problem.text_content().is_some_and(|it| !it.is_empty()));
    let refused = refused || find("#problems").is_some();
    show_message(said, if refused { "Not saved" } else { "Saved" });
}

/// Unsaved text of other rows.
fn typed(root: &Element, form: &HtmlElement) -> Vec<Typed> {
    let fields =
        query_all(root, "input:not([type=hidden]), textarea").into_iter().filter(|field| !form.contains(Some(field)));
    fields
        .filter_map(|field| {
            let (value, saved) = match field.dyn_ref::<HtmlInputElement>() {
                Some(input) => (input.value(), input.default_value()),
                None => field
                    .dyn_ref::<HtmlTextAreaElement>()
                    .map(|area| (area.value(), area.default_value().unwrap_or_default()))?,
            };
            (value != saved).then(|| (field.id(), value))
        })
        .collect()
}

fn type_again(id: &str, value: &str) {
    let Some(field) = find(&format!("[id='{id}']")) else { return };
    match field.dyn_ref::<HtmlInputElement>() {
        Some(input) => input.set_value(value),
        None => {
            if let Some(area) = field.dyn_ref::<HtmlTextAreaElement>() {
                area.set_value(value);
            }
        }
    }
}

fn show_message(said: RwSignal<String>, words: &str) {
    said.set(words.to_owned());
    let told = words.to_owned();
    set_timeout(SAID, move || {
        if said.get_untracked() == told {
            said.set(String::new());
        }
    });
}

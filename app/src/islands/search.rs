//! Search while typing: reads the home page for the query and replaces the list.

use leptos::prelude::*;

/// Enhances the search form of the home page.
#[island]
pub fn Search() -> impl IntoView {
    #[cfg(feature = "hydrate")]
    live::begin();
    view! { <span hidden></span> }
}

#[cfg(feature = "hydrate")]
mod live {
    use crate::{
        client,
        forms::routes,
        islands::dom::{
            self, clear_timeout, closest, fields_of, find, listen, on_document, query_all, set_text, set_timeout,
            swap_by_id,
        },
    };
    use js_sys::{Function, Reflect};
    use leptos::task::spawn_local;
    use std::{cell::Cell, rc::Rc};
    use wasm_bindgen::{JsCast, JsValue, closure::Closure};
    use web_sys::{Element, HtmlFormElement, HtmlInputElement};

    /// Milliseconds without input before a search.
    const TYPING: i32 = 250;

    pub fn begin() {
        let (timer, turn) = (Rc::new(Cell::new(0)), Rc::new(Cell::new(0_u32)));
        // Filters may be chosen before hydration.
        if let Some(form) = find("#search").and_then(|form| form.dyn_into().ok()).filter(is_touched) {
            search(form, Rc::clone(&turn));
        }
        on_document("input", move |event| {
            let Some(form) = closest(&event, "#search").and_then(|form| form.dyn_into().ok()) else { return };
            clear_timeout(timer.get());
            let turn = Rc::clone(&turn);
            timer.set(set_timeout(TYPING, move || search(form, turn)));
        });
        offer_nearness();
    }

    /// Whether the form differs from the server's.
    fn is_touched(form: &HtmlFormElement) -> bool {
        let mut inputs =
            query_all(form, "input").into_iter().filter_map(|input| input.dyn_into::<HtmlInputElement>().ok());
        inputs.any(|input| input.checked() != input.default_checked() || input.value() != input.default_value())
    }

    fn search(form: HtmlFormElement, turn: Rc<Cell<u32>>) {
        turn.set(turn.get().wrapping_add(1));
        let mine = turn.get();
        spawn_local(async move {
            let Some(address) = address_of(&form) else { return };
            let answer = client::page_with(&address, "results").await;
            // A response to an older query must not replace a newer one.
            if mine != turn.get() {
                return;
            }
            match answer {
                Ok(found) => show(&found, &address),
                Err(error) => set_text("#found-status", &error.to_string()),
            }
        });
    }

    fn show(found: &web_sys::Document, address: &str) {
        let Some(results) = swap_by_id(found, "results") else { return };
        swap_by_id(found, "clear-search");
        let heading = dom::query(&results, "h2").and_then(|heading| heading.text_content());
        set_text("#found-status", &heading.unwrap_or_default());
        // Keeps the query in the address for reload and back.
        let history = web_sys::window().and_then(|window| window.history().ok());
        let _ = history.map(|history| history.replace_state_with_url(&JsValue::NULL, "", Some(address)));
    }

    /// The address of home with the fields that are not empty.
    fn address_of(form: &HtmlFormElement) -> Option<String> {
        let fields = fields_of(form, None)?;
        for name in ["q", "cuisine", "near"] {
            if fields.get(name).is_some_and(|value| value.is_empty()) {
                fields.delete(name);
            }
        }
        let query: String = fields.to_string().into();
        Some(if query.is_empty() { routes::HOME.to_owned() } else { format!("{}?{query}", routes::HOME) })
    }

    /// Offers the button that asks the browser for the location.
    fn offer_nearness() {
        let Some(button) = find("[data-near]") else { return };
        let Some(places) = geolocation() else { return };
        button.set_hidden(false);
        listen(&button, "click", move |_| {
            let found = Closure::once_into_js(|position: JsValue| sort_by(&position));
            let failed = Closure::once_into_js(|_: JsValue| {
                set_text(
                    "[data-near-problem]",
                    "Your browser did not set_text where you are. Search for a place name instead.",
                );
            });
            let ask = Reflect::get(&places, &"getCurrentPosition".into()).and_then(JsCast::dyn_into::<Function>);
            let _ = ask.map(|ask| ask.call2(&places, &found, &failed));
        });
    }

    fn geolocation() -> Option<JsValue> {
        let navigator = web_sys::window()?.navigator();
        Reflect::get(&navigator, &"geolocation".into()).ok().filter(JsValue::is_object)
    }

    fn sort_by(position: &JsValue) {
        let read = |name: &str| {
            let place = Reflect::get(position, &"coords".into()).ok()?;
            let degrees: js_sys::Number = Reflect::get(&place, &name.into()).ok()?.dyn_into().ok()?;
            degrees.to_fixed(3).ok().map(String::from)
        };
        let (Some(north), Some(east)) = (read("latitude"), read("longitude")) else { return };
        let Some(form) = find("#search") else { return };
        set_text("[data-near-problem]", "");
        let field = near_field(&form);
        let Some(field) = field else { return };
        field.set_value(&format!("{north},{east}"));
        if let Ok(form) = form.dyn_into() {
            search(form, Rc::default());
        }
    }

    fn near_field(form: &Element) -> Option<HtmlInputElement> {
        if let Some(field) = dom::query(form, "input[name=near]") {
            return field.dyn_into().ok();
        }
        let field: HtmlInputElement = dom::document()?.create_element("input").ok()?.dyn_into().ok()?;
        field.set_type("hidden");
        field.set_name("near");
        form.append_child(&field).ok()?;
        Some(field)
    }
}

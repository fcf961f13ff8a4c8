//! Finding restaurants while typing. The answer is home's own page: its list takes the place of the one shown.

use leptos::prelude::*;

/// Makes the search form of home answer at once.
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
            self, after, around, call_off, each, fields_of, find, listen, listen_everywhere, say, take_over,
        },
    };
    use js_sys::{Function, Reflect};
    use leptos::task::spawn_local;
    use std::{cell::Cell, rc::Rc};
    use wasm_bindgen::{JsCast, JsValue, closure::Closure};
    use web_sys::{Element, HtmlFormElement, HtmlInputElement};

    /// Long enough to finish a word, short enough to feel at once.
    const TYPING: i32 = 250;

    pub fn begin() {
        let (timer, turn) = (Rc::new(Cell::new(0)), Rc::new(Cell::new(0_u32)));
        // On a slow line people choose before anybody listens.
        if let Some(form) = find("#search").and_then(|form| form.dyn_into().ok()).filter(is_touched) {
            search(form, Rc::clone(&turn));
        }
        listen_everywhere("input", move |event| {
            let Some(form) = around(&event, "#search").and_then(|form| form.dyn_into().ok()) else { return };
            call_off(timer.get());
            let turn = Rc::clone(&turn);
            timer.set(after(TYPING, move || search(form, turn)));
        });
        offer_nearness();
    }

    /// Whether somebody chose something since the server wrote the form.
    fn is_touched(form: &HtmlFormElement) -> bool {
        let mut inputs = each(form, "input").into_iter().filter_map(|input| input.dyn_into::<HtmlInputElement>().ok());
        inputs.any(|input| input.checked() != input.default_checked() || input.value() != input.default_value())
    }

    fn search(form: HtmlFormElement, turn: Rc<Cell<u32>>) {
        turn.set(turn.get().wrapping_add(1));
        let mine = turn.get();
        spawn_local(async move {
            let Some(address) = address_of(&form) else { return };
            let answer = client::page_with(&address, "results").await;
            // An answer to what was typed before must not replace the answer to what is typed now.
            if mine != turn.get() {
                return;
            }
            match answer {
                Ok(found) => show(&found, &address),
                Err(error) => say("#found-status", &error.to_string()),
            }
        });
    }

    fn show(found: &web_sys::Document, address: &str) {
        let Some(results) = take_over(found, "results") else { return };
        take_over(found, "clear-search");
        let heading = dom::within(&results, "h2").and_then(|heading| heading.text_content());
        say("#found-status", &heading.unwrap_or_default());
        // Reloading and coming back show the same list.
        let history = web_sys::window().and_then(|window| window.history().ok());
        let _ = history.map(|history| history.replace_state_with_url(&JsValue::NULL, "", Some(address)));
    }

    /// The address of home with the fields that say something.
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

    /// Asks the browser for the place only when somebody taps the button.
    fn offer_nearness() {
        let Some(button) = find("[data-near]") else { return };
        let Some(places) = geolocation() else { return };
        button.set_hidden(false);
        listen(&button, "click", move |_| {
            let found = Closure::once_into_js(|position: JsValue| sort_by(&position));
            let failed = Closure::once_into_js(|_: JsValue| {
                say("[data-near-problem]", "Your browser did not say where you are. Search for a place name instead.");
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
        say("[data-near-problem]", "");
        let field = near_field(&form);
        let Some(field) = field else { return };
        field.set_value(&format!("{north},{east}"));
        if let Ok(form) = form.dyn_into() {
            search(form, Rc::default());
        }
    }

    fn near_field(form: &Element) -> Option<HtmlInputElement> {
        if let Some(field) = dom::within(form, "input[name=near]") {
            return field.dyn_into().ok();
        }
        let field: HtmlInputElement = dom::document()?.create_element("input").ok()?.dyn_into().ok()?;
        field.set_type("hidden");
        field.set_name("near");
        form.append_child(&field).ok()?;
        Some(field)
    }
}

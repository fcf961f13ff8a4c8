//! The checkout that keeps its total right while choices change, and what was typed when the page is left.

use leptos::prelude::*;

/// Watches over the checkout form of the page.
#[island]
pub fn Checkout() -> impl IntoView {
    #[cfg(feature = "hydrate")]
    live::begin();
    view! { <span hidden></span> }
}

#[cfg(feature = "hydrate")]
pub use live::forget;

#[cfg(feature = "hydrate")]
mod live {
    use crate::{
        client,
        forms::fields,
        islands::dom::{
            after, around, call_off, fields_of, find, listen, listen_everywhere, say, sent_form, take_over, within,
        },
    };
    use leptos::task::spawn_local;
    use std::{cell::Cell, rc::Rc};
    use wasm_bindgen::JsCast;
    use web_sys::{Event, HtmlFormElement, HtmlInputElement, HtmlSelectElement, Storage, UrlSearchParams};

    const PAUSE: i32 = 300;
    /// Milliseconds after which a press without an answer is worth another one.
    const PATIENCE: i32 = 8_000;
    /// Where the guest reads how far the order is.
    const SENDING: &str = "#checkout-sending";
    const KEPT: &str = "toast.checkout";
    /// What decides the total.
    const DECIDING: &[&str] = &[fields::MODE, fields::DUE, fields::POSTCODE, fields::TIP, fields::TIP_OTHER];
    /// What is kept: who and where, not what was chosen for one order.
    const PERSONAL: &[&str] = &[
        fields::NAME,
        fields::PHONE,
        fields::EMAIL,
        fields::STREET,
        fields::POSTCODE,
        fields::CITY,
        fields::DIRECTIONS,
    ];
    /// What is sent to learn it: nothing about the person.
    const ASKED: &[&str] =
        &[fields::MODE, fields::DUE, fields::POSTCODE, fields::TIP, fields::TIP_OTHER, fields::ORDER];

    pub fn begin() {
        let Some(form) = find("#checkout").and_then(|form| form.dyn_into::<HtmlFormElement>().ok()) else { return };
        restore(&form);
        hide_update(&form);
        let (timer, turn) = (Rc::new(Cell::new(0)), Rc::new(Cell::new(0_u32)));
        listen_everywhere("input", move |event| {
            let Some(form) = around(&event, "#checkout").and_then(|form| form.dyn_into().ok()) else { return };
            keep(&form);
            if decides(&event) {
                call_off(timer.get());
                let turn = Rc::clone(&turn);
                timer.set(after(PAUSE, move || quote(form, turn)));
            }
        });
        show_sending(&form);
        // A restored postcode, or a choice the browser kept over a reload, may change the total that stands there.
        quote(form, Rc::default());
    }

    /// Forgets what was typed.
    pub fn forget() {
        if let Some(store) = store() {
            let _ = store.remove_item(KEPT);
        }
    }

    fn decides(event: &Event) -> bool {
        let name = around(event, "[name]").and_then(|field| field.get_attribute("name"));
        name.is_some_and(|name| DECIDING.contains(&name.as_str()))
    }

    /// Asks for the same page with the new choices, and takes times and total from it.
    fn quote(form: HtmlFormElement, turn: Rc<Cell<u32>>) {
        turn.set(turn.get().wrapping_add(1));
        let mine = turn.get();
        spawn_local(async move {
            let Some(all) = fields_of(&form, None) else { return };
            let Ok(asked) = UrlSearchParams::new() else { return };
            for name in ASKED {
                if let Some(value) = all.get(name) {
                    asked.append(name, &value);
                }
            }
            asked.append(fields::UPDATE, "1");
            let answer = client::send_for_page(&form.action(), &asked, "total").await;
            if mine != turn.get() {
                return;
            }
            match answer {
                Ok(page) => {
                    let chosen = time_field(&form).map(|times| times.value());
                    for part in ["times", "payment", "total"] {
                        take_over(&page, part);
                    }
                    choose_again(&form, chosen);
                    hide_update(&form);
                    let total = within(&form, "[data-place]").and_then(|button| button.text_content());
                    say("#checkout-status", &total.unwrap_or_default());
                    say("#checkout-problem", "");
                }
                Err(error) => say("#checkout-problem", &format!("The total is not up to date. {error}")),
            }
        });
    }

    fn time_field(form: &HtmlFormElement) -> Option<HtmlSelectElement> {
        within(form, "[name=due]")?.dyn_into().ok()
    }

    /// A time that was chosen while the answer was on its way stays chosen, if it is still on offer.
    fn choose_again(form: &HtmlFormElement, chosen: Option<String>) {
        let (Some(times), Some(chosen)) = (time_field(form), chosen) else { return };
        let offered = times.value();
        times.set_value(&chosen);
        if times.selected_index() < 0 {
            times.set_value(&offered);
        }
    }

    /// The total follows by itself now.
    fn hide_update(form: &HtmlFormElement) {
        if let Some(button) = within(form, "[data-update]") {
            button.set_hidden(true);
        }
    }

    /// Says that the order is on its way. A second press is sent as well: the answer to the first may be lost, and both have
    /// the same key, so they are one order.
    fn show_sending(form: &HtmlFormElement) {
        let timer = Rc::new(Cell::new(0));
        let shown = Rc::clone(&timer);
        listen(form, "submit", move |event| {
            let button = sent_form(&event, "form").and_then(|(_, button)| button);
            if button.is_some_and(|button| button.has_attribute("data-update")) {
                return;
            }
            call_off(shown.get());
            say(SENDING, "Sending your order…");
            shown.set(after(PATIENCE, || {
                say(SENDING, "No answer yet. Press “Place order” again: nothing is ordered twice.");
            }));
        });
        // The page is as it was before the press when the browser comes back to it.
        if let Some(window) = web_sys::window() {
            listen(&window, "pageshow", move |_| {
                call_off(timer.get());
                say(SENDING, "");
            });
        }
    }

    fn store() -> Option<Storage> {
        web_sys::window()?.session_storage().ok()?
    }

    /// Keeps what was typed for as long as the tab lives: a reload or a wrong turn costs nobody the address again.
    fn keep(form: &HtmlFormElement) {
        let (Some(store), Some(fields)) = (store(), fields_of(form, None)) else { return };
        let Ok(kept) = UrlSearchParams::new() else { return };
        for name in PERSONAL {
            kept.append(name, &fields.get(name).unwrap_or_default());
        }
        let _ = store.set_item(KEPT, &String::from(kept.to_string()));
    }

    /// Fills fields that the server left empty.
    fn restore(form: &HtmlFormElement) {
        let kept = store().and_then(|store| store.get_item(KEPT).ok().flatten());
        let Some(kept) = kept.and_then(|kept| UrlSearchParams::new_with_str(&kept).ok()) else { return };
        for name in PERSONAL {
            let field = within(form, &format!("input[name={name}]")).and_then(|field| field.dyn_into().ok());
            let Some(field): Option<HtmlInputElement> = field else { continue };
            if field.value().is_empty() {
                field.set_value(&kept.get(name).unwrap_or_default());
            }
        }
    }
}

//! The checkout form: updates the total when choices change, and keeps the guest's contact data for the tab.

use leptos::prelude::*;

/// Enhances the page's checkout form.
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
            clear_timeout, closest, fields_of, find, listen, on_document, query, sent_form, set_text, set_timeout,
            swap_by_id,
        },
    };
    use leptos::task::spawn_local;
    use std::{cell::Cell, rc::Rc};
    use wasm_bindgen::JsCast;
    use web_sys::{Event, HtmlFormElement, HtmlInputElement, HtmlSelectElement, Storage, UrlSearchParams};

    const PAUSE: i32 = 300;
    /// Milliseconds without a response after which the guest is asked to press again.
    const RESPONSE_TIMEOUT_MS: i32 = 8_000;
    /// The region with the progress of sending.
    const SENDING: &str = "#checkout-sending";
    const KEPT: &str = "toast.checkout";
    /// Fields that decide the total.
    const DECIDING: &[&str] = &[fields::MODE, fields::DUE, fields::POSTCODE, fields::TIP, fields::TIP_OTHER];
    /// Fields that are kept: contact and address, not the choices of one order.
    const PERSONAL: &[&str] = &[
        fields::NAME,
        fields::PHONE,
        fields::EMAIL,
        fields::STREET,
        fields::POSTCODE,
        fields::CITY,
        fields::DIRECTIONS,
    ];
    /// Fields that are sent for a new total: no personal data.
    const ASKED: &[&str] =
        &[fields::MODE, fields::DUE, fields::POSTCODE, fields::TIP, fields::TIP_OTHER, fields::ORDER];

    pub fn begin() {
        let Some(form) = find("#checkout").and_then(|form| form.dyn_into::<HtmlFormElement>().ok()) else { return };
        restore(&form);
        hide_update(&form);
        let (timer, turn) = (Rc::new(Cell::new(0)), Rc::new(Cell::new(0_u32)));
        on_document("input", move |event| {
            let Some(form) = closest(&event, "#checkout").and_then(|form| form.dyn_into().ok()) else { return };
            keep(&form);
            if decides(&event) {
                clear_timeout(timer.get());
                let turn = Rc::clone(&turn);
                timer.set(set_timeout(PAUSE, move || quote(form, turn)));
            }
        });
        show_sending(&form);
        // A restored postcode, or a choice that the browser kept over a reload, may change the total.
        quote(form, Rc::default());
    }

    /// Deletes the kept fields.
    pub fn forget() {
        if let Some(store) = store() {
            let _ = store.remove_item(KEPT);
        }
    }

    fn decides(event: &Event) -> bool {
        let name = closest(event, "[name]").and_then(|field| field.get_attribute("name"));
        name.is_some_and(|name| DECIDING.contains(&name.as_str()))
    }

    /// Reads the page for the new choices, and replaces times, payment and total.
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
                        swap_by_id(&page, part);
                    }
                    choose_again(&form, chosen);
                    hide_update(&form);
                    let total = query(&form, "[data-place]").and_then(|button| button.text_content());
                    set_text("#checkout-status", &total.unwrap_or_default());
                    set_text("#checkout-problem", "");
                }
                Err(error) => set_text("#checkout-problem", &format!("The total is not up to date. {error}")),
            }
        });
    }

    fn time_field(form: &HtmlFormElement) -> Option<HtmlSelectElement> {
        query(form, "[name=due]")?.dyn_into().ok()
    }

    /// A time that was chosen during the request stays chosen if it is still offered.
    fn choose_again(form: &HtmlFormElement, chosen: Option<String>) {
        let (Some(times), Some(chosen)) = (time_field(form), chosen) else { return };
        let offered = times.value();
        times.set_value(&chosen);
        if times.selected_index() < 0 {
            times.set_value(&offered);
        }
    }

    /// Hides the "Update" button, which scripts replace.
    fn hide_update(form: &HtmlFormElement) {
        if let Some(button) = query(form, "[data-update]") {
            button.set_hidden(true);
        }
    }

    /// Shows that the order is being sent. A second press is sent as well: the response to the first may be lost, and both
    /// have the same idempotency key, so only one order is placed.
    fn show_sending(form: &HtmlFormElement) {
        let timer = Rc::new(Cell::new(0));
        let shown = Rc::clone(&timer);
        listen(form, "submit", move |event| {
            let button = sent_form(&event, "form").and_then(|(_, button)| button);
            if button.is_some_and(|button| button.has_attribute("data-update")) {
                return;
            }
            clear_timeout(shown.get());
            set_text(SENDING, "Sending your order…");
            shown.set(set_timeout(RESPONSE_TIMEOUT_MS, || {
                set_text(SENDING, "No response yet. Press “Place order” again: only one order is placed.");
            }));
        });
        // After navigating back, the page is as before the press.
        if let Some(window) = web_sys::window() {
            listen(&window, "pageshow", move |_| {
                clear_timeout(timer.get());
                set_text(SENDING, "");
            });
        }
    }

    fn store() -> Option<Storage> {
        web_sys::window()?.session_storage().ok()?
    }

    /// Keeps contact and address in the tab's session storage, so that a reload does not lose them.
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
            let field = query(form, &format!("input[name={name}]")).and_then(|field| field.dyn_into().ok());
            let Some(field): Option<HtmlInputElement> = field else { continue };
            if field.value().is_empty() {
                field.set_value(&kept.get(name).unwrap_or_default());
            }
        }
    }
}

//! The cart's forms, sent in the background on the cart page and the menu page.

use leptos::prelude::*;

/// Sends the cart's forms in the background.
#[island]
pub fn Cart() -> impl IntoView {
    #[cfg(feature = "hydrate")]
    live::begin();
    view! { <span hidden></span> }
}

#[cfg(feature = "hydrate")]
pub mod live {
    //! The forms of the cart are sent as by the browser, one after the other; the cart of the response's page replaces
    //! the one in the document.

    use crate::{
        client,
        domain::{cart::MAX_QUANTITY, error::AppError, order::Due},
        forms::{fields, routes},
        islands::dom::{closest, fields_of, find, on_document, query, query_all, sent_form, set_text, swap_by_id},
    };
    use leptos::task::spawn_local;
    use std::{
        cell::{Cell, RefCell},
        collections::VecDeque,
        pin::Pin,
    };
    use wasm_bindgen::JsCast;
    use web_sys::{Document, Element, Event, HtmlElement, HtmlFormElement, MouseEvent, UrlSearchParams};

    /// The cart's forms.
    const FORMS: &str = "[data-cart-form], [data-mode-form]";
    const PROBLEM: &str = "[data-cart-problem]";
    /// Links to other pages; an item of the menu opens on this one.
    const WAYS: &str = "a[href^='/']:not([data-open-dish])";

    /// A queued change, with the line whose quantity it sets.
    type Waiting = (Option<String>, Pin<Box<dyn Future<Output = ()>>>);

    thread_local! {
        static WAITING: RefCell<VecDeque<Waiting>> = const { RefCell::new(VecDeque::new()) };
        static BUSY: Cell<bool> = const { Cell::new(false) };
        /// Number of changes, so that a cart read before a change is not shown after it.
        static TURN: Cell<u32> = const { Cell::new(0) };
        /// Address to open when all changes are done.
        static LEAVING: RefCell<Option<String>> = const { RefCell::new(None) };
    }

    /// Adds the event handlers of the cart's forms.
    pub fn begin() {
        on_document("submit", |event| {
            let Some((form, button)) = sent_form(&event, FORMS) else { return };
            let (Some(slug), Some(fields)) = (slug(), fields_of(&form, button.as_ref())) else { return };
            event.prevent_default();
            change(slug, &form, fields);
        });
        on_document("click", defer_navigation);
    }

    /// The slug of the page's restaurant.
    pub fn slug() -> Option<String> {
        find("[data-shop]").map_or_else(
            || find("#cart").and_then(|cart| cart.get_attribute("data-slug")),
            |shop| shop.get_attribute("data-shop"),
        )
    }

    /// Changes the cart and shows the result.
    fn change(slug: String, form: &HtmlFormElement, fields: UrlSearchParams) {
        // The response must be the cart page, also when the form is on another page.
        fields.delete(fields::NEXT);
        fields.set(fields::KEY, &client::key());
        let quantity = fields.get(fields::QUANTITY).and_then(|quantity| quantity.parse().ok());
        if let Some(quantity) = quantity {
            show_quantity(form, quantity);
        }
        in_turn(fields.get(fields::LINE), async move {
            match client::send_for_page(&routes::cart(&slug), &fields, "cart").await {
                Ok(page) if is_last() => show(&page),
                Ok(_) => {}
                Err(error) => {
                    show_error(&error);
                    restore_quantities();
                    refresh(slug);
                }
            }
        });
    }

    /// Queues a change. Of several queued quantities of one line, only the last is sent.
    pub fn in_turn(line: Option<String>, change: impl Future<Output = ()> + 'static) {
        TURN.set(TURN.get().wrapping_add(1));
        set_text(PROBLEM, "");
        WAITING.with_borrow_mut(|waiting| {
            waiting.retain(|(other, _)| line.is_none() || *other != line);
            waiting.push_back((line, Box::pin(change)));
        });
        if BUSY.replace(true) {
            return;
        }
        busy(true);
        spawn_local(async {
            while let Some((_, change)) = WAITING.with_borrow_mut(VecDeque::pop_front) {
                change.await;
            }
            BUSY.set(false);
            busy(false);
            if let Some(address) = LEAVING.take() {
                let _ = web_sys::window().map(|window| window.location().assign(&address));
            }
        });
    }

    fn is_last() -> bool {
        WAITING.with_borrow(VecDeque::is_empty)
    }

    /// Shows a quantity before the server confirms it, so that the next press continues from it.
    fn show_quantity(form: &HtmlFormElement, quantity: u32) {
        let Some(number) = query(form, "[data-number]") else { return };
        if number.get_attribute("data-number").is_some_and(|kept| kept.is_empty()) {
            let _ = number.set_attribute("data-number", &number.text_content().unwrap_or_default());
        }
        number.set_text_content(Some(&quantity.to_string()));
        for (button, next) in [("[id^=less-]", quantity.saturating_sub(1)), ("[id^=more-]", quantity + 1)] {
            if let Some(button) = query(form, button) {
                let _ = button.set_attribute("value", &next.to_string());
                let _ = button.toggle_attribute_with_force("disabled", next > MAX_QUANTITY);
            }
        }
    }

    /// Shows the last quantities that the server confirmed.
    fn restore_quantities() {
        let Some(cart) = find("#cart") else { return };
        for number in query_all(&cart, "[data-number]") {
            let told = number.get_attribute("data-number").and_then(|told| told.parse().ok());
            let form = number.closest("form").ok().flatten().and_then(|form| form.dyn_into().ok());
            if let (Some(told), Some(form)) = (told, form) {
                show_quantity(&form, told);
            }
        }
    }

    /// Opens a link after the pending changes are done.
    fn defer_navigation(event: Event) {
        let Some(way) = closest(&event, WAYS).filter(|_| BUSY.get()) else { return };
        let new_window = event.dyn_ref::<MouseEvent>().is_some_and(|click| click.ctrl_key() || click.meta_key());
        if !new_window {
            event.prevent_default();
            LEAVING.set(way.get_attribute("href"));
        }
    }

    /// Reads the cart and shows it unless a change was made before the response.
    pub fn refresh(slug: String) {
        let turn = TURN.get();
        spawn_local(async move {
            match client::page_with(&routes::cart(&slug), "cart").await {
                Ok(page) if turn == TURN.get() => show(&page),
                _ => {}
            }
        });
    }

    /// Shows the cart of a page in this one: its lines, the sum in the bar, the mode in the switch.
    fn show(page: &Document) {
        let Some(fresh) = page.get_element_by_id("cart") else { return };
        let told = |name: &str| fresh.get_attribute(name).unwrap_or_default();
        let (count, mode, words) = (told("data-count"), told("data-mode"), told("data-words"));
        let refused = page.get_element_by_id("problems").and_then(|problems| query(&problems, "li, p"));
        match find("[data-cart-column]") {
            Some(column) => fill(&column, page),
            None => drop(swap_by_id(page, "cart")),
        }
        if let Some(bar) = find("[data-cart-bar]") {
            bar.set_hidden(count == "0");
        }
        set_text("[data-cart-words]", &format!("View cart · {words}"));
        mark_mode(&mode);
        follow(&told("data-due"));
        if let Some(problem) = refused.and_then(|problem| problem.text_content()) {
            show_error(&AppError::conflict("", problem));
        }
        set_text("[data-cart-status]", &words);
    }

    /// Inserts the cart into the column of the menu page, or replaces it there.
    fn fill(column: &HtmlElement, page: &Document) {
        if find("#cart").is_some() {
            swap_by_id(page, "cart");
        } else if let Some(fresh) = page.get_element_by_id("cart") {
            let heading = query(column, "h2");
            column.set_text_content(None);
            if let Some(heading) = heading {
                let _ = column.append_child(&heading);
            }
            let _ = column.append_child(&fresh);
        }
        for way_back in query_all(column, "[data-only-cart-page]") {
            way_back.set_hidden(true);
        }
    }

    /// Opens the menu for the cart's time if the page shows the menu for now. Only from an address without query, so that
    /// it happens once.
    fn follow(due: &str) {
        let shows_now = find("article[data-due=asap]").is_some();
        let (Some(due), Some(slug), Some(window)) = (Due::from_field(due), slug(), web_sys::window()) else { return };
        let location = window.location();
        if shows_now && due != Due::Asap && location.search().is_ok_and(|query| query.is_empty()) {
            let _ = location.replace(&routes::wanted(routes::restaurant(&slug), due));
        }
    }

    /// Marks the button of the chosen mode as pressed.
    fn mark_mode(mode: &str) {
        let Some(form) = find("[data-mode-form]") else { return };
        for button in query_all(&form, "button") {
            let pressed = if button.get_attribute("value").as_deref() == Some(mode) { "true" } else { "false" };
            let _ = button.set_attribute("aria-pressed", pressed);
        }
    }

    /// Shows why the cart was not changed.
    pub fn show_error(error: &AppError) {
        LEAVING.take();
        set_text(PROBLEM, &error.to_string());
    }

    fn busy(on: bool) {
        let Some(cart) = find("#cart").map(Element::from) else { return };
        let _ = if on { cart.set_attribute("aria-busy", "true") } else { cart.remove_attribute("aria-busy") };
    }
}

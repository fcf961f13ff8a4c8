//! The cart that changes without leaving the page, on its own page and beside the menu.

use leptos::prelude::*;

/// Lets the small forms of the cart answer in place.
#[island]
pub fn Cart() -> impl IntoView {
    #[cfg(feature = "hydrate")]
    live::begin();
    view! { <span hidden></span> }
}

#[cfg(feature = "hydrate")]
pub mod live {
    //! The forms of the cart are sent as the browser would, one after the other; the part of the answered page takes the
    //! old one's place.

    use crate::{
        client,
        domain::{cart::MAX_QUANTITY, error::AppError, order::Due},
        forms::{fields, routes},
        islands::dom::{around, each, fields_of, find, listen_everywhere, say, sent_form, take_over, within},
    };
    use leptos::task::spawn_local;
    use std::{
        cell::{Cell, RefCell},
        collections::VecDeque,
        pin::Pin,
    };
    use wasm_bindgen::JsCast;
    use web_sys::{Document, Element, Event, HtmlElement, HtmlFormElement, MouseEvent, UrlSearchParams};

    /// The forms this is about.
    const FORMS: &str = "[data-cart-form], [data-mode-form]";
    const PROBLEM: &str = "[data-cart-problem]";
    /// Ways to other pages; a dish of the menu opens on this one.
    const WAYS: &str = "a[href^='/']:not([data-open-dish])";

    /// A change that waits for those before it, with the line whose quantity it sets.
    type Waiting = (Option<String>, Pin<Box<dyn Future<Output = ()>>>);

    thread_local! {
        static WAITING: RefCell<VecDeque<Waiting>> = const { RefCell::new(VecDeque::new()) };
        static BUSY: Cell<bool> = const { Cell::new(false) };
        /// Counts the changes, so that the cart of before one is not shown after it.
        static TURN: Cell<u32> = const { Cell::new(0) };
        /// Where to go when everything is done.
        static LEAVING: RefCell<Option<String>> = const { RefCell::new(None) };
    }

    /// Listens to the forms of the cart.
    pub fn begin() {
        listen_everywhere("submit", |event| {
            let Some((form, button)) = sent_form(&event, FORMS) else { return };
            let (Some(slug), Some(fields)) = (slug(), fields_of(&form, button.as_ref())) else { return };
            event.prevent_default();
            change(slug, &form, fields);
        });
        listen_everywhere("click", leave_later);
    }

    /// The restaurant of the page.
    pub fn slug() -> Option<String> {
        find("[data-shop]").map_or_else(
            || find("#cart").and_then(|cart| cart.get_attribute("data-slug")),
            |shop| shop.get_attribute("data-shop"),
        )
    }

    /// Changes the cart and shows it as it is then.
    fn change(slug: String, form: &HtmlFormElement, fields: UrlSearchParams) {
        // Whatever page this is, the answer that is wanted is the cart's.
        fields.delete(fields::NEXT);
        fields.set(fields::KEY, &client::key());
        let quantity = fields.get(fields::QUANTITY).and_then(|quantity| quantity.parse().ok());
        if let Some(quantity) = quantity {
            foresee(form, quantity);
        }
        in_turn(fields.get(fields::LINE), async move {
            match client::send_for_page(&routes::cart(&slug), &fields, "cart").await {
                Ok(page) if is_last() => show(&page),
                Ok(_) => {}
                Err(error) => {
                    complain(&error);
                    recall();
                    refresh(slug);
                }
            }
        });
    }

    /// Sends a change when those before it are answered. Of a line's quantities that wait, only the last one counts.
    pub fn in_turn(line: Option<String>, change: impl Future<Output = ()> + 'static) {
        TURN.set(TURN.get().wrapping_add(1));
        say(PROBLEM, "");
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

    /// Shows a quantity at once, so that the next press counts on from it.
    fn foresee(form: &HtmlFormElement, quantity: u32) {
        let Some(number) = within(form, "[data-number]") else { return };
        if number.get_attribute("data-number").is_some_and(|kept| kept.is_empty()) {
            let _ = number.set_attribute("data-number", &number.text_content().unwrap_or_default());
        }
        number.set_text_content(Some(&quantity.to_string()));
        for (button, next) in [("[id^=less-]", quantity.saturating_sub(1)), ("[id^=more-]", quantity + 1)] {
            if let Some(button) = within(form, button) {
                let _ = button.set_attribute("value", &next.to_string());
                let _ = button.toggle_attribute_with_force("disabled", next > MAX_QUANTITY);
            }
        }
    }

    /// Shows the quantities that the server told last.
    fn recall() {
        let Some(cart) = find("#cart") else { return };
        for number in each(&cart, "[data-number]") {
            let told = number.get_attribute("data-number").and_then(|told| told.parse().ok());
            let form = number.closest("form").ok().flatten().and_then(|form| form.dyn_into().ok());
            if let (Some(told), Some(form)) = (told, form) {
                foresee(&form, told);
            }
        }
    }

    /// The next page waits for the changes that are on their way.
    fn leave_later(event: Event) {
        let Some(way) = around(&event, WAYS).filter(|_| BUSY.get()) else { return };
        let new_window = event.dyn_ref::<MouseEvent>().is_some_and(|click| click.ctrl_key() || click.meta_key());
        if !new_window {
            event.prevent_default();
            LEAVING.set(way.get_attribute("href"));
        }
    }

    /// Reads the cart anew; changes that come before the answer show a newer one.
    pub fn refresh(slug: String) {
        let turn = TURN.get();
        spawn_local(async move {
            match client::page_with(&routes::cart(&slug), "cart").await {
                Ok(page) if turn == TURN.get() => show(&page),
                _ => {}
            }
        });
    }

    /// Puts the cart of a page into this one: the whole where it is shown, its sum into the bar, its mode into the switch.
    fn show(page: &Document) {
        let Some(fresh) = page.get_element_by_id("cart") else { return };
        let told = |name: &str| fresh.get_attribute(name).unwrap_or_default();
        let (count, mode, words) = (told("data-count"), told("data-mode"), told("data-words"));
        let refused = page.get_element_by_id("problems").and_then(|problems| within(&problems, "li, p"));
        match find("[data-cart-column]") {
            Some(column) => fill(&column, page),
            None => drop(take_over(page, "cart")),
        }
        if let Some(bar) = find("[data-cart-bar]") {
            bar.set_hidden(count == "0");
        }
        say("[data-cart-words]", &format!("View cart · {words}"));
        press(&mode);
        follow(&told("data-due"));
        if let Some(problem) = refused.and_then(|problem| problem.text_content()) {
            complain(&AppError::conflict("", problem));
        }
        say("[data-cart-status]", &words);
    }

    /// The column beside the menu takes the cart in once, and replaces it from then on.
    fn fill(column: &HtmlElement, page: &Document) {
        if find("#cart").is_some() {
            take_over(page, "cart");
        } else if let Some(fresh) = page.get_element_by_id("cart") {
            let heading = within(column, "h2");
            column.set_text_content(None);
            if let Some(heading) = heading {
                let _ = column.append_child(&heading);
            }
            let _ = column.append_child(&fresh);
        }
        for way_back in each(column, "[data-only-cart-page]") {
            way_back.set_hidden(true);
        }
    }

    /// The menu of now gives way to that of the time which the guest has chosen; once, so that nothing goes in circles.
    fn follow(due: &str) {
        let shows_now = find("article[data-due=asap]").is_some();
        let (Some(due), Some(slug), Some(window)) = (Due::from_field(due), slug(), web_sys::window()) else { return };
        let location = window.location();
        if shows_now && due != Due::Asap && location.search().is_ok_and(|query| query.is_empty()) {
            let _ = location.replace(&routes::wanted(routes::restaurant(&slug), due));
        }
    }

    /// Marks the chosen mode.
    fn press(mode: &str) {
        let Some(form) = find("[data-mode-form]") else { return };
        for button in each(&form, "button") {
            let pressed = if button.get_attribute("value").as_deref() == Some(mode) { "true" } else { "false" };
            let _ = button.set_attribute("aria-pressed", pressed);
        }
    }

    /// Says why nothing changed, on this page.
    pub fn complain(error: &AppError) {
        LEAVING.take();
        say(PROBLEM, &error.to_string());
    }

    fn busy(on: bool) {
        let Some(cart) = find("#cart").map(Element::from) else { return };
        let _ = if on { cart.set_attribute("aria-busy", "true") } else { cart.remove_attribute("aria-busy") };
    }
}

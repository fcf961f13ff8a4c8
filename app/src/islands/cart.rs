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
    //! The forms of the cart are sent as the browser would; the part of the answered page takes the old one's place.

    use crate::{
        api::{fetch, field, path},
        error::AppError,
        islands::dom::{each, fields_of, find, listen_everywhere, say, sent_form, take_over, within},
        types::order::Due,
    };
    use leptos::task::spawn_local;
    use web_sys::{Document, Element, HtmlElement, UrlSearchParams};

    /// The forms this is about.
    const FORMS: &str = "[data-cart-form], [data-mode-form]";

    /// Listens to the forms of the cart.
    pub fn begin() {
        listen_everywhere("submit", |event| {
            let Some((form, button)) = sent_form(&event, FORMS) else { return };
            let (Some(slug), Some(fields)) = (slug(), fields_of(&form, button.as_ref())) else { return };
            event.prevent_default();
            change(slug, fields);
        });
    }

    /// The restaurant of the page.
    pub fn slug() -> Option<String> {
        find("[data-shop]").map_or_else(
            || find("#cart").and_then(|cart| cart.get_attribute("data-slug")),
            |shop| shop.get_attribute("data-shop"),
        )
    }

    /// Changes the cart and shows it as it is then.
    fn change(slug: String, fields: UrlSearchParams) {
        // Whatever page this is, the answer that is wanted is the cart's.
        fields.delete(field::NEXT);
        busy(true);
        spawn_local(async move {
            let answer = fetch::send_for_page(&path::cart(&slug), &fields).await;
            busy(false);
            match answer {
                Ok(page) => show(&page),
                Err(error) => complain(&error),
            }
        });
    }

    /// Reads the cart anew.
    pub fn refresh(slug: String) {
        spawn_local(async move {
            if let Ok(page) = fetch::page(&path::cart(&slug)).await {
                show(&page);
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
        let problem = refused.and_then(|problem| problem.text_content()).unwrap_or_default();
        say("[data-cart-problem]", &problem);
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
            let _ = location.replace(&path::wanted(path::restaurant(&slug), due));
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

    /// Says why nothing changed.
    pub fn complain(error: &AppError) {
        say("[data-cart-problem]", &error.to_string());
    }

    fn busy(on: bool) {
        let Some(cart) = find("#cart").map(Element::from) else { return };
        let _ = if on { cart.set_attribute("aria-busy", "true") } else { cart.remove_attribute("aria-busy") };
    }
}

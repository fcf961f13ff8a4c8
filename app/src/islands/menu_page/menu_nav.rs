//! Section links that follow the scroll position, and the search of a menu.

use crate::islands::dom::{document, find, listen, query, query_all, set_timeout};
use js_sys::JsString;
use std::{cell::Cell, rc::Rc};
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, HtmlInputElement};

/// Pixels of the page that the sticky row covers.
const COVERED: i32 = 96;

/// Starts the section links and the menu search.
pub fn begin() {
    follow_scroll();
    answer_search();
}

fn follow_scroll() {
    let (Some(window), Some(nav)) = (web_sys::window(), find("[data-sections]")) else { return };
    mark(&nav);
    let waiting = Rc::new(Cell::new(false));
    listen(&window, "scroll", move |_| {
        if !waiting.replace(true) {
            let (waiting, nav) = (Rc::clone(&waiting), nav.clone());
            set_timeout(80, move || {
                waiting.set(false);
                mark(&nav);
            });
        }
    });
}

/// Marks the link of the last section that begins above the visible area's upper edge.
fn mark(nav: &HtmlElement) {
    let Some(line) =
        document().and_then(|document| document.document_element()).map(|root| root.scroll_top() + COVERED)
    else {
        return;
    };
    let links = query_all(nav, "a");
    let begun = |link: &&HtmlElement| target(link).is_some_and(|section| section.offset_top() <= line);
    let current = links.iter().rev().find(begun).or(links.first());
    for link in &links {
        let is_current = current.is_some_and(|current| current == link);
        if is_current == link.has_attribute("aria-current") {
            continue;
        }
        if is_current {
            let _ = link.set_attribute("aria-current", "true");
            nav.set_scroll_left(link.offset_left() - 16);
        } else {
            let _ = link.remove_attribute("aria-current");
        }
    }
}

fn target(link: &HtmlElement) -> Option<HtmlElement> {
    let address = link.get_attribute("href")?;
    find(&format!("[id='{}']", address.strip_prefix('#')?))
}

fn answer_search() {
    let Some(search) = find("[data-menu-search]") else { return };
    search.set_hidden(false);
    let Some(field) = query(&search, "input").and_then(|field| field.dyn_into::<HtmlInputElement>().ok()) else {
        return;
    };
    listen(&field.clone(), "input", move |_| {
        let wanted = folded(&field.value());
        let shown = filter(&wanted);
        let words = match shown {
            _ if wanted.trim().is_empty() => String::new(),
            0 => "No dish on this menu has these words.".to_owned(),
            1 => "1 dish".to_owned(),
            many => format!("{many} dishes"),
        };
        if let Some(status) = query(&search, "[role=status]") {
            status.set_text_content(Some(&words));
        }
    });
}

/// Hides items that do not contain all words. Returns the number of items left.
fn filter(wanted: &str) -> usize {
    let Some(body) = document().and_then(|document| document.body()) else { return 0 };
    let mut shown = 0;
    for section in query_all(&body, "section[id^='s-']") {
        let mut any = false;
        for dish in query_all(&section, "[data-dish]") {
            let text = folded(&dish.text_content().unwrap_or_default());
            let fits = wanted.split_whitespace().all(|word| text.contains(word));
            dish.set_hidden(!fits);
            any |= fits;
            shown += usize::from(fits);
        }
        section.set_hidden(!any);
    }
    shown
}

/// Lower case without accents, by the browser's own tables.
fn folded(text: &str) -> String {
    let folded = JsString::from(text).normalize("NFD").to_lower_case();
    String::from(folded).chars().filter(|letter| !('\u{300}'..='\u{36f}').contains(letter)).collect()
}

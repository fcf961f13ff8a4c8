//! Finding the way on a long menu: the section in sight is marked, and words find dishes.

use crate::islands::dom::{after, document, each, find, listen, within};
use js_sys::JsString;
use std::{cell::Cell, rc::Rc};
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, HtmlInputElement};

/// What the sticky row covers of the page.
const COVERED: i32 = 96;

/// Follows the scroll and answers the menu's own search field.
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
            after(80, move || {
                waiting.set(false);
                mark(&nav);
            });
        }
    });
}

/// Marks the link of the last section that begins above the fold's upper edge.
fn mark(nav: &HtmlElement) {
    let Some(line) =
        document().and_then(|document| document.document_element()).map(|root| root.scroll_top() + COVERED)
    else {
        return;
    };
    let links = each(nav, "a");
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
    let Some(field) = within(&search, "input").and_then(|field| field.dyn_into::<HtmlInputElement>().ok()) else {
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
        if let Some(status) = within(&search, "[role=status]") {
            status.set_text_content(Some(&words));
        }
    });
}

/// Hides what does not hold every word; answers how many dishes are left.
fn filter(wanted: &str) -> usize {
    let Some(body) = document().and_then(|document| document.body()) else { return 0 };
    let mut shown = 0;
    for section in each(&body, "section[id^='s-']") {
        let mut any = false;
        for dish in each(&section, "[data-dish]") {
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

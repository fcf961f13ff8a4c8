//! Live updates of the order page.

use leptos::prelude::*;

/// Updates the page's order until it cannot change any more.
#[island]
pub fn OrderTracker() -> impl IntoView {
    #[cfg(feature = "hydrate")]
    live::begin();
    view! { <span hidden></span> }
}

#[cfg(feature = "hydrate")]
mod live {
    use crate::{
        client,
        components::board::connection::backoff,
        islands::{
            checkout::forget,
            dom::{document, find, set_text, swap_by_id},
            stream::{self, sleep},
        },
    };
    use js_sys::{Date, Math};
    use leptos::task::spawn_local;
    use std::{
        cell::{Cell, RefCell},
        rc::Rc,
    };

    /// Milliseconds between two reads in browsers without `EventSource`.
    const POLL: f64 = 15_000.0;
    /// After this number of failures the page is read: it may work where a stream does not.
    const READ_ITSELF: u32 = 2;

    /// The browser's time at which the page was last current.
    type Known = Rc<RefCell<String>>;

    /// Why a stream ended.
    #[derive(Clone, Copy, PartialEq)]
    enum Left {
        /// It broke or was silent for too long.
        Lost,
        /// The order has changed.
        Moved,
        /// The order cannot change any more.
        Ended,
    }

    pub fn begin() {
        // The order is placed, so the kept checkout fields are not needed.
        forget();
        let Some(address) = web_sys::window().and_then(|window| window.location().pathname().ok()) else { return };
        spawn_local(follow(address));
    }

    /// Reads the page after each change of the order, and reconnects until the order cannot change any more.
    async fn follow(address: String) {
        let known: Known = Rc::new(RefCell::new(now()));
        let mut failures = 0u32;
        loop {
            let (left, alive) = listen(&address, &known).await;
            failures = if alive { 0 } else { failures.saturating_add(1) };
            if left == Left::Lost {
                lose(&known);
            }
            if left != Left::Lost || failures >= READ_ITSELF {
                match read_again(&address, &known).await {
                    Some(settled) if settled || left == Left::Ended => return,
                    Some(_) => {}
                    None => failures = failures.saturating_add(1),
                }
            }
            sleep(backoff(failures, Math::random())).await;
        }
    }

    /// One connection. Returns why it ended, and whether any event arrived.
    async fn listen(address: &str, known: &Known) -> (Left, bool) {
        if !stream::exists() {
            sleep(POLL).await;
            return (Left::Moved, true);
        }
        let seq = find("#order").and_then(|order| order.get_attribute("data-seq")).unwrap_or_default();
        let left = Rc::new(Cell::new(Left::Lost));
        let (leaving, known) = (Rc::clone(&left), Rc::clone(known));
        let address = format!("{address}/events?after={seq}");
        let alive = stream::listen(&address, &["order", "heartbeat", "failure", "end"], move |name, _| {
            match name {
                "heartbeat" => keep(&known),
                "failure" => lose(&known),
                "order" => leaving.set(Left::Moved),
                _ => leaving.set(Left::Ended),
            }
            leaving.get() == Left::Lost
        });
        let alive = alive.await;
        (left.get(), alive)
    }

    /// Reads and shows the page. Returns whether the order is settled; none when
    /// the page could not be read.
    async fn read_again(address: &str, known: &Known) -> Option<bool> {
        let shown = client::page(address).await.ok().and_then(|page| show(&page));
        match shown {
            Some(_) => keep(known),
            None => lose(known),
        }
        shown
    }

    /// Shows the order of a page if it differs. Returns whether the order is settled; none for a page without order,
    /// such as an error page.
    fn show(page: &web_sys::Document) -> Option<bool> {
        let (ours, theirs) = (find("#order")?, page.get_element_by_id("order")?);
        let said = theirs.get_attribute("data-said");
        let settled = theirs.has_attribute("data-settled");
        let same = |name| ours.get_attribute(name) == theirs.get_attribute(name);
        if !same("data-said") || !same("data-seq") {
            for part in ["order", "agreed", "where"] {
                swap_by_id(page, part);
            }
            if let Some(document) = document() {
                document.set_title(&page.title());
            }
            set_text("#order-status", &said.unwrap_or_default());
        }
        Some(settled)
    }

    /// The page is current as of now.
    fn keep(known: &Known) {
        show_connection("");
        known.replace(now());
    }

    fn lose(known: &Known) {
        show_connection(&format!("Your order is safe. Reconnecting; this is as of {}.", known.borrow()));
    }

    /// Sets the text only when it differs, since screen readers announce each change.
    fn show_connection(words: &str) {
        let told = find("#order-connection").and_then(|region| region.text_content());
        if told.as_deref() != Some(words) {
            set_text("#order-connection", words);
        }
    }

    fn now() -> String {
        Date::new_0().to_locale_time_string("en-GB").into()
    }
}
